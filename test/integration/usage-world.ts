import type { MeterboardOptions } from '@meterboard/server';
import type Stripe from 'stripe';
import { connect, startWorld } from './stripe-world.ts';

export const at = (iso: string) => Date.parse(iso);
export const dayMs = 86_400_000;

/** When the first subscription of each test begins: not on a minute, so that edges show. */
export const beganAtMs = at('2026-03-09T14:37:12Z');

type Terms = Partial<Stripe.PriceCreateParams>;

/**
 * An empty account at `beganAtMs` with one customer who is signed in, and short ways to fill it. Nothing is remembered
 * between requests, unless told otherwise: each test reads what it has just changed.
 */
export async function startUsageWorld(options: Partial<MeterboardOptions> = {}) {
  const world = await startWorld('empty', beganAtMs, { cache: false, ...options });
  const { client, simulator, meterboard } = world;
  const customer = (await client.customers.create({ name: 'Ada' })).id;
  world.signIn({ customerId: customer });
  return {
    ...world,
    customer,
    kit: connect(meterboard),
    meter: (
      event_name: string,
      more: Partial<Stripe.Billing.MeterCreateParams> = {},
    ): Promise<Stripe.Billing.Meter> =>
      client.billing.meters.create({
        display_name: event_name,
        event_name,
        default_aggregation: { formula: 'sum' },
        ...more,
      }),
    /** 1.00 USD a unit and month, unless told otherwise. */
    price: (meter: Stripe.Billing.Meter, terms: Terms = {}): Promise<Stripe.Price> =>
      client.prices.create({
        currency: 'usd',
        product_data: { name: 'Units' },
        recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
        ...('tiers' in terms || 'unit_amount_decimal' in terms ? {} : { unit_amount: 100 }),
        ...terms,
      }),
    subscribe: (
      prices: Stripe.Price[],
      more: Partial<Stripe.SubscriptionCreateParams> = {},
    ): Promise<Stripe.Subscription> =>
      client.subscriptions.create({ customer, items: prices.map(({ id }) => ({ price: id })), ...more }),
    report: (event_name: string, value: number | string, iso?: string) =>
      client.billing.meterEvents.create({
        event_name,
        payload: { stripe_customer_id: customer, value: String(value) },
        ...(iso === undefined ? {} : { timestamp: at(iso) / 1000 }),
      }),
    advanceTo: (iso: string) => simulator.advance(at(iso) - simulator.nowMs()),
    /** How many calls of the provider something takes. */
    async callsOf(run: () => Promise<unknown>): Promise<number> {
      const before = world.callCount();
      await run();
      return world.callCount() - before;
    },
  };
}

export type UsageWorld = Awaited<ReturnType<typeof startUsageWorld>>;

/** Graduated tiers: so many free, and above them `unitMinor` each. */
export function withFree(free: number, unitMinor: number): Terms {
  return {
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers: [
      { up_to: free, unit_amount: 0 },
      { up_to: 'inf', unit_amount: unitMinor },
    ],
  };
}
