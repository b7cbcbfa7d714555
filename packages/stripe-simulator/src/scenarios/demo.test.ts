import { describe, expect, it } from 'vitest';
import { connect, DAY_MS, HOUR_MS } from '../testing/connect.ts';
import { logStartMs, readFlights } from './flight-log.ts';

const NOW_MS = Date.parse('2026-11-26T09:30:00Z');
const WEEK_MS = 7 * DAY_MS;

describe('flight log', () => {
  it('has 20,000 flights in order, shifted by whole weeks so that now falls in its last week', () => {
    const flights = readFlights();
    expect(flights).toHaveLength(20_000);
    expect(
      flights.every(({ minute }, index) => index === 0 || (flights[index - 1]?.minute ?? 0) <= minute),
    ).toBe(true);
    expect(flights.filter(({ origin }) => origin < 'M')).toHaveLength(10_723);
    for (let hour = 0; hour < 24 * 7 * 2; hour += 5) {
      const nowMs = NOW_MS + hour * HOUR_MS;
      const startMs = logStartMs(nowMs);
      expect((startMs - Date.UTC(2001, 0, 1)) % WEEK_MS).toBe(0);
      const lastWeekMs = startMs + Date.UTC(2001, 2, 25) - Date.UTC(2001, 0, 1);
      expect(nowMs).toBeGreaterThanOrEqual(lastWeekMs);
      expect(nowMs).toBeLessThan(lastWeekMs + WEEK_MS);
    }
  });
});

describe('demo scenario', () => {
  it('counts each flight as the log says, for its own customer, and nothing after now', async () => {
    await using server = await connect({ scenario: 'demo', nowMs: NOW_MS });
    const { sim, stripe } = server;
    const { customers, meters } = sim.scenario ?? {};
    const startMs = logStartMs(NOW_MS);
    for (const [index, customer] of customers?.entries() ?? []) {
      const own = readFlights().filter(
        ({ origin, minute }) => origin < 'M' === (index === 0) && startMs + minute * 60_000 <= NOW_MS,
      );
      const total = async (meter: string | undefined) => {
        const rows = await stripe.billing.meters.listEventSummaries(meter ?? '', {
          customer: customer.id,
          start_time: startMs / 1_000,
          end_time: NOW_MS / 1_000 + DAY_MS,
        });
        return rows.data[0]?.aggregated_value;
      };
      expect(own.length).toBeGreaterThan(8_500);
      expect(await total(meters?.apiRequests)).toBe(own.length);
      expect(await total(meters?.tokensUsed)).toBe(own.reduce((sum, { distance }) => sum + distance, 0));
      expect(await total(meters?.storageGb)).toBe(Math.max(0, own.at(-1)?.delay ?? 0));
    }
  });

  it('bills its past by renewals: paid invoices whose periods tile up to the running one, begun 22 days back', async () => {
    await using server = await connect({ scenario: 'demo', nowMs: NOW_MS });
    const starts = ['2026-11-04T00:00:00.000Z', '2026-11-04T14:37:12.000Z'];
    for (const [index, { id, subscriptionId }] of server.sim.scenario?.customers.entries() ?? []) {
      const subscription = await server.stripe.subscriptions.retrieve(subscriptionId);
      const periodStart = subscription.items.data[0]?.current_period_start ?? 0;
      expect(new Date(periodStart * 1_000).toISOString()).toBe(starts[index]);
      const invoices = (await server.stripe.invoices.list({ customer: id })).data;
      expect(invoices.map(({ status }) => status)).toEqual(['paid', 'paid', 'paid']);
      expect([periodStart, ...invoices.map((invoice) => invoice.period_start)].slice(0, -1)).toEqual(
        invoices.map((invoice) => invoice.period_end),
      );
      for (const { total, subtotal, amount_paid, lines, total_pretax_credit_amounts: credits } of invoices) {
        expect(lines.data.reduce((sum, { amount }) => sum + amount, 0)).toBe(subtotal);
        expect(subtotal - (credits ?? []).reduce((sum, { amount }) => sum + amount, 0)).toBe(total);
        expect(amount_paid).toBe(total);
      }
      expect(invoices[0]?.subtotal).toBeGreaterThan(2_000);
      expect(invoices[0]?.subtotal).toBeLessThan(10_000);
    }
  });

  const instants = [
    ...Array.from({ length: 7 }, (_, day) =>
      new Date(NOW_MS + day * DAY_MS + day * 2 * HOUR_MS).toISOString(),
    ),
    '2026-09-22T00:00:00.000Z',
    '2027-01-22T23:59:59.999Z',
    '2027-03-22T12:00:00.000Z',
    '2028-02-29T00:00:01.000Z',
    '2026-12-31T18:00:00.000Z',
  ];
  it.each(instants)('at %s customer 1 is comfortable and customer 2 about to run low', async (now) => {
    await using server = await connect({ scenario: 'demo', nowMs: Date.parse(now) });
    const remaining: number[] = [];
    for (const { id, subscriptionId } of server.sim.scenario?.customers ?? []) {
      const { balances } = await server.stripe.billing.creditBalanceSummaries.retrieve({
        customer: id,
        filter: { type: 'applicability_scope', applicability_scope: { price_type: 'metered' } },
      });
      const preview = await server.stripe.invoices.createPreview({ subscription: subscriptionId });
      const claimed = (preview.total_pretax_credit_amounts ?? []).reduce(
        (sum, { amount }) => sum + amount,
        0,
      );
      expect(preview.amount_due).toBe(0);
      expect(preview.subtotal).toBeGreaterThan(1_000);
      remaining.push((balances[0]?.ledger_balance.monetary?.value ?? 0) - claimed);
      const paid = (await server.stripe.invoices.list({ customer: id, status: 'paid' })).data;
      expect(paid.length).toBeGreaterThanOrEqual(2);
      const item = (await server.stripe.subscriptions.retrieve(subscriptionId)).items.data[0];
      const daysBack = (Date.parse(now) / 1_000 - (item?.current_period_start ?? 0)) / 86_400;
      expect(daysBack).toBeGreaterThan(21);
      expect(daysBack).toBeLessThan(23);
    }
    expect(remaining[0]).toBeGreaterThan(5_000);
    expect(remaining[1]).toBeGreaterThan(0);
    expect(remaining[1]).toBeLessThan(1_000);
  });

  it('keeps the ids of its customers whatever the seed', async () => {
    await using server = await connect({ scenario: 'demo', nowMs: NOW_MS, seed: 'another' });
    expect(server.sim.scenario?.customers.map(({ id }) => id)).toEqual([
      'cus_DemoAurora1',
      'cus_DemoPinecrest2',
    ]);
  });
});
