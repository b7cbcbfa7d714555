import { BillingError } from '@meterboard/contract';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, createFixtures, type FixtureOptions } from '../testing/index.ts';
import { TopUpHistory } from './top-up-history.tsx';

afterEach(cleanup);

const { history, receipt } = createFixtures();

function renderHistory(options: FixtureOptions = {}) {
  const calls: [string, unknown][] = [];
  const client = createFixtureClient({ ...options, onCall: (name, input) => calls.push([name, input]) });
  render(
    <MeterboardProvider client={client}>
      <TopUpHistory />
    </MeterboardProvider>,
  );
  return { client, named: (name: string) => calls.filter(([one]) => one === name).map(([, input]) => input) };
}

async function findRow(name: RegExp) {
  return within(await screen.findByRole('row', { name }));
}

describe('TopUpHistory', () => {
  it('lists what was paid and credited, with the state in words', async () => {
    renderHistory();
    const table = await screen.findByRole('table');
    const rows = within(table)
      .getAllByRole('row')
      .slice(1)
      .map((row) => [...row.children].map(({ textContent }) => textContent));
    expect(rows.map(([, state, paid, credited]) => [state, paid, credited])).toEqual([
      ['Arriving', '$20.00', '–'],
      ['Processing', '–', '–'],
      ['Credited', '$50.00', '$52.50'],
      ['Partly refunded', '$20.00', '$15.00'],
      ['Disputed', '$20.00', '$0.00'],
    ]);
    expect(rows.map(([first]) => first?.replace(/Receipt.*/, ''))[2]).toBe('MediumNov 4, 2026');
  });

  it('asks for a receipt only when it is wanted, and opens it apart from the page', async () => {
    const page: Partial<Window> = {};
    const open = vi.spyOn(window, 'open').mockReturnValue(page as Window);
    const { named } = renderHistory();
    const row = await findRow(/Medium/);
    expect(named('receipt')).toEqual([]);
    fireEvent.click(row.getByRole('button', { name: 'Receipt, Medium, Nov 4, 2026' }));
    await waitFor(() => expect(open).toHaveBeenCalledWith('https://receipt.example/1', '_blank'));
    expect(named('receipt')).toEqual([{ topUpId: 'fixture-top-up-2' }]);
    expect(page.opener).toBeNull();
    expect(row.getByRole('button', { name: /^Receipt/ })).toBeTruthy();
  });

  it('shows that it is on its way, once however often it is clicked', async () => {
    const { named } = renderHistory({ states: { receipt: 'loading' } });
    const row = await findRow(/Medium/);
    fireEvent.click(row.getByRole('button', { name: /^Receipt/ }));
    const busy = await row.findByRole('button', { name: /^Opening/ });
    fireEvent.click(busy);
    expect(named('receipt')).toHaveLength(1);
  });

  it('leaves a link where the browser lets no page open', async () => {
    vi.spyOn(window, 'open').mockReturnValue(null);
    renderHistory();
    const row = await findRow(/Medium/);
    fireEvent.click(row.getByRole('button', { name: /^Receipt/ }));
    const link = await row.findByRole('link', { name: /^Open receipt/ });
    expect(link.getAttribute('href')).toBe('https://receipt.example/1');
  });

  it.each([null, 'javascript:alert(1)', 'http://receipt.example'])(
    'says that there is no receipt where the server answers %s',
    async (url) => {
      const open = vi.spyOn(window, 'open');
      renderHistory({ answers: { receipt: { ...receipt, url } } });
      const row = await findRow(/Medium/);
      fireEvent.click(row.getByRole('button', { name: /^Receipt/ }));
      await row.findByText('no receipt');
      expect(open).not.toHaveBeenCalled();
    },
  );

  it('says that a receipt failed, and lets it be tried again', async () => {
    const { client } = renderHistory();
    client.topUps.receipt.query = () => Promise.reject(new BillingError('provider_unavailable'));
    const row = await findRow(/Medium/);
    fireEvent.click(row.getByRole('button', { name: /^Receipt/ }));
    await row.findByText('Receipt failed, try again');
    expect(row.getByRole('button', { name: /^Receipt/ })).toBeTruthy();
  });

  it('offers no receipt for what was not paid', async () => {
    renderHistory();
    expect((await findRow(/Nov 13/)).queryByRole('button')).toBeNull();
  });

  it('pages through older purchases and back', async () => {
    const { named } = renderHistory({ answers: { history: { ...history, nextCursor: 'page-2' } } });
    fireEvent.click(await screen.findByRole('button', { name: 'Older' }));
    await waitFor(() => expect(named('history').at(-1)).toEqual({ cursor: 'page-2' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Newer' }));
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Newer' })).toHaveProperty('disabled', true),
    );
  });

  it('says what will be here, and what went wrong', async () => {
    renderHistory({ state: 'empty' });
    await screen.findByText(/Credits that you buy are listed here/);
    cleanup();
    renderHistory({ state: 'provider_rejected' });
    expect((await screen.findByRole('alert')).textContent).toContain('configuration problem');
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy();
  });
});
