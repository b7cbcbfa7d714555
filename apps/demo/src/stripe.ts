import { createSimulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import { type DemoSettings, SettingsError } from './settings.ts';

export interface DemoCustomer {
  id: string;
  name: string;
  email: string | null;
}

type PageHandler = Awaited<ReturnType<typeof createSimulator>>['handler'];

/** The Stripe that the demo talks to: the simulator on its own clock, or a test account. */
export interface DemoStripe {
  stripe: { client: Stripe };
  customers: DemoCustomer[];
  nowMs: () => number;
  /** Serves the simulator's payment and invoice pages below `/simulator/`; absent with a real account. */
  pages?: PageHandler;
  /** Tells the simulator under which address a browser reaches its pages. */
  setPublicUrl: (url: string) => void;
  close: () => Promise<void>;
}

/** Starts the simulator with the demo scenario, or checks the given key. Throws a `SettingsError` if Stripe refuses it. */
export async function startStripe(
  settings: Pick<DemoSettings, 'stripeSecretKey' | 'frozenAtMs'>,
): Promise<DemoStripe> {
  return settings.stripeSecretKey === undefined
    ? startSimulated(settings.frozenAtMs)
    : connectAccount(settings.stripeSecretKey);
}

async function startSimulated(frozenAtMs: number | undefined): Promise<DemoStripe> {
  const simulator = await createSimulator({
    scenario: 'demo',
    ...(frozenAtMs === undefined ? {} : { nowMs: frozenAtMs, frozen: true }),
  });
  const client = new Stripe('sk_test_demo', {
    host: simulator.host,
    port: simulator.port,
    protocol: 'http',
    telemetry: false,
  });
  return {
    stripe: { client },
    customers: simulator.scenario.customers,
    nowMs: simulator.nowMs,
    pages: simulator.handler,
    setPublicUrl: simulator.setPublicUrl,
    close: simulator.close,
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
    setPublicUrl: () => undefined,
    close: async () => undefined,
  };
}
