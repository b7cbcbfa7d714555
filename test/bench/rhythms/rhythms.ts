import { readFlights } from '../../../packages/stripe-simulator/src/scenarios/flight-log.ts';
import { seededRandom } from './seeded-random.ts';

const DAYS = 90;
/** A Monday, as the first day of the flight log is. */
const START_MS = Date.UTC(2001, 0, 1);

/** Usage of one customer by UTC hour, without gaps. */
export interface Rhythm {
  startMs: number;
  /** Per hour, never negative. */
  hours: readonly number[];
}

/**
 * The flight log of the simulator: 90 days of real departures. Requests (flights) and tokens (miles) of each of the
 * demo's two customers: four series.
 */
export function flightRhythms(): Rhythm[] {
  const flights = readFlights();
  const of = (belongs: (origin: string) => boolean, valueFor: (distance: number) => number): Rhythm => {
    const hours = new Array<number>(DAYS * 24).fill(0);
    for (const { minute, distance, origin } of flights) {
      const hour = Math.floor(minute / 60);
      if (belongs(origin) && hour < hours.length) hours[hour] = (hours[hour] ?? 0) + valueFor(distance);
    }
    return { startMs: START_MS, hours };
  };
  const customers = [(origin: string) => origin < 'M', (origin: string) => origin >= 'M'];
  return customers.flatMap((belongs) => [of(belongs, () => 1), of(belongs, (miles) => miles)]);
}

/**
 * An office product that grows. Recipe: a weekday has 1,000 units, a Saturday 250, a Sunday 200; they grow by 0.5 % a
 * day (a sixth a month); of a day, 9 to 17 o'clock have 9 % each and the other hours the rest evenly; every day is scaled by a factor
 * of 1 ± 8 % that remembers half of yesterday's, and every hour by one of 1 ± 30 %. Rounded to whole units.
 */
export function officeRhythm(seed: number): Rhythm {
  const { normal } = seededRandom(seed);
  const hours: number[] = [];
  let strayed = 0;
  for (let day = 0; day < DAYS; day += 1) {
    const weekday = day % 7;
    const size = (weekday === 5 ? 250 : weekday === 6 ? 200 : 1_000) * 1.005 ** day;
    strayed = 0.5 * strayed + 0.07 * normal();
    for (let hour = 0; hour < 24; hour += 1) {
      const share = hour >= 9 && hour < 17 ? 0.09 : 0.28 / 16;
      hours.push(Math.max(0, Math.round(size * share * (1 + strayed) * (1 + 0.3 * normal()))));
    }
  }
  return { startMs: START_MS, hours };
}

/**
 * A nightly batch. Recipe: each night from 1 to 4 o'clock a job of 600 to 1,400 units runs, split evenly; on 15 % of
 * all days it does not run at all, on Sundays never; 5 % of the jobs that run are repeats of three times the size;
 * every hour of the day has 0 to 4 units besides, also without a job.
 */
export function batchRhythm(seed: number): Rhythm {
  const { uniform } = seededRandom(seed);
  const hours: number[] = [];
  for (let day = 0; day < DAYS; day += 1) {
    const runs = day % 7 !== 6 && uniform() >= 0.15;
    const size = (600 + 800 * uniform()) * (uniform() < 0.05 ? 3 : 1);
    const isEmpty = !runs && uniform() < 0.5;
    for (let hour = 0; hour < 24; hour += 1) {
      const besides = Math.floor(5 * uniform());
      const batch = runs && hour >= 1 && hour < 4 ? Math.round(size / 3) : 0;
      hours.push(isEmpty ? 0 : besides + batch);
    }
  }
  return { startMs: START_MS, hours };
}
