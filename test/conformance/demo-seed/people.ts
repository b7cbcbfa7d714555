import type Stripe from 'stripe';
import { demoPeople } from '../../../packages/stripe-simulator/src/scenarios/demo-catalog.ts';
import { logStartMs } from '../../../packages/stripe-simulator/src/scenarios/flight-log.ts';
import type { SeededProduct } from './catalog.ts';

/** Which demo customer it is stands in its metadata, and where the replayed log begins. */
const KEY = 'meterboard_demo';
const LOG_START = 'meterboard_demo_log_start';

/** Credits of each of the two: name, US cents, category. */
const grants: readonly (readonly (readonly [string, number, 'paid' | 'promotional'])[])[] = [
  [
    ['Starter credits', 6_000, 'paid'],
    ['Prepaid credits', 10_000, 'paid'],
    ['Spring promotion', 2_500, 'promotional'],
  ],
  [['Prepaid credits', 1_500, 'paid']],
];

export interface SeededPerson {
  customer: Stripe.Customer;
  subscription: Stripe.Subscription;
  logStartMs: number;
}

/** Finds or makes the demo's two customers, each with a card that pays, a subscription to all prices, and credits. */
export async function ensurePeople(
  stripe: Stripe,
  products: readonly SeededProduct[],
  nowMs: number,
  say: (line: string) => void,
): Promise<SeededPerson[]> {
  const people: SeededPerson[] = [];
  for (const [index, { id: key, name, email }] of demoPeople.entries()) {
    const customer = await ensureCustomer(stripe, { key, name, email }, nowMs, say);
    const subscription = await ensureSubscription(stripe, customer, products, say);
    await ensureGrants(stripe, customer, grants[index] ?? [], say);
    people.push({ customer, subscription, logStartMs: Number(customer.metadata[LOG_START]) });
  }
  return people;
}

async function ensureCustomer(
  stripe: Stripe,
  { key, name, email }: { key: string; name: string; email: string },
  nowMs: number,
  say: (line: string) => void,
): Promise<Stripe.Customer> {
  for await (const customer of stripe.customers.list({ email, limit: 100 })) {
    if (customer.metadata[KEY] !== key) continue;
    say(`customer ${name}: ${customer.id} is there`);
    return customer;
  }
  const { id } = await stripe.customers.create({
    name,
    email,
    metadata: { [KEY]: key, [LOG_START]: String(logStartMs(nowMs)) },
  });
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: id });
  say(`customer ${name}: ${id} made`);
  return stripe.customers.update(id, { invoice_settings: { default_payment_method: card.id } });
}

async function ensureSubscription(
  stripe: Stripe,
  customer: Stripe.Customer,
  products: readonly SeededProduct[],
  say: (line: string) => void,
): Promise<Stripe.Subscription> {
  for await (const subscription of stripe.subscriptions.list({ customer: customer.id, limit: 100 })) {
    if (subscription.metadata[KEY] === undefined) continue;
    say(`subscription of ${customer.name}: ${subscription.id} is there`);
    return subscription;
  }
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: products.map(({ price }) => ({ price: price.id })),
    metadata: { [KEY]: customer.metadata[KEY] ?? '' },
  });
  say(`subscription of ${customer.name}: ${subscription.id} made`);
  return subscription;
}

async function ensureGrants(
  stripe: Stripe,
  customer: Stripe.Customer,
  wanted: (typeof grants)[number],
  say: (line: string) => void,
): Promise<void> {
  const there = new Set<string>();
  for await (const grant of stripe.billing.creditGrants.list({ customer: customer.id, limit: 100 })) {
    if (grant.metadata[KEY] !== undefined) there.add(grant.metadata[KEY]);
  }
  for (const [name, value, category] of wanted) {
    if (there.has(name)) continue;
    await stripe.billing.creditGrants.create({
      customer: customer.id,
      name,
      category,
      amount: { type: 'monetary', monetary: { currency: 'usd', value } },
      applicability_config: { scope: { price_type: 'metered' } },
      metadata: { [KEY]: name },
    });
    say(`credits of ${customer.name}: ${name} granted`);
  }
}
