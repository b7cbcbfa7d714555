import Stripe from 'stripe';
import { demoCatalog } from '../../../packages/stripe-simulator/src/scenarios/demo-catalog.ts';
import type { OnProgress } from '../progress.ts';
import type { SeededProduct } from './catalog.ts';
import type { SeededPerson } from './people.ts';
import type { SeedEvent } from './plan.ts';

const DAY_SEC = 86_400;
const MAX_WAIT_MS = 8_000;

/** The planned events whose hour Stripe has not counted yet: a run that was cut off goes on where it stopped. */
export async function withoutCounted(
  stripe: Stripe,
  events: readonly SeedEvent[],
  products: readonly SeededProduct[],
  people: readonly SeededPerson[],
): Promise<SeedEvent[]> {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) return [];
  const startSec = first.hourSec - (first.hourSec % DAY_SEC);
  const endSec = last.hourSec - (last.hourSec % DAY_SEC) + DAY_SEC;
  const left: SeedEvent[] = [];
  for (const [product, { meter }] of products.entries()) {
    for (const [person, { customer }] of people.entries()) {
      const rows = stripe.billing.meters.listEventSummaries(meter.id, {
        customer: customer.id,
        start_time: startSec,
        end_time: endSec,
        value_grouping_window: 'hour',
        limit: 100,
      });
      const counted = new Map<number, number>();
      for await (const row of rows) counted.set(row.start_time, row.aggregated_value);
      const own = events.filter((event) => event.product === product && event.person === person);
      for (const [hourSec, hour] of Map.groupBy(own, (event) => event.hourSec)) {
        left.push(...notCounted(hour, demoCatalog[product]?.formula, counted.get(hourSec)));
      }
    }
  }
  return left.sort((a, b) => a.timestampSec - b.timestampSec || a.product - b.product);
}

/** The events of an hour that its summary lacks: those of a count were sent in this order, other hours are one event. */
function notCounted(
  hour: readonly SeedEvent[],
  formula: string | undefined,
  counted: number | undefined,
): readonly SeedEvent[] {
  if (counted === undefined) return hour;
  return formula === 'count' ? hour.slice(counted) : [];
}

/**
 * Sends events, some at once but never two of one customer and meter. An identifier that Stripe knows counts as sent;
 * a rate limit is waited for. Resolves to how many were new.
 */
export async function sendEvents(
  stripe: Stripe,
  events: readonly SeedEvent[],
  products: readonly SeededProduct[],
  people: readonly SeededPerson[],
  onProgress: OnProgress,
): Promise<number> {
  let done = 0;
  let sent = 0;
  onProgress(0, events.length);
  const lanes = Map.groupBy(events, ({ product, person }) => `${product} ${person}`);
  await Promise.all(
    [...lanes.values()].map(async (lane) => {
      for (const event of lane) {
        const isNew = await send(stripe, {
          event_name: products[event.product]?.meter.event_name ?? '',
          identifier: event.identifier,
          timestamp: event.timestampSec,
          payload: {
            stripe_customer_id: people[event.person]?.customer.id ?? '',
            value: String(event.quantity),
          },
        });
        if (isNew) sent += 1;
        done += 1;
        onProgress(done, events.length);
      }
    }),
  );
  return sent;
}

async function send(stripe: Stripe, event: Stripe.Billing.MeterEventCreateParams): Promise<boolean> {
  for (let waitMs = 250; ; waitMs = Math.min(waitMs * 2, MAX_WAIT_MS)) {
    try {
      await stripe.billing.meterEvents.create(event);
      return true;
    } catch (error) {
      if (error instanceof Stripe.errors.StripeRateLimitError) {
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        continue;
      }
      if (isDuplicate(error)) return false;
      throw error;
    }
  }
}

function isDuplicate(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeInvalidRequestError &&
    (error.code === 'duplicate_meter_event' || /already exists with identifier/.test(error.message))
  );
}
