import { createSimulator, type Simulator } from '@meterboard/stripe-simulator';
import fc from 'fast-check';
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';

const START_MS = Date.UTC(2026, 8, 1);
const DAY_MS = 86_400_000;
const RUNS = 25;

async function withSimulator(run: (stripe: Stripe, sim: Simulator) => Promise<void>): Promise<void> {
  const sim = await createSimulator({ nowMs: START_MS, frozen: true });
  try {
    await run(
      new Stripe('sk_test_properties', {
        host: sim.host,
        port: sim.port,
        protocol: 'http',
        telemetry: false,
        maxNetworkRetries: 0,
      }),
      sim,
    );
  } finally {
    await sim.close();
  }
}

const event = fc.record({
  minutesAgo: fc.integer({ min: 0, max: 3 * 24 * 60 }),
  quantity: fc.integer({ min: 0, max: 1_000_000 }),
});

describe('properties', () => {
  it('summaries over parts of a range add up to the whole for sum and count, and the latest part is the last', async () => {
    await withSimulator(async (stripe) => {
      let round = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(event, { minLength: 1, maxLength: 12 }),
          fc.array(fc.integer({ min: 1, max: 3 * 24 * 60 - 1 }), { maxLength: 4 }),
          async (events, cuts) => {
            round += 1;
            const { id: customer } = await stripe.customers.create({});
            const endSec = START_MS / 1_000 + 60;
            const startSec = endSec - 3 * 86_400 - 60;
            const bounds = [startSec, ...new Set(cuts.map((minute) => startSec + minute * 60)), endSec].sort(
              (a, b) => a - b,
            );
            for (const formula of ['sum', 'count', 'last'] as const) {
              const meter = await stripe.billing.meters.create({
                display_name: 'Property',
                event_name: `property_${round}_${formula}`,
                default_aggregation: { formula },
              });
              for (const { minutesAgo, quantity } of events)
                await stripe.billing.meterEvents.create({
                  event_name: meter.event_name,
                  timestamp: START_MS / 1_000 - minutesAgo * 60,
                  payload: { stripe_customer_id: customer, value: String(quantity) },
                });
              const between = async (start: number, end: number) =>
                (
                  await stripe.billing.meters.listEventSummaries(meter.id, {
                    customer,
                    start_time: start,
                    end_time: end,
                  })
                ).data[0]?.aggregated_value ?? Number.NaN;
              const whole = await between(startSec, endSec);
              const parts = [];
              for (const [index, start] of bounds.slice(0, -1).entries())
                parts.push(await between(start, bounds[index + 1] ?? endSec));
              if (formula === 'last') {
                const newest = Math.min(...events.map(({ minutesAgo }) => minutesAgo));
                expect(whole).toBe(events.findLast(({ minutesAgo }) => minutesAgo === newest)?.quantity);
              } else {
                expect(parts.reduce((sum, part) => sum + part, 0)).toBe(whole);
              }
            }
          },
        ),
        { numRuns: RUNS },
      );
    });
  });

  it('the ledger balance is the sum of all transactions, whatever was granted, used, voided and expired', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('grant' as const), amountMinor: fc.integer({ min: 60, max: 5_000 }) }),
      fc.record({ kind: fc.constant('use' as const), amountMinor: fc.integer({ min: 60, max: 3_000 }) }),
      fc.record({ kind: fc.constant('void' as const), nth: fc.nat(5) }),
      fc.record({ kind: fc.constant('expire' as const), nth: fc.nat(5) }),
      fc.record({ kind: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 40 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
        await withSimulator(async (stripe, sim) => {
          const meter = await stripe.billing.meters.create({
            display_name: 'Units',
            event_name: 'units',
            default_aggregation: { formula: 'sum' },
          });
          const price = await stripe.prices.create({
            currency: 'usd',
            unit_amount: 1,
            product_data: { name: 'Units' },
            recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
          });
          const { id: customer } = await stripe.customers.create({});
          await stripe.subscriptions.create({ customer, items: [{ price: price.id }] });
          const grants: string[] = [];
          for (const each of steps) {
            if (each.kind === 'wait') await sim.advance(each.days * DAY_MS);
            else if (each.kind === 'grant')
              grants.push(
                (
                  await stripe.billing.creditGrants.create({
                    customer,
                    amount: { type: 'monetary', monetary: { currency: 'usd', value: each.amountMinor } },
                    applicability_config: { scope: { price_type: 'metered' } },
                    expires_at: Math.floor(sim.nowMs() / 1_000) + 45 * 86_400,
                  })
                ).id,
              );
            else if (each.kind === 'use')
              await stripe.billing.meterEvents.create({
                event_name: 'units',
                payload: { stripe_customer_id: customer, value: String(each.amountMinor) },
              });
            else await end(stripe, each.kind, grants[each.nth]);
          }
          const rows = await stripe.billing.creditBalanceTransactions
            .list({ customer, limit: 100 })
            .autoPagingToArray({ limit: 1_000 });
          const sum = rows.reduce(
            (total, { credit, debit }) =>
              total + (credit?.amount.monetary?.value ?? 0) - (debit?.amount.monetary?.value ?? 0),
            0,
          );
          const { balances } = await stripe.billing.creditBalanceSummaries.retrieve({
            customer,
            filter: { type: 'applicability_scope', applicability_scope: { price_type: 'metered' } },
          });
          expect(balances[0]?.ledger_balance.monetary?.value ?? 0).toBe(sum);
          expect(sum).toBeGreaterThanOrEqual(0);
        });
      }),
      { numRuns: RUNS },
    );
  });

  it('a key that is repeated changes nothing and answers the same', async () => {
    await withSimulator(async (stripe) => {
      const { id: customer } = await stripe.customers.create({});
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 100_000 }), fc.uuid(), async (value, idempotencyKey) => {
          const before = (await stripe.events.list({ limit: 1 })).data[0]?.id;
          const grant = () =>
            stripe.billing.creditGrants.create(
              {
                customer,
                amount: { type: 'monetary', monetary: { currency: 'usd', value } },
                applicability_config: { scope: { price_type: 'metered' } },
              },
              { idempotencyKey },
            );
          const first = await grant();
          const afterFirst = (await stripe.events.list({ limit: 1 })).data[0]?.id;
          expect(await grant()).toEqual(first);
          expect((await stripe.events.list({ limit: 1 })).data[0]?.id).toBe(afterFirst);
          expect(afterFirst).not.toBe(before);
          await stripe.billing.creditGrants.voidGrant(first.id);
        }),
        { numRuns: RUNS },
      );
    });
  });
});

/** Voids or expires a grant where that is still allowed. */
async function end(stripe: Stripe, how: 'expire' | 'void', grantId: string | undefined): Promise<void> {
  if (grantId === undefined) return;
  try {
    if (how === 'void') await stripe.billing.creditGrants.voidGrant(grantId);
    else await stripe.billing.creditGrants.expire(grantId);
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
  }
}
