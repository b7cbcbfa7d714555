import { toBillingError } from '@meterboard/contract';
import {
  createMeterboard,
  type Identity,
  type Logger,
  type Meterboard,
  type MeterboardOptions,
  type MeterboardRouter,
} from '@meterboard/server';
import { createSimulator } from '@meterboard/stripe-simulator';
import { createTRPCClient, httpLink } from '@trpc/client';
import Stripe from 'stripe';
import { sharedStore } from '../../packages/server/src/testing/describe-stores.ts';

export const usd = (amountMinor: number) => ({ amountMinor, currency: 'usd' });

export const packages = [10, 20, 50].map((dollars) => ({
  id: `credits-${dollars}`,
  label: `${dollars}.00 USD of credits`,
  price: usd(dollars * 100),
  credit: usd(dollars * 100),
}));

/** A log that keeps what it is told. */
export function createLog() {
  const lines: string[] = [];
  const keep =
    (level: keyof Logger) =>
    (message: string, details?: object): void => {
      lines.push(`${level} ${message} ${JSON.stringify(details ?? {})}`);
    };
  return { lines, logger: { error: keep('error'), warn: keep('warn'), info: keep('info') } };
}

/** A simulator with the real SDK in front of it, and a Meterboard that uses that very client. */
export async function startWorld(
  scenario: 'empty' | 'demo',
  nowMs: number,
  options: Partial<MeterboardOptions> = {},
) {
  const simulator = await createSimulator({ scenario, nowMs, frozen: true });
  const client = new Stripe('sk_test_integration', {
    host: simulator.host,
    port: simulator.port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
  });
  const log = createLog();
  let identity: Identity | null = null;
  const meterboard = createMeterboard({
    stripe: { client },
    identify: () => identity,
    nowMs: simulator.nowMs,
    logger: log.logger,
    topUps: { packages, returnUrl: 'https://app.example/billing' },
    store: sharedStore(),
    budget: false,
    ...options,
  });
  return {
    simulator,
    client,
    meterboard,
    log,
    callCount: () => simulator.requests.length,
    signIn: (next: Identity | null) => {
      identity = next;
    },
    async close() {
      await meterboard.close();
      await simulator.close();
    },
  };
}

/** An account with one sum meter at 1 cent a unit, and two customers who are billed for it. */
export async function buildAccount(client: Stripe) {
  const meter = await client.billing.meters.create({
    display_name: 'API calls',
    event_name: 'api_calls',
    default_aggregation: { formula: 'sum' },
  });
  const product = await client.products.create({ name: 'API calls' });
  const price = await client.prices.create({
    currency: 'usd',
    product: product.id,
    unit_amount: 1,
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
  });
  const subscribe = async (name: string) => {
    const customer = await client.customers.create({ name, email: `${name}@canary.example` });
    await client.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    return customer.id;
  };
  return {
    meterId: meter.id,
    priceId: price.id,
    first: await subscribe('first'),
    second: await subscribe('second'),
  };
}

export async function grantCredits(client: Stripe, customer: string, value: number) {
  return client.billing.creditGrants.create({
    customer,
    name: 'Welcome',
    amount: { type: 'monetary', monetary: { currency: 'usd', value } },
    applicability_config: { scope: { price_type: 'metered' } },
    category: 'paid',
  });
}

/** A typed client that reaches the handler as a browser would, without a port. */
export function connect({ handler }: Pick<Meterboard, 'handler'>, headers: Record<string, string> = {}) {
  return createTRPCClient<MeterboardRouter>({
    links: [
      httpLink({
        url: 'https://app.example/api/meterboard/trpc',
        headers,
        fetch: (input, init) => handler(new Request(String(input), init as RequestInit)),
      }),
    ],
  });
}

/** The public error that a call is refused with; anything else fails the test. */
export async function refusalOf(call: Promise<unknown>) {
  try {
    await call;
  } catch (error) {
    return toBillingError(error).toPublicError();
  }
  throw new Error('the call was not refused');
}
