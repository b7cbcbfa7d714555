import { createSimulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { apiBase } from '../api-base.ts';

/** An account that is asked: the simulator's, or a real test account. */
export interface Account {
  name: 'simulator' | 'stripe';
  stripe: Stripe;
  /** Part of every name that has to be unique in an account for ever. */
  run: string;
}

/** The key of `npm run conformance:live`; only that command passes it on. */
const liveKey = process.env.STRIPE_CONFORMANCE_LIVE === 'yes' ? process.env.STRIPE_SECRET_KEY : undefined;

/** Stripe adds usage up some time after it arrived and moves clocks slowly; the simulator does both at once. */
export const PATIENCE_MS = liveKey === undefined ? 10_000 : 240_000;

/**
 * Defines the same tests on the simulator and, for `npm run conformance:live` with a test key, on Stripe itself.
 * Without a key those are skipped, and their title says so.
 */
export function describeOnEachAccount(title: string, define: (account: () => Account) => void): void {
  describe(`${title}, on the simulator`, () => {
    let account: Account | undefined;
    let close: (() => Promise<void>) | undefined;
    beforeAll(async () => {
      const sim = await createSimulator();
      close = () => sim.close();
      const { host, port } = sim;
      account = {
        name: 'simulator',
        stripe: new Stripe('sk_test_answers', { host, port, protocol: 'http', telemetry: false }),
        run: 'sim',
      };
    });
    afterAll(() => close?.());
    define(() => given(account));
  });

  const live = `${title}, on Stripe itself`;
  if (liveKey === undefined) {
    it.skip(`${live} (skipped: npm run conformance:live asks it, with STRIPE_SECRET_KEY=sk_test_…)`);
    return;
  }
  const stripe = new Stripe(liveKey, {
    telemetry: false,
    maxNetworkRetries: 4,
    ...apiBase(process.env.STRIPE_API_BASE),
  });
  const run = `mb${Date.now().toString(36)}`;
  describe(live, { timeout: PATIENCE_MS * 3 }, () => {
    afterAll(() => tidy(stripe, run));
    define(() => ({ name: 'stripe', stripe, run }));
  });
}

function given(account: Account | undefined): Account {
  if (account === undefined) throw new Error('There is no account before the tests begin.');
  return account;
}

/** Clocks go with their customers; meters cannot be deleted, so they are switched off. */
async function tidy(stripe: Stripe, run: string): Promise<void> {
  for await (const clock of stripe.testHelpers.testClocks.list({ limit: 100 })) {
    if (clock.name?.startsWith(run) === true) await stripe.testHelpers.testClocks.del(clock.id);
  }
  for await (const meter of stripe.billing.meters.list({ status: 'active', limit: 100 })) {
    if (meter.event_name.startsWith(run)) await stripe.billing.meters.deactivate(meter.id);
  }
}

/** Reads again and again until the answer is good, and returns the last one either way. */
export async function eventually<T>(read: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
  const untilMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await read();
    if (good(answer) || Date.now() > untilMs) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
