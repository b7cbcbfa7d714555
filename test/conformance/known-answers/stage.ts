import type Stripe from 'stripe';
import { type Account, eventually } from './account.ts';

/** A customer on a clock of its own, with a card that pays. */
export interface Stage {
  clockId: string;
  customerId: string;
  startSec: number;
}

let stages = 0;

export async function createStage(
  { stripe, run }: Account,
  startSec = Math.floor(Date.now() / 1_000),
): Promise<Stage> {
  stages += 1;
  const clock = await stripe.testHelpers.testClocks.create({
    frozen_time: startSec,
    name: `${run} ${stages}`,
  });
  const customer = await stripe.customers.create({ name: 'Known Answers', test_clock: clock.id });
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: card.id } });
  return { clockId: clock.id, customerId: customer.id, startSec };
}

/** Moves a clock and waits until everything that fell due is done. */
export async function advanceTo({ stripe }: Account, stage: Stage, toSec: number): Promise<void> {
  await stripe.testHelpers.testClocks.advance(stage.clockId, { frozen_time: toSec });
  const { status } = await eventually(
    () => stripe.testHelpers.testClocks.retrieve(stage.clockId),
    (clock) => clock.status !== 'advancing',
  );
  if (status !== 'ready') throw new Error(`The clock is ${status}.`);
}

/** A meter whose event name no other run has used. */
export function createMeter(
  { stripe, run }: Account,
  name: string,
  formula: 'count' | 'last' | 'sum' = 'sum',
): Promise<Stripe.Billing.Meter> {
  return stripe.billing.meters.create({
    display_name: name,
    event_name: `${run}_${name}`,
    default_aggregation: { formula },
  });
}

export function createMeteredPrice(
  { stripe }: Account,
  meter: Stripe.Billing.Meter,
  terms: Partial<Stripe.PriceCreateParams>,
): Promise<Stripe.Price> {
  return stripe.prices.create({
    currency: 'usd',
    product_data: { name: meter.display_name },
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    ...terms,
  });
}

export async function use(
  { stripe }: Account,
  meter: Stripe.Billing.Meter,
  stage: Stage,
  quantity: number | string,
  timestampSec?: number,
): Promise<void> {
  await stripe.billing.meterEvents.create({
    event_name: meter.event_name,
    payload: { stripe_customer_id: stage.customerId, value: String(quantity) },
    ...(timestampSec === undefined ? {} : { timestamp: timestampSec }),
  });
}
