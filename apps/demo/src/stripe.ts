import type { RequestListener } from 'node:http';
import type { MeterboardOptions } from '@meterboard/server';
import { embeddedStore } from '@meterboard/server/embedded';
import { createSimulator, isSimulatorPath } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import { type DemoSettings, SettingsError } from './settings.ts';

export interface DemoCustomer {
  id: string;
  name: string;
  email: string | null;
}

/** The Stripe that the demo talks to: the simulator on its own clock, or a test account. */
export interface DemoStripe extends Pick<MeterboardOptions, 'store' | 'webhooks'> {
  stripe: { client: Stripe };
  customers: readonly DemoCustomer[];
  nowMs: () => number;
  /** Answers the requests that are for the simulated Stripe and says so; absent with a real account. */
  answer?: (...args: Parameters<RequestListener>) => boolean;
  /** What is left to do once the server answers. */
  begin: () => Promise<void>;
  close: () => Promise<void>;
}

/**
 * Simulates Stripe on the server that is reachable at `origin`, or checks the given key. Throws a `SettingsError`
 * when Stripe does not take it.
 */
export async function startStripe(
  { stripeSecretKey, stripeApiBase, webhookSecrets, frozenAtMs }: Omit<DemoSettings, 'port'>,
  origin: string,
): Promise<DemoStripe> {
  return stripeSecretKey === undefined
    ? simulateStripe(frozenAtMs, origin)
    : connectAccount(stripeSecretKey, stripeApiBase, webhookSecrets);
}

async function simulateStripe(frozenAtMs: number | undefined, origin: string): Promise<DemoStripe> {
  const secrets = ['whsec_demo_snapshot', 'whsec_demo_thin'] as const;
  const url = `${origin}/api/meterboard/webhooks/stripe`;
  const { host, port, scenario, nowMs, handler, close } = await createSimulator({
    scenario: 'demo',
    mountedAt: origin,
    webhooks: {
      forward: [
        { url, secret: secrets[0] },
        { url, secret: secrets[1], payload: 'thin' },
      ],
    },
    ...(frozenAtMs === undefined ? {} : { nowMs: frozenAtMs, frozen: true }),
  });
  const client = new Stripe('sk_test_demo', { host, port, protocol: 'http', telemetry: false });
  const customers = scenario?.customers ?? [];
  return {
    stripe: { client },
    customers,
    nowMs,
    // The simulated account is new with every start, and so is what is bought in it.
    store: embeddedStore({ inMemory: true }),
    webhooks: { secrets },
    begin: () => saveCard(client, customers[0]?.id),
    answer(request, response) {
      if (!isSimulatorPath(request.url ?? '/')) return false;
      handler(request, response);
      return true;
    },
    close,
  };
}

/** The first customer pays with one click; the second one has no card yet and sees the payment page. */
async function saveCard(client: Stripe, customer: string | undefined): Promise<void> {
  if (customer === undefined) return;
  const { id } = await client.paymentMethods.attach('pm_card_visa', { customer });
  await client.customers.update(customer, { invoice_settings: { default_payment_method: id } });
}

async function connectAccount(
  secretKey: string,
  apiBase: URL | undefined,
  secrets: readonly string[],
): Promise<DemoStripe> {
  const client = new Stripe(secretKey, { telemetry: false, timeout: 10_000, ...addressOf(apiBase) });
  const listing = client.customers.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
  const customers = await listing.catch((cause: unknown) => {
    throw new SettingsError(
      cause instanceof Stripe.errors.StripeAuthenticationError
        ? 'Stripe does not accept the key in STRIPE_SECRET_KEY. Copy a test key from your Stripe dashboard, or unset the variable to use the simulator.'
        : `Stripe cannot be reached with the key in STRIPE_SECRET_KEY (${cause instanceof Error ? cause.message : cause}). Unset the variable to use the simulator.`,
    );
  });
  const seeded = customers.filter(({ metadata }) => metadata.meterboard_demo !== undefined).reverse();
  const people = seeded.length > 0 ? seeded : customers.slice(0, 2);
  if (people.length === 0) {
    throw new SettingsError(
      'The Stripe account of STRIPE_SECRET_KEY has no customers to sign in as. Make the demo in it with `npm run demo:seed`, or unset the variable to use the simulator.',
    );
  }
  return {
    stripe: { client },
    customers: people.map(({ id, name, email }) => ({ id, name: name ?? id, email })),
    nowMs: Date.now,
    webhooks: { secrets },
    begin: async () => undefined,
    close: async () => undefined,
  };
}

function addressOf(base: URL | undefined): Pick<Stripe.StripeConfig, 'host' | 'port' | 'protocol'> {
  if (!base) return {};
  const isPlain = base.protocol === 'http:';
  return {
    host: base.hostname,
    port: base.port || (isPlain ? 80 : 443),
    protocol: isPlain ? 'http' : 'https',
  };
}
