import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { createIds } from '../ids.ts';
import { connect, DAY_MS, errorOf, send } from '../testing/connect.ts';
import { createWorld } from '../world.ts';
import { bigStartMs, buildBig, spread } from './big.ts';
import { latestChangeMs } from './dst-week.ts';
import { SCENARIOS } from './index.ts';

const NOW_MS = Date.parse('2026-11-26T09:30:00Z');

function creditsOn(invoice: Stripe.Invoice): number {
  return (invoice.total_pretax_credit_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
}

async function ledgerMinor(stripe: Stripe, customer: string): Promise<Record<string, number>> {
  const { balances } = await stripe.billing.creditBalanceSummaries.retrieve({
    customer,
    filter: { type: 'applicability_scope', applicability_scope: { price_type: 'metered' } },
  });
  return Object.fromEntries(
    balances.map(({ ledger_balance: { monetary } }) => [monetary?.currency ?? '', monetary?.value ?? 0]),
  );
}

async function only<T>(list: Stripe.ApiListPromise<T>): Promise<T[]> {
  return list.autoPagingToArray({ limit: 1_000 });
}

describe('scenarios', () => {
  const small = SCENARIOS.filter((name) => name !== 'big');

  it.each(small)('%s: same seed, same bytes; another seed, other ids', async (scenario) => {
    const read = async (seed: string) => {
      await using server = await connect({ scenario, nowMs: NOW_MS, seed });
      const paths = ['/v1/customers', '/v1/subscriptions', '/v1/billing/meters', '/v1/invoices?limit=100'];
      const bodies = [];
      for (const path of paths) bodies.push(await (await send(server.sim, 'GET', path)).text());
      return bodies.join('\n').replaceAll(server.sim.url, '');
    };
    const first = await read('one');
    expect(await read('one')).toBe(first);
    if (scenario !== 'empty') expect(await read('two')).not.toBe(first);
  });

  it.each(small)('%s stands at the present that was asked for', async (scenario) => {
    await using server = await connect({ scenario, nowMs: NOW_MS });
    expect(server.sim.nowMs()).toBe(NOW_MS);
    expect((await server.stripe.customers.create({})).created).toBe(NOW_MS / 1_000);
  });
});

describe('nearly-out', () => {
  it('leaves 0.42 of 100.00 once the running period bills', async () => {
    await using server = await connect({ scenario: 'nearly-out', nowMs: NOW_MS });
    const { customer, grantMinor, unbilledMinor, remainingMinor } = server.sim.scenario;
    const preview = await server.stripe.invoices.createPreview({
      subscription: customer.subscriptionIds[0] ?? '',
    });
    expect([preview.subtotal, creditsOn(preview)]).toEqual([9_958, 9_958]);
    expect(await ledgerMinor(server.stripe, customer.id)).toEqual({ usd: 10_000 });
    expect([grantMinor, unbilledMinor, remainingMinor]).toEqual([10_000, 9_958, 42]);
    await server.sim.advance(31 * DAY_MS);
    expect(await ledgerMinor(server.stripe, customer.id)).toEqual({ usd: 42 });
  });
});

describe('competing-subscriptions', () => {
  it('previews claim 60.00 each from one grant of 100.00; when both bill, 20.00 stay uncovered', async () => {
    await using server = await connect({ scenario: 'competing-subscriptions', nowMs: NOW_MS });
    const { customer, claimedMinor, notCoveredMinor, grantMinor } = server.sim.scenario;
    const previews = await Promise.all(
      customer.subscriptionIds.map((subscription) => server.stripe.invoices.createPreview({ subscription })),
    );
    expect(previews.map(creditsOn)).toEqual([6_000, 6_000]);
    expect([claimedMinor, grantMinor, notCoveredMinor]).toEqual([[6_000, 6_000], 10_000, 2_000]);
    await server.sim.advance(31 * DAY_MS);
    const invoices = await only(server.stripe.invoices.list({ customer: customer.id, status: 'paid' }));
    expect(invoices.reduce((sum, invoice) => sum + creditsOn(invoice), 0)).toBe(10_000);
    expect(invoices.reduce((sum, { total }) => sum + total, 0)).toBe(2_000);
    expect(await ledgerMinor(server.stripe, customer.id)).toEqual({ usd: 0 });
  });
});

describe('multi-currency', () => {
  it('bills each customer in its own minor units and takes no credits of another currency', async () => {
    await using server = await connect({ scenario: 'multi-currency', nowMs: NOW_MS });
    const seen = [];
    for (const { customer, unbilledMinor, grantedMinor } of server.sim.scenario.customers) {
      const preview = await server.stripe.invoices.createPreview({
        subscription: customer.subscriptionIds[0] ?? '',
      });
      seen.push([preview.currency, preview.subtotal, creditsOn(preview)]);
      expect(preview.subtotal).toBe(unbilledMinor);
      expect(await ledgerMinor(server.stripe, customer.id)).toEqual(grantedMinor);
    }
    expect(seen).toEqual([
      ['usd', 1_000, 1_000],
      ['jpy', 1_600, 1_600],
      ['kwd', 3_000, 3_000],
    ]);
  });
});

describe('tiers', () => {
  it('costs what each example says, by hand, and in sum', async () => {
    await using server = await connect({ scenario: 'tiers', nowMs: NOW_MS });
    const { customer, examples, totalMinor } = server.sim.scenario;
    const preview = await server.stripe.invoices.createPreview({
      subscription: customer.subscriptionIds[0] ?? '',
    });
    for (const { name, priceId, meterId, quantity, amountMinor } of examples) {
      const lines = preview.lines.data.filter(({ pricing }) => pricing?.price_details?.price === priceId);
      expect(
        lines.reduce((sum, { amount }) => sum + amount, 0),
        name,
      ).toBe(amountMinor);
      const summaries = await server.stripe.billing.meters.listEventSummaries(meterId, {
        customer: customer.id,
        start_time: (NOW_MS - 6 * DAY_MS) / 1_000,
        end_time: NOW_MS / 1_000,
      });
      expect(String(summaries.data[0]?.aggregated_value), name).toBe(quantity);
    }
    expect([preview.total, totalMinor]).toEqual([5_730, 5_730]);
  });
});

describe('hundred-grants', () => {
  it('holds 100 unused grants: the next is refused, until one is voided', async () => {
    await using server = await connect({ scenario: 'hundred-grants', nowMs: NOW_MS });
    const { customer, grantIds, grantedMinor, unbilledMinor } = server.sim.scenario;
    const grants = await only(server.stripe.billing.creditGrants.list({ customer: customer.id, limit: 100 }));
    expect(new Set(grants.map(({ id }) => id))).toEqual(new Set(grantIds));
    expect(grants).toHaveLength(100);
    expect(await ledgerMinor(server.stripe, customer.id)).toEqual({ usd: grantedMinor });
    const one = () =>
      server.stripe.billing.creditGrants.create({
        customer: customer.id,
        amount: { type: 'monetary', monetary: { currency: 'usd', value: 100 } },
        applicability_config: { scope: { price_type: 'metered' } },
      });
    expect((await errorOf(one())).statusCode).toBe(400);
    await server.stripe.billing.creditGrants.voidGrant(grantIds[0] ?? '');
    expect((await one()).object).toBe('billing.credit_grant');
    const preview = await server.stripe.invoices.createPreview({
      subscription: customer.subscriptionIds[0] ?? '',
    });
    expect([preview.subtotal, creditsOn(preview)]).toEqual([unbilledMinor, unbilledMinor]);
  });
});

describe('dst-week', () => {
  it.each([
    ['2026-11-26T09:30:00Z', '2026-10-25T01:00:00.000Z', [24, 24, 24, 24, 24, 24, 25]],
    ['2026-06-01T00:00:00Z', '2026-03-29T01:00:00.000Z', [24, 24, 24, 24, 24, 24, 23]],
    ['2027-02-01T00:00:00Z', '2026-10-25T01:00:00.000Z', [24, 24, 24, 24, 24, 24, 25]],
  ])(
    'at %s the latest change was %s, and local days have as many units as hours',
    async (now, change, units) => {
      await using server = await connect({ scenario: 'dst-week', nowMs: Date.parse(now) });
      const { customer, meterId, timeZone, changeMs, localDays } = server.sim.scenario;
      expect(new Date(changeMs).toISOString()).toBe(change);
      const clock = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short', hourCycle: 'h23' });
      for (const { startMs, endMs } of localDays) {
        expect([clock.format(startMs), clock.format(endMs)]).toEqual(['00:00', '00:00']);
        const { data } = await server.stripe.billing.meters.listEventSummaries(meterId, {
          customer: customer.id,
          start_time: startMs / 1_000,
          end_time: endMs / 1_000,
        });
        expect(data[0]?.aggregated_value).toBe((endMs - startMs) / 3_600_000);
      }
      expect(localDays.map((day) => day.units)).toEqual(units);
      const whole = await server.stripe.billing.meters.listEventSummaries(meterId, {
        customer: customer.id,
        start_time: changeMs / 1_000 - 20 * 86_400,
        end_time: changeMs / 1_000 + 20 * 86_400,
      });
      expect(whole.data[0]?.aggregated_value).toBe(units.reduce((sum, each) => sum + each, 0));
    },
  );

  it('takes a change only once its day has ended', () => {
    const changeMs = Date.parse('2026-10-25T01:00:00Z');
    expect(latestChangeMs(changeMs + DAY_MS)).toBe(changeMs);
    expect(new Date(latestChangeMs(changeMs + DAY_MS - 1)).toISOString()).toBe('2026-03-29T01:00:00.000Z');
    expect(new Date(latestChangeMs(Date.parse('2026-01-05T00:00:00Z'))).toISOString()).toBe(
      '2025-10-26T01:00:00.000Z',
    );
  });
});

describe('big', () => {
  it('spreads its events so that customers and days grow alike and a day keeps its density', () => {
    expect([10_000, 100_000, 1_000_000].map(spread)).toEqual([
      { customers: 10, days: 10 },
      { customers: 32, days: 31 },
      { customers: 100, days: 100 },
    ]);
  });

  it('gives each customer as many events each day as it says, the same for the same seed', () => {
    const build = (seed: string) => {
      const world = createWorld({ startMs: bigStartMs(NOW_MS, 10_000), ids: createIds(seed) });
      return { world, made: buildBig(world, 10_000) };
    };
    const { made } = build('one');
    expect([made.eventCount, made.days.count, made.customers.length]).toEqual([10_000, 10, 10]);
    expect(made.days.startMs).toBe(Date.parse('2026-11-16T00:00:00Z'));
    expect(build('one').made).toEqual(made);
    expect(build('two').made).not.toEqual(made);
  });

  it('loads a million events, counts every one of them and bills the months gone by', async () => {
    await using server = await connect({ scenario: 'big', nowMs: NOW_MS });
    const { customers, meterId, eventCount, days } = server.sim.scenario;
    expect(eventCount).toBe(1_000_000);
    const { data } = await server.stripe.billing.meters.listEventSummaries(meterId, {
      customer: customers[41]?.id ?? '',
      start_time: days.startMs / 1_000,
      end_time: days.startMs / 1_000 + days.count * 86_400,
      value_grouping_window: 'day',
      limit: 100,
    });
    expect(data).toHaveLength(100);
    expect(Math.min(...data.map(({ aggregated_value: value }) => value))).toBeGreaterThan(35_000);
    expect(Math.max(...data.map(({ aggregated_value: value }) => value))).toBeLessThan(65_000);
    const invoices = await server.stripe.invoices.list({ customer: customers[41]?.id ?? '' });
    expect(invoices.data.map(({ status }) => status)).toEqual(['paid', 'paid', 'paid']);
  });
});
