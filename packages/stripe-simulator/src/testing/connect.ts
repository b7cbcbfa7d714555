import Stripe from 'stripe';
import type { ScenarioName } from '../scenarios/index.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../simulator.ts';

/** 1 September 2026, 00:00 UTC: where frozen tests begin. */
export const START_MS = Date.UTC(2026, 8, 1);
export const START_SEC = START_MS / 1_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export interface Connected<Name extends ScenarioName = ScenarioName> extends AsyncDisposable {
  sim: Simulator<Name>;
  stripe: Stripe;
}

/** A simulator with a frozen clock and the real SDK talking to it over HTTP; closes itself with `await using`. */
export async function connect<Name extends ScenarioName>(
  options: SimulatorOptions<Name> & { scenario: Name },
): Promise<Connected<Name>>;
export async function connect(options?: SimulatorOptions): Promise<Connected>;
export async function connect(options: SimulatorOptions = {}): Promise<Connected> {
  const sim = await createSimulator({ nowMs: START_MS, frozen: true, ...options });
  return { sim, stripe: sdkFor(sim), [Symbol.asyncDispose]: () => sim.close() };
}

export function sdkFor(sim: Simulator, key = 'sk_test_x'): Stripe {
  return new Stripe(key, {
    host: sim.host,
    port: sim.port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
  });
}

/** A raw request with a test key, for what the SDK would never send. */
export function send(
  sim: Simulator,
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${sim.url}${path}`, {
    method,
    headers: {
      authorization: 'Bearer sk_test_x',
      ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
}

/** Status and parsed JSON of a raw answer, for `toMatchObject`. */
export async function bodyOf(
  response: Response,
): Promise<{ status: number; error: Record<string, string> } & Record<string, unknown>> {
  const body = (await response.json()) as { error: Record<string, string> };
  return { status: response.status, ...body };
}

/** The Stripe error that a call ends with; fails when it does not end with one. */
export async function errorOf(
  call: Promise<unknown>,
): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('The call succeeded, although it should have failed.');
}

export interface Metered {
  customer: Stripe.Customer;
  meter: Stripe.Billing.Meter;
  price: Stripe.Price;
  subscription: Stripe.Subscription;
}

/** A customer with one metered monthly subscription at 1 cent per unit, plus what `more` adds. */
export async function subscribeMetered(
  stripe: Stripe,
  more: {
    licensedMinor?: number;
    sendInvoice?: boolean;
    eventName?: string;
    formula?: 'sum' | 'count' | 'last';
  } = {},
): Promise<Metered> {
  const customer = await stripe.customers.create({ name: 'Ada & Co', email: 'ada@example.com' });
  const meter = await stripe.billing.meters.create({
    display_name: 'Units',
    event_name: more.eventName ?? 'units',
    default_aggregation: { formula: more.formula ?? 'sum' },
  });
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 1,
    product_data: { name: 'Units' },
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
  });
  const items: Stripe.SubscriptionCreateParams.Item[] = [{ price: price.id }];
  if (more.licensedMinor !== undefined) {
    const flat = await stripe.prices.create({
      currency: 'usd',
      unit_amount: more.licensedMinor,
      product_data: { name: 'Platform fee' },
      recurring: { interval: 'month' },
    });
    items.push({ price: flat.id, quantity: 1 });
  }
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items,
    ...(more.sendInvoice === true ? { collection_method: 'send_invoice', days_until_due: 14 } : {}),
  });
  return { customer, meter, price, subscription };
}

/** Reports `value` units at the simulator's present, or at `timestamp`. */
export async function report(
  stripe: Stripe,
  customerId: string,
  value: number | string,
  timestamp?: number,
  eventName = 'units',
): Promise<void> {
  await stripe.billing.meterEvents.create({
    event_name: eventName,
    payload: { stripe_customer_id: customerId, value: String(value) },
    ...(timestamp === undefined ? {} : { timestamp }),
  });
}
