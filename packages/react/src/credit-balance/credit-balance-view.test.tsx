import type { CreditBalance } from '@meterboard/contract';
import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { LowBalanceAlertView } from '../low-balance-alert/low-balance-alert-view.tsx';
import { NextInvoiceView } from '../next-invoice/next-invoice-view.tsx';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, fixtureBalance } from '../testing/index.ts';
import { CreditBalanceView } from './credit-balance-view.tsx';
import { GrantListView } from './grant-list-view.tsx';

afterEach(cleanup);

const usd = (amountMinor: number) => ({ amountMinor, currency: 'usd' });

function show(element: React.ReactNode, locale = 'en') {
  return render(
    <MeterboardProvider client={createFixtureClient()} locale={locale} messages={{ credits: 'Guthaben' }}>
      {element}
    </MeterboardProvider>,
  );
}

describe('CreditBalanceView', () => {
  it('prints the equation in order, with true minus signs', () => {
    show(<CreditBalanceView balance={fixtureBalance} />);
    const terms = screen.getAllByRole('definition').map(({ textContent }) => textContent);
    expect(terms).toEqual(['$64.90', '$0.00', '−$46.48', '$18.42']);
  });

  it('gives the bar a name and a value in words', () => {
    show(<CreditBalanceView balance={fixtureBalance} />);
    const meter = screen.getByRole('meter', { name: 'Guthaben' });
    expect(meter.getAttribute('aria-valuetext')).toBe('$18.42');
    expect(meter.getAttribute('aria-valuenow')).toBe('28');
  });

  it('draws no bar where there is nothing to measure against', () => {
    show(<CreditBalanceView balance={{ ...fixtureBalance, balance: usd(0), remainingRatio: null }} />);
    expect(screen.queryByRole('meter')).toBeNull();
  });

  it.each<[Partial<CreditBalance>, string]>([
    [{ arriving: usd(2000), expiring: usd(0) }, '$20.00 paid, arriving'],
    [{ upcoming: usd(50_000), expiring: usd(0) }, '$500.00 more starts later'],
    [{ status: 'empty', expiring: usd(0) }, 'New usage is charged with the next invoice.'],
    [{ status: 'unusable', expiring: usd(0) }, 'No subscription with metered prices can use these credits.'],
    [{ status: 'none', expiring: usd(0) }, 'Credits appear here after'],
    [{ status: 'ok', expiring: usd(0) }, 'left of $64.90 in credits'],
    [{ sharedBySubscriptions: true }, 'in no fixed order'],
  ])('says what %j means', (rest, words) => {
    const { container } = show(<CreditBalanceView balance={{ ...fixtureBalance, ...rest }} />);
    expect(container.textContent).toContain(words);
  });

  it('prints figures in the reader’s language, and passes attributes on', () => {
    const { container } = show(<CreditBalanceView balance={fixtureBalance} id="mine" />, 'de');
    expect(container.querySelector('#mine')?.textContent).toContain('18,42');
  });
});

describe('LowBalanceAlertView', () => {
  it.each([
    ['low', 'Credits are running low: $18.42 left.'],
    ['empty', 'No credits left.'],
  ] as const)('warns while the balance is %s', (status, words) => {
    show(<LowBalanceAlertView balance={{ ...fixtureBalance, status }} />);
    expect(screen.getByRole('status').textContent).toContain(words);
  });

  it.each(['ok', 'unusable', 'none'] as const)('is silent while the balance is %s', (status) => {
    show(<LowBalanceAlertView balance={{ ...fixtureBalance, status }} />);
    expect(screen.queryByRole('status')).toBeNull();
  });
});

describe('GrantListView', () => {
  it('keeps the order of use and names the one that pays next', () => {
    show(<GrantListView grants={fixtureBalance.grants} />);
    const [first, second] = screen.getAllByRole('listitem');
    expect(first?.textContent).toContain('cannot pay for this period');
    expect(second?.textContent).toContain('next');
    expect(second?.textContent).toContain('covers usage up to Aug 31, 2027');
  });

  it('names the one that pays next in each currency', () => {
    const euros = fixtureBalance.grants.map((grant) => ({
      ...grant,
      grantId: `${grant.grantId}-eur`,
      granted: { ...grant.granted, currency: 'eur' },
    }));
    show(<GrantListView grants={[...fixtureBalance.grants, ...euros]} />);
    expect(screen.getAllByText('next')).toHaveLength(2);
  });

  it('sets grants that are gone apart', () => {
    const { container } = show(<GrantListView grants={fixtureBalance.grants} />);
    const former = container.querySelector('details');
    expect(former?.textContent).toContain('used up');
    expect(within(former ?? container).getAllByRole('listitem', { hidden: true })).toHaveLength(1);
  });
});

describe('NextInvoiceView', () => {
  it('prints the terms in order, credits with a true minus sign, and their sum', () => {
    show(<NextInvoiceView balance={fixtureBalance} />);
    const terms = screen.getAllByRole('definition').map(({ textContent }) => textContent);
    expect(terms).toEqual(['$46.48', '$29.00', '−$46.48', '$29.00']);
  });

  it('names the currency where there are several', () => {
    show(<NextInvoiceView balance={fixtureBalance} showCurrency />);
    expect(screen.getByRole('region', { name: 'Next invoice, USD' })).toBeTruthy();
  });

  it('says so where nothing is due', () => {
    show(<NextInvoiceView balance={{ ...fixtureBalance, nextInvoice: null }} />);
    expect(screen.getByText('Nothing is due so far.')).toBeTruthy();
    expect(screen.queryByRole('definition')).toBeNull();
  });
});
