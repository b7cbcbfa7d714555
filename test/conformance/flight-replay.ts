import { createSimulator, type Simulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import {
  demoCatalog,
  demoPeople,
  demoPersonOf,
} from '../../packages/stripe-simulator/src/scenarios/demo-catalog.ts';
import { logStartMs, readFlights } from '../../packages/stripe-simulator/src/scenarios/flight-log.ts';
import type { OnProgress } from './progress.ts';

export interface ReplayOptions {
  /** The present of the demo that the replay is compared with, Unix milliseconds. */
  nowMs: number;
  /** Only the log's first days; all of it when left out. */
  days?: number;
  onProgress?: OnProgress;
}

export interface Replayed {
  eventCount: number;
  /** Summaries that were compared: hours, days and whole ranges, per customer and meter. */
  comparedRows: number;
  /** What differs from the demo, in words; empty when nothing does. */
  differences: string[];
}

/**
 * Sends the flight log event by event through `stripe.billing.meterEvents.create`, moving the clock along the log,
 * and compares every summary with the `demo` scenario's.
 */
export async function replayFlights({ nowMs, days, onProgress }: ReplayOptions): Promise<Replayed> {
  const startMs = logStartMs(nowMs);
  // The demo counts what happened up to and including its present.
  const endMs = Math.min(nowMs + 1, startMs + (days ?? Number.POSITIVE_INFINITY) * 86_400_000);
  const flights = readFlights().filter(({ minute }) => startMs + minute * 60_000 < endMs);
  const sim = await createSimulator({ nowMs: startMs, frozen: true });
  const demo = await createSimulator({ scenario: 'demo', nowMs, frozen: true });
  try {
    const stripe = clientOf(sim);
    const meterIds = await createMeters(stripe);
    const customerIds = await createCustomers(stripe);
    const total = flights.length * demoCatalog.length;
    let sent = 0;
    for (const flight of flights) {
      const atMs = startMs + flight.minute * 60_000;
      if (atMs > sim.nowMs()) await sim.advanceTo(atMs);
      await Promise.all(
        demoCatalog.map(({ eventName, valueFor }) =>
          stripe.billing.meterEvents.create({
            event_name: eventName,
            payload: {
              stripe_customer_id: customerIds[demoPersonOf(flight)] ?? '',
              value: String(valueFor(flight)),
            },
          }),
        ),
      );
      sent += demoCatalog.length;
      onProgress?.(sent, total);
    }
    const range = { startSec: startMs / 1_000, endSec: Math.ceil(endMs / 86_400_000) * 86_400 };
    const compared = { rows: 0, differences: [] as string[] };
    for (const [person, { id, name }] of demoPeople.entries()) {
      for (const [index, { key, displayName }] of demoCatalog.entries()) {
        for (const window of ['hour', 'day', undefined] as const) {
          const ours = await summaries(stripe, meterIds[index], customerIds[person], range, window);
          const theirs = await summaries(clientOf(demo), demo.scenario.meters[key], id, range, window);
          compared.rows += theirs.length;
          const same = JSON.stringify(ours) === JSON.stringify(theirs);
          if (!same) compared.differences.push(`${displayName} of ${name}, by ${window ?? 'whole range'}`);
        }
      }
    }
    return { eventCount: sent, comparedRows: compared.rows, differences: compared.differences };
  } finally {
    await sim.close();
    await demo.close();
  }
}

function clientOf(sim: Simulator): Stripe {
  return new Stripe('sk_test_replay', {
    host: sim.host,
    port: sim.port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
  });
}

async function createMeters(stripe: Stripe): Promise<string[]> {
  const ids = [];
  for (const { displayName, eventName, formula } of demoCatalog) {
    const meter = await stripe.billing.meters.create({
      display_name: displayName,
      event_name: eventName,
      default_aggregation: { formula },
    });
    ids.push(meter.id);
  }
  return ids;
}

async function createCustomers(stripe: Stripe): Promise<string[]> {
  const ids = [];
  for (const { name, email } of demoPeople) ids.push((await stripe.customers.create({ name, email })).id);
  return ids;
}

async function summaries(
  stripe: Stripe,
  meterId = '',
  customer = '',
  range: { startSec: number; endSec: number },
  window: 'day' | 'hour' | undefined,
): Promise<{ startSec: number; endSec: number; quantity: number }[]> {
  const rows = await stripe.billing.meters
    .listEventSummaries(meterId, {
      customer,
      start_time: range.startSec,
      end_time: range.endSec,
      limit: 100,
      ...(window === undefined ? {} : { value_grouping_window: window }),
    })
    .autoPagingToArray({ limit: 10_000 });
  return rows.map(({ start_time, end_time, aggregated_value }) => ({
    startSec: start_time,
    endSec: end_time,
    quantity: aggregated_value,
  }));
}
