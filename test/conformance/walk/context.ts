import type { Simulator } from '@meterboard/stripe-simulator';
import type Stripe from 'stripe';

/** What a stretch of the walk works with: the real SDK, and the simulator's clock. */
export interface Walker {
  sim: Simulator;
  stripe: Stripe;
}

export const DAY_MS = 86_400_000;
export const DAY_SEC = 86_400;

export const usd = (value: number) => ({ type: 'monetary', monetary: { currency: 'usd', value } }) as const;
export const meteredScope = { scope: { price_type: 'metered' } } as const;

/** The simulator's present in Unix seconds. */
export function nowSec({ sim }: Walker): number {
  return Math.floor(sim.nowMs() / 1_000);
}

/** A meter, a metered price and a customer that subscribes to it. */
export async function subscribed({ stripe }: Walker, eventName: string) {
  const meter = await stripe.billing.meters.create({
    display_name: `Meter of ${eventName}`,
    event_name: eventName,
    default_aggregation: { formula: 'sum' },
  });
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 2,
    product_data: { name: `Product of ${eventName}` },
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
  });
  const customer = await stripe.customers.create({ name: 'Walker', email: 'walker@example.com' });
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
  });
  return { meter, price, customer, subscription };
}

export async function use(
  { stripe }: Walker,
  eventName: string,
  customerId: string,
  quantity: number,
): Promise<void> {
  await stripe.billing.meterEvents.create({
    event_name: eventName,
    payload: { stripe_customer_id: customerId, value: String(quantity) },
  });
}

/** Waits for a call that is meant to fail; throws when it does not. */
export async function errorOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('A call that should fail succeeded.');
}
