import { BillingError, type InvoiceListInput } from '@meterboard/contract';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, createFixtures, fixtureInvoices } from '../testing/index.ts';
import { InvoiceList } from './invoice-list.tsx';

afterEach(cleanup);

/** Three pages, each with one invoice that is named after its page. All but the first wait for `release`. */
function renderPages(fail: (cursor: string) => boolean = () => false) {
  const asked: InvoiceListInput[] = [];
  const held: (() => void)[] = [];
  const client = createFixtureClient();
  const next: Record<string, string | null> = { first: 'second', second: 'third', third: null };
  client.invoices.list.query = async (input) => {
    const { cursor = 'first' } = input;
    asked.push(input);
    if (cursor !== 'first') await new Promise<void>((release) => held.push(release));
    if (fail(cursor)) throw new BillingError('provider_rejected');
    const [invoice] = fixtureInvoices;
    if (!invoice) throw new Error('the fixture has invoices');
    return {
      ...createFixtures().invoices,
      invoices: [{ ...invoice, invoiceId: cursor, number: `page ${cursor}` }],
      nextCursor: next[cursor] ?? null,
    };
  };
  render(
    <MeterboardProvider client={client}>
      <InvoiceList />
    </MeterboardProvider>,
  );
  const release = async () => {
    await waitFor(() => expect(held).not.toHaveLength(0));
    await act(async () => {
      for (const one of held.splice(0)) one();
    });
  };
  const click = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
  return { asked, release, click };
}

describe('InvoiceList', () => {
  it('goes one page on however often one clicks, and one back again', async () => {
    const { asked, release, click } = renderPages();
    await screen.findByText('page first');
    click('Older');
    click('Older');
    await release();
    await screen.findByText('page second');
    click('Newer');
    await screen.findByText('page first');
    expect(asked.map(({ cursor }) => cursor)).toEqual([undefined, 'second']);
  });

  it('leaves a way back from a page that failed, also while it is tried again', async () => {
    const { release, click } = renderPages((cursor) => cursor === 'second');
    await screen.findByText('page first');
    click('Older');
    await release();
    await screen.findByRole('alert');
    expect(screen.queryByText('page first')).toBeNull();
    click('Try again');
    await screen.findByRole('button', { name: 'Trying again…' });
    expect(screen.queryByText('page first')).toBeNull();
    click('Newer');
    await screen.findByText('page first');
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
