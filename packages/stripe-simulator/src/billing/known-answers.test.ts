import fc from 'fast-check';
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import {
  afterDays,
  customerWith,
  day,
  invoicesOf,
  licensed,
  metered,
  sec,
  sumMeter,
} from '../testing/catalog.ts';
import { connect, DAY_MS, HOUR_MS, report, START_SEC } from '../testing/connect.ts';

/** A reproducible stream of numbers in [0, 1). */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

describe('twelve months', () => {
  it('of monthly invoices bill what the raw events add up to, computed on the side', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe, 'pm_card_visa');
    const meter = await sumMeter(stripe);
    const seat = await licensed(stripe);
    const units = await metered(stripe, meter.id, {
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [
        { up_to: 1_000, unit_amount: 3 },
        { up_to: 'inf', unit_amount: 2 },
      ],
    });
    await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: seat.id, quantity: 2 }, { price: units.id }],
    });
    const next = noise(7);
    const edges = Array.from({ length: 12 }, (_, index) => Date.UTC(2026, 8 + index, 1) / 1_000);
    const random = Array.from(
      { length: 780 },
      (_, index) => START_SEC + index * 40_000 + Math.floor(next() * 30_000),
    );
    const events = [...random, ...edges, ...edges.slice(1).map((edge) => edge - 1)]
      .sort((a, b) => a - b)
      .map((atSec) => ({ atSec, value: 1 + Math.floor(next() * 59) }));
    for (const { atSec, value } of events) {
      await sim.advanceTo(atSec * 1_000);
      await report(stripe, customer.id, value, atSec);
    }
    await sim.advanceTo((sec('2027-09-01') + 3_600) * 1_000);
    const invoices = await invoicesOf(stripe, customer.id);
    expect(invoices).toHaveLength(13);
    const months = Array.from({ length: 12 }, (_, index) => {
      const from = Date.UTC(2026, 8 + index, 1) / 1_000;
      const to = Date.UTC(2026, 9 + index, 1) / 1_000;
      return events
        .filter(({ atSec }) => atSec >= from && atSec < to)
        .reduce((sum, { value }) => sum + value, 0);
    });
    const cost = (units: number): number => 3 * Math.min(units, 1_000) + 2 * Math.max(0, units - 1_000);
    expect(months.filter((units) => units > 1_000).length).toBeGreaterThan(6);
    expect(invoices.map(({ total, status }) => [total, status])).toEqual([
      [2_000, 'paid'],
      ...months.map((units) => [2_000 + cost(units), 'paid']),
    ]);
    expect(invoices.map(({ period_end }) => day(period_end)).slice(0, 3)).toEqual([
      '2026-09-01',
      '2026-10-01',
      '2026-11-01',
    ]);
  }, 60_000);
});

describe('the honest balance', () => {
  const granted = (
    value: number,
    more: { effective_at?: number; expires_at?: number; priority?: number } = {},
  ) => ({
    amount: { type: 'monetary' as const, monetary: { currency: 'usd', value } },
    applicability_config: { scope: { price_type: 'metered' as const } },
    ...more,
  });

  it('in the draft window: ledger 1000, draft 700, new usage 500 → the draft takes 700, 300 are left', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const meter = await sumMeter(stripe);
    const price = await metered(stripe, meter.id);
    const { id } = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    await stripe.billing.creditGrants.create({ customer: customer.id, ...granted(1_000) });
    await report(stripe, customer.id, 7);
    await sim.advance(30 * DAY_MS + 60_000);
    await report(stripe, customer.id, 5);
    const [draft] = await invoicesOf(stripe, customer.id);
    const preview = await stripe.invoices.createPreview({ subscription: id });
    const creditsOf = (invoice: Stripe.Invoice | undefined) =>
      invoice?.total_pretax_credit_amounts?.map(({ amount }) => amount);
    expect([creditsOf(draft), creditsOf(preview)]).toEqual([[700], [500]]);
    const summary = await stripe.billing.creditBalanceSummaries.retrieve({
      customer: customer.id,
      filter: { type: 'applicability_scope', applicability_scope: { price_type: 'metered' } },
    });
    expect(summary.balances[0]).toMatchObject({
      ledger_balance: { monetary: { value: 1_000 } },
      available_balance: { monetary: { value: 300 } },
    });
    await sim.advance(HOUR_MS);
    expect(creditsOf(await stripe.invoices.createPreview({ subscription: id }))).toEqual([300]);
  });

  it('with a grant that comes later and goes first: it pays the period, the one alive today stays', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const meter = await sumMeter(stripe);
    const price = await metered(stripe, meter.id);
    await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    const today = await stripe.billing.creditGrants.create({ customer: customer.id, ...granted(100) });
    const later = await stripe.billing.creditGrants.create({
      customer: customer.id,
      ...granted(500, { effective_at: START_SEC + 3 * 86_400, priority: 0 }),
    });
    await report(stripe, customer.id, 3);
    await sim.advanceTo(afterDays(30) + HOUR_MS);
    const leftOf = async (credit_grant: string) => {
      const { balances } = await stripe.billing.creditBalanceSummaries.retrieve({
        customer: customer.id,
        filter: { type: 'credit_grant', credit_grant },
      });
      return balances[0]?.ledger_balance.monetary?.value;
    };
    expect([await leftOf(today.id), await leftOf(later.id)]).toEqual([100, 200]);
  });
});

describe('summaries over sub-ranges', () => {
  it('add up for sum and count, and do not for last', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    await sim.advance(2 * DAY_MS);
    const formulas = ['sum', 'count', 'last'] as const;
    const meters = await Promise.all(
      formulas.map((formula) =>
        stripe.billing.meters.create({
          display_name: formula,
          event_name: formula,
          default_aggregation: { formula },
        }),
      ),
    );
    let lastDiffered = 0;
    const minute = fc.integer({ min: 0, max: 2_879 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ minute, value: fc.integer({ min: 1, max: 9 }) }), {
          minLength: 2,
          maxLength: 8,
        }),
        minute,
        async (events, cut) => {
          const { id: customer } = await stripe.customers.create({});
          const totals = async (meterId: string, from: number, to: number) => {
            if (from === to) return 0;
            const { data } = await stripe.billing.meters.listEventSummaries(meterId, {
              customer,
              start_time: START_SEC + from * 60,
              end_time: START_SEC + to * 60,
            });
            return data[0]?.aggregated_value ?? Number.NaN;
          };
          for (const { minute: at, value } of events)
            for (const name of formulas) await report(stripe, customer, value, START_SEC + at * 60, name);
          for (const [index, meter] of meters.entries()) {
            const whole = await totals(meter.id, 0, 2_880);
            const parts = (await totals(meter.id, 0, cut)) + (await totals(meter.id, cut, 2_880));
            if (formulas[index] !== 'last') expect(parts).toBe(whole);
            else if (parts !== whole) lastDiffered += 1;
          }
        },
      ),
      { numRuns: 12, seed: 5 },
    );
    expect(lastDiffered).toBeGreaterThan(0);
  });
});
