import type { CreditBalance } from '@meterboard/contract';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import {
  createFixtureClient,
  createFixtureOverview,
  createFixtures,
  fixtureBalance,
} from '../testing/index.ts';
import { LowBalanceAlert } from './low-balance-alert.tsx';

afterEach(cleanup);

function renderAlert(...balances: Partial<CreditBalance>[]) {
  const fixtures = createFixtures();
  const credits = { ...fixtures.credits, balances: balances.map((one) => ({ ...fixtureBalance, ...one })) };
  const initialOverview = createFixtureOverview({ ...fixtures, credits });
  return render(
    <MeterboardProvider client={createFixtureClient({ state: 'loading' })} initialOverview={initialOverview}>
      <LowBalanceAlert action={<button type="button">Buy</button>} />
    </MeterboardProvider>,
  ).container;
}

const scoped = { scope: { kind: 'prices' as const, priceIds: ['price_1'] } };

describe('LowBalanceAlert', () => {
  it.each<[string, Partial<CreditBalance>[]]>([
    ['credits are fine', [{ status: 'ok' }]],
    ['there never were credits', [{ status: 'none' }]],
    ['only credits for certain prices are used up', [{ status: 'ok' }, { ...scoped, status: 'empty' }]],
    ['only credits for certain prices are low', [{ ...scoped, status: 'low' }]],
  ])('says nothing where %s', (_, balances) => {
    expect(renderAlert(...balances).textContent).toBe('');
  });

  it('says how much is left, or that nothing is', () => {
    expect(renderAlert({ status: 'low' }).textContent).toContain('$18.42 left');
    expect(renderAlert({ status: 'empty' }).textContent).toContain('No credits left.');
  });

  it('names the currency of a customer with several, and offers one way out', () => {
    const page = renderAlert(
      { currency: 'eur', status: 'empty' },
      { status: 'low' },
      { currency: 'gbp', status: 'ok' },
    );
    expect(page.textContent).toContain('EUR: No credits left.');
    expect(page.textContent).toContain('USD: Credits are running low: $18.42 left.');
    expect(screen.getAllByRole('button', { name: 'Buy' })).toHaveLength(1);
  });
});
