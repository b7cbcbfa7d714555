import { demoCatalog, demoPersonOf } from '../../../packages/stripe-simulator/src/scenarios/demo-catalog.ts';
import { logStartMs, readFlights } from '../../../packages/stripe-simulator/src/scenarios/flight-log.ts';

/** Stripe takes events up to 35 days old; the oldest must still be young enough when its turn comes. */
export const SEED_DAYS = 34;
const DAY_MS = 86_400_000;
const HOUR_SEC = 3_600;

/** One meter event to be sent. Its identifier is fixed by what it stands for. */
export interface SeedEvent {
  /** Place in the demo's catalog and among its people. */
  product: number;
  person: 0 | 1;
  /** Start of the hour that it belongs to, Unix seconds. */
  hourSec: number;
  timestampSec: number;
  quantity: number;
  identifier: string;
}

/**
 * The last 34 days of the flight log as meter events, oldest first, up to the last full hour. Hours of the meters that sum or keep the last
 * value become one event each; a meter that counts gets one per flight. `logStart` pins the log, so that a later run
 * continues the same history.
 */
export function planEvents(nowMs: number, logStart: number = logStartMs(nowMs)): SeedEvent[] {
  const fromMs = nowMs - SEED_DAYS * DAY_MS;
  const firstHourSec = Math.ceil(fromMs / 1_000 / HOUR_SEC) * HOUR_SEC;
  const endSec = Math.floor(nowMs / 1_000 / HOUR_SEC) * HOUR_SEC;
  const flights = readFlights()
    .map((flight) => ({ flight, atSec: logStart / 1_000 + flight.minute * 60 }))
    .filter(({ atSec }) => atSec >= firstHourSec && atSec < endSec);
  const events: SeedEvent[] = [];
  for (const [product, { formula, valueFor, eventName }] of demoCatalog.entries()) {
    const hours = new Map<string, SeedEvent>();
    for (const [index, { flight, atSec }] of flights.entries()) {
      const person = demoPersonOf(flight);
      const hourSec = atSec - (atSec % HOUR_SEC);
      const event = {
        product,
        person,
        hourSec,
        timestampSec: atSec,
        quantity: valueFor(flight),
        identifier: `demo-${eventName}-${person}-${hourSec}`,
      };
      const key = `${person} ${hourSec}`;
      const known = hours.get(key);
      if (formula === 'count') events.push({ ...event, identifier: `${event.identifier}-${index}` });
      else if (formula === 'last' || known === undefined) hours.set(key, event);
      else hours.set(key, { ...event, quantity: known.quantity + event.quantity });
    }
    events.push(...hours.values());
  }
  return events.sort((a, b) => a.timestampSec - b.timestampSec || a.product - b.product);
}
