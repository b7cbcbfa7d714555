import { recordUsage } from '../billing/usage.ts';
import type { World } from '../world.ts';
import { addCustomer, DAY_SEC, type ScenarioCustomer, sellMetered, subscribe } from './parts.ts';

const EVENTS = 1_000_000;
/** Of one customer on one day, whatever the size. */
const EVENTS_PER_CUSTOMER_DAY = 100;

/** What the `big` scenario made. */
export interface BigScenario {
  customers: readonly ScenarioCustomer[];
  meterId: string;
  eventCount: number;
  /** Full days of usage, each `[midnight, midnight)` UTC, oldest first. */
  days: { count: number; startMs: number };
  eventsPerCustomerDay: number;
}

/** How many customers and days share the events: as many of the one as of the other, so that both dimensions grow. */
export function spread(eventCount: number): { customers: number; days: number } {
  const side = Math.max(1, Math.round(Math.sqrt(eventCount / EVENTS_PER_CUSTOMER_DAY)));
  return { customers: side, days: Math.max(1, Math.round(eventCount / EVENTS_PER_CUSTOMER_DAY / side)) };
}

/** Midnight UTC, as many days before the present's day as the events fill. */
export function bigStartMs(nowMs: number, eventCount = EVENTS): number {
  const midnightMs = nowMs - (nowMs % (DAY_SEC * 1_000));
  return midnightMs - spread(eventCount).days * DAY_SEC * 1_000;
}

/**
 * A million meter events of 100 customers over the last 100 full days: 100 a day for each, at seeded moments with
 * seeded values of 1 to 1,000. Subscriptions renew on the way. Other sizes keep the density of a day.
 */
export function buildBig(world: World, eventCount = EVENTS): BigScenario {
  const { customers: customerCount, days } = spread(eventCount);
  const random = createRandom(world.ids.stable('', 'big', 16));
  const { meter, price } = sellMetered(world, {
    name: 'API requests',
    eventName: 'api_requests',
    terms: { unitAmountDecimal: '0.01' },
  });
  const customers = Array.from({ length: customerCount }, (_, index) =>
    subscribe(world, addCustomer(world, `Tenant ${String(index + 1).padStart(4, '0')}`), [price]),
  );
  const startSec = world.nowSec();
  const step = DAY_SEC / EVENTS_PER_CUSTOMER_DAY;
  for (let day = 0; day < days; day += 1) {
    const midnightSec = startSec + day * DAY_SEC;
    world.settle(midnightSec * 1_000);
    for (const { id } of customers) {
      for (let index = 0; index < EVENTS_PER_CUSTOMER_DAY; index += 1) {
        const atSec = midnightSec + Math.floor(index * step + random() * step);
        recordUsage(world, meter.id, id, atSec, 1 + Math.floor(random() * 1_000));
      }
    }
  }
  return {
    customers,
    meterId: meter.id,
    eventCount: customerCount * days * EVENTS_PER_CUSTOMER_DAY,
    days: { count: days, startMs: startSec * 1_000 },
    eventsPerCustomerDay: EVENTS_PER_CUSTOMER_DAY,
  };
}

/** Numbers in [0, 1) that the seed alone decides (mulberry32). */
function createRandom(seed: string): () => number {
  let state = 0;
  for (const letter of seed) state = Math.imul(state ^ letter.charCodeAt(0), 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
