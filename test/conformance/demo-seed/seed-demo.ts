import type Stripe from 'stripe';
import { demoCatalog, demoPeople } from '../../../packages/stripe-simulator/src/scenarios/demo-catalog.ts';
import type { OnProgress } from '../progress.ts';
import { ensureCatalog } from './catalog.ts';
import { ensurePeople } from './people.ts';
import { planEvents, SEED_DAYS } from './plan.ts';
import { sendEvents, withoutCounted } from './send.ts';

export interface SeedOptions {
  stripe: Stripe;
  nowMs: number;
  say(line: string): void;
  onProgress: OnProgress;
}

export interface Seeded {
  customerIds: string[];
  /** Events that Stripe had not seen before. */
  sentCount: number;
  /** Events that were counted already, or whose identifier is known. */
  skippedCount: number;
}

/** Throws unless the key is one of a test account. */
export function checkKey(key: string): void {
  if (/^(sk|rk)_live_/.test(key))
    throw new Error(
      'STRIPE_SECRET_KEY is a live key. The demo is seeded into test accounts only (sk_test_…).',
    );
  if (!/^(sk|rk)_test_\w/.test(key))
    throw new Error('Set STRIPE_SECRET_KEY to the secret key of a test account (sk_test_…).');
}

/** What a run will do, for people to read before it does. */
export function describePlan(nowMs: number): string {
  const events = planEvents(nowMs);
  return [
    'In the test account of STRIPE_SECRET_KEY, unless they are there already:',
    ...demoCatalog.map(({ displayName, nickname }) => `  a meter "${displayName}" and a price "${nickname}"`),
    ...demoPeople.map(
      ({ name }) => `  the customer "${name}" with a test card, one subscription and credits`,
    ),
    `  ${events.length.toLocaleString('en')} meter events, the last ${SEED_DAYS} days of the demo's log`,
    'Usage from before the subscriptions begin is charted and never billed. Running it again sends only what is missing.',
  ].join('\n');
}

/** Makes the demo in an account; what is there already, by metadata, lookup keys and counted hours, stays as it is. */
export async function seedDemo({ stripe, nowMs, say, onProgress }: SeedOptions): Promise<Seeded> {
  const products = await ensureCatalog(stripe, say);
  const people = await ensurePeople(stripe, products, nowMs, say);
  const events = planEvents(nowMs, people[0]?.logStartMs);
  const left = await withoutCounted(stripe, events, products, people);
  const sentCount = await sendEvents(stripe, left, products, people, onProgress);
  return {
    customerIds: people.map(({ customer }) => customer.id),
    sentCount,
    skippedCount: events.length - sentCount,
  };
}
