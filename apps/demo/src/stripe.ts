import type { RequestListener } from 'node:http';
import { createSimulator, isSimulatorPath } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import { type DemoSettings, SettingsError } from './settings.ts';

export interface DemoCustomer {
  id: string;
  name: string;
  email: string | null;
}

/** The Stripe that the demo talks to: the simulator on its own clock, or a test account. */
export interface DemoStripe {
  stripe: { client: Stripe };
  customers: readonly DemoCustomer[];
  nowMs: () => number;
  /** Answers the requests that are for the simulated Stripe and says so; absent with a real account. */
  answer?: (...args: Parameters<RequestListener>) => boolean;
  close: () => Promise<void>;
}

/**
 * Simulates Stripe on the server that is reachable at `origin`, or checks the given key. Throws a `SettingsError`
 * when Stripe does not take it.
 */
export async function startStripe(
  settings: Pick<DemoSettings, 'stripeSecretKey' | 'frozenAtMs'>,
  origin: string,
): Promise<DemoStripe> {
  return settings.stripeSecretKey === undefined
    ? simulateStripe(settings.frozenAtMs, origin)
    : connectAccount(settings.stripeSecretKey);
}

async function simulateStripe(frozenAtMs: number | undefined, origin: string): Promise<DemoStripe> {
  const { host, port, scenario, nowMs, handler, close } = await createSimulator({
    scenario: 'demo',
    mountedAt: origin,
    ...(frozenAtMs === undefined ? {} : { nowMs: frozenAtMs, frozen: true }),
  });
  return {
    stripe: { client: new Stripe('sk_test_demo', { host, port, protocol: 'http', telemetry: false }) },
    customers: scenario?.customers ?? [],
    nowMs,
    answer(request, response) {
      if (!isSimulatorPath(request.url ?? '/')) return false;
      handler(request, response);
      return true;
    },
    close,
  };
}

async function connectAccount(secretKey: string): Promise<DemoStripe> {
  const client = new Stripe(secretKey, { telemetry: false, timeout: 10_000 });
  const { data } = await client.customers.list({ limit: 2 }).catch((cause: unknown) => {
    throw new SettingsError(
      cause instanceof Stripe.errors.StripeAuthenticationError
        ? 'Stripe does not accept the key in STRIPE_SECRET_KEY. Copy a test key from your Stripe dashboard, or unset the variable to use the simulator.'
        : `Stripe cannot be reached with the key in STRIPE_SECRET_KEY (${cause instanceof Error ? cause.message : cause}). Unset the variable to use the simulator.`,
    );
  });
  if (data.length === 0) {
    throw new SettingsError(
      'The Stripe account of STRIPE_SECRET_KEY has no customers to sign in as. Create one, or unset the variable to use the simulator.',
    );
  }
  return {
    stripe: { client },
    customers: data.map(({ id, name, email }) => ({ id, name: name ?? id, email })),
    nowMs: Date.now,
    close: async () => undefined,
  };
}
