import { priceQuantity } from '../billing/pricing.ts';
import { startSubscription } from '../billing/start-subscription.ts';
import { aggregate, recordUsage, type UsageEvent } from '../billing/usage.ts';
import { createGrant } from '../resources/credit-grants.ts';
import { createCustomer } from '../resources/customers.ts';
import { createMeter, type MeterState } from '../resources/meters.ts';
import { createPrice, type PriceState } from '../resources/prices.ts';
import { createProduct } from '../resources/products.ts';
import type { World } from '../world.ts';
import { demoCatalog, demoPeople, demoPersonOf } from './demo-catalog.ts';
import { type Flight, logStartMs, readFlights } from './flight-log.ts';

const DAY_MS = 86_400_000;
const GRANT_DELAY_SEC = 2 * 3_600;
/** What customer 2 is left with at least; rounding its grant up to whole dollars adds less than 1.00. */
const LOW_REMAINING_MINOR = 500;

export interface DemoCustomer {
  id: string;
  name: string;
  email: string;
  subscriptionId: string;
}

/** What the `demo` scenario made. */
export interface DemoScenario {
  /** The first is comfortable, the second about to run out of credits. */
  customers: readonly [DemoCustomer, DemoCustomer];
  meters: { apiRequests: string; tokensUsed: string; storageGb: string };
  prices: { apiRequests: string; tokensUsed: string; storageGb: string };
  /** Where the replayed log begins, Unix milliseconds. */
  logStartMs: number;
}

/** The instant at which the account's history begins. */
export function demoStartMs(nowMs: number): number {
  return logStartMs(nowMs);
}

interface Meter {
  meter: MeterState;
  price: PriceState;
  valueFor: (flight: Flight) => number;
}

/**
 * Replays the flight log up to `nowMs` on a world that stands at `demoStartMs(nowMs)`: subscriptions start with the
 * log, the clock walks along it, and every past invoice comes from a renewal on the way. The size of customer 2's
 * last grant is chosen from its own usage, so that what remains is small whatever the day.
 */
export function buildDemo(world: World, nowMs: number): DemoScenario {
  const startMs = logStartMs(nowMs);
  const flights = readFlights().filter((flight) => startMs + flight.minute * 60_000 <= nowMs);
  const catalog = createCatalog(world);
  const midnightMs = Math.floor(nowMs / DAY_MS) * DAY_MS - 22 * DAY_MS;
  const first = subscribe(world, catalog, demoPeople[0], midnightMs);
  const second = subscribe(world, catalog, demoPeople[1], midnightMs + ((14 * 60 + 37) * 60 + 12) * 1_000);
  createGrant(world, { customerId: first.id, amountMinor: 6_000, currency: 'usd', name: 'Starter credits' });

  const isFirst = (flight: Flight): boolean => demoPersonOf(flight) === 0;
  const atSec = (flight: Flight): number => startMs / 1_000 + flight.minute * 60;
  const usageOfSecond = flights.filter(
    (flight) => !isFirst(flight) && atSec(flight) >= second.periodStartSec,
  );
  const steps = [
    { atSec: first.periodStartSec + GRANT_DELAY_SEC, run: () => grantToFirst(world, first.id) },
    {
      atSec: second.periodStartSec + GRANT_DELAY_SEC,
      run: () => grantToSecond(world, second.id, costOf(catalog, usageOfSecond)),
    },
  ];
  for (const flight of flights) {
    while (steps[0] !== undefined && steps[0].atSec <= atSec(flight)) runStep(world, steps.shift());
    world.settle(atSec(flight) * 1_000);
    for (const { meter, valueFor } of catalog) {
      recordUsage(world, meter.id, isFirst(flight) ? first.id : second.id, atSec(flight), valueFor(flight));
    }
  }
  while (steps.length > 0) runStep(world, steps.shift());
  world.settle(nowMs);
  const ids = (pick: (entry: Meter) => string) => {
    const [apiRequests = '', tokensUsed = '', storageGb = ''] = catalog.map(pick);
    return { apiRequests, tokensUsed, storageGb };
  };
  return {
    customers: [toCustomer(first), toCustomer(second)],
    meters: ids(({ meter }) => meter.id),
    prices: ids(({ price }) => price.id),
    logStartMs: startMs,
  };
}

function runStep(world: World, step: { atSec: number; run: () => void } | undefined): void {
  if (step === undefined) return;
  world.settle(step.atSec * 1_000);
  step.run();
}

function createCatalog(world: World): Meter[] {
  const meterOf = demoCatalog.map(({ displayName, eventName, formula }) =>
    createMeter(world, { displayName, eventName, formula }),
  );
  return demoCatalog.flatMap((sold, index) => {
    const meter = meterOf[index];
    if (meter === undefined) return [];
    const { productName, unitLabel, nickname, unitAmountDecimal, tiersMode, tiers, valueFor } = sold;
    const price = createPrice(world, {
      currency: 'usd',
      productId: createProduct(world, { name: productName, unitLabel }).id,
      nickname,
      unitAmountDecimal,
      tiersMode,
      tiers,
      recurring: { interval: 'month', intervalCount: 1, usageType: 'metered', meterId: meter.id },
    });
    return [{ meter, price, valueFor }];
  });
}

type Subscriber = DemoCustomer & { periodStartSec: number };

/** Subscribes a new customer so that a period begins exactly at `anchorMs`, three months later. */
function subscribe(
  world: World,
  catalog: Meter[],
  who: { id: string; name: string; email: string },
  anchorMs: number,
): Subscriber {
  const at = new Date(anchorMs);
  const anchorConfig = {
    dayOfMonth: at.getUTCDate(),
    month: null,
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
  };
  createCustomer(world, who);
  const subscription = startSubscription(world, {
    customerId: who.id,
    items: catalog.map(({ price }) => ({ priceId: price.id })),
    anchorConfig,
  });
  return { ...who, subscriptionId: subscription.id, periodStartSec: Math.floor(anchorMs / 1_000) };
}

function grantToFirst(world: World, customerId: string): void {
  createGrant(world, { customerId, amountMinor: 10_000, currency: 'usd', name: 'Prepaid credits' });
  createGrant(world, {
    customerId,
    amountMinor: 2_500,
    currency: 'usd',
    category: 'promotional',
    name: 'Spring promotion',
    expiresSec: world.nowSec() + 75 * 86_400,
  });
}

function grantToSecond(world: World, customerId: string, usedMinor: number): void {
  const amountMinor = Math.ceil((usedMinor + LOW_REMAINING_MINOR) / 100) * 100;
  createGrant(world, { customerId, amountMinor, currency: 'usd', name: 'Prepaid credits' });
}

/** What these flights cost when billed in one period, in minor units. */
function costOf(catalog: Meter[], flights: readonly Flight[]): number {
  return catalog
    .flatMap(({ meter, price, valueFor }) => {
      const events = flights.map(
        (flight, receipt): UsageEvent => ({
          timestampSec: flight.minute * 60,
          value: valueFor(flight),
          receipt,
        }),
      );
      return priceQuantity(price, aggregate(events, meter));
    })
    .reduce((sum, part) => sum + part.amountMinor, 0);
}

function toCustomer({ id, name, email, subscriptionId }: Subscriber): DemoCustomer {
  return { id, name, email, subscriptionId };
}
