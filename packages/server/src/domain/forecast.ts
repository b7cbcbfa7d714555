import type { Aggregation, TimeSpan, UsageBucket } from '@meterboard/contract';
import Big from 'big.js';
import { Temporal } from 'temporal-polyfill';
import { addDecimals } from './decimal.ts';
import { dayMs, floorTo, hourMs } from './time-units.ts';
import { type KnownUsage, learnProfile, type UsageProfile } from './usage-profile.ts';

/** A bucket of a usage series. `quantity` is `null` where it was not read or lies ahead. */
export type ForecastBucket = Pick<UsageBucket, 'startMs' | 'endMs' | 'quantity' | 'provisional'>;

export interface ForecastSources {
  aggregation: Aggregation;
  /** The billing period; now lies in it. */
  period: TimeSpan;
  nowMs: number;
  /**
   * By hour (better) or day, ascending, without overlap: those of the period and as many as are known of the four weeks
   * before now. Buckets ahead may stand among them: the path then keeps their edges. One across the start of the period
   * is learnt from and not counted: cut it there, or give `used`.
   */
  buckets: readonly ForecastBucket[];
  /** IANA name: hours and weekdays are the customer's. */
  timeZone: string;
  /** What was used in the period so far, if it is known better than from the buckets; decimal string. */
  used: string | null;
}

/** A cumulative quantity of the period at an instant, with its 80 % band. Decimal strings, `low ≤ expected ≤ high`. */
export interface ForecastPoint {
  atMs: number;
  expected: string;
  low: string;
  high: string;
}

export interface UsageForecast {
  /** What is known to be used so far; decimal string. */
  used: string;
  /** The whole period: the last point of the path. Never less than `used`. */
  atEnd: ForecastPoint;
  /** From now to the end of the period, one point at each bucket's end; never falls. The dashed line of a chart. */
  path: ForecastPoint[];
  /** So much settled usage stands behind it, in days: 3 to 28. */
  basedOnDays: number;
}

/**
 * Why there is none. `too_little_data`: fewer than three days of settled usage. `not_cumulative`: a `last` meter has a
 * level, which ends where its owner puts it; adding up its past says nothing. `not_in_period`: now is outside.
 */
export type ForecastGap = 'too_little_data' | 'not_cumulative' | 'not_in_period';

export type ForecastResult =
  | { forecast: UsageForecast; reason: null }
  | { forecast: null; reason: ForecastGap };

/** Below so much settled usage there is no forecast. */
export const leastForecastMs = 3 * dayMs;
/** Usage older than this is not looked at: four of each weekday, and a page of hours a few days. */
export const forecastMemoryMs = 28 * dayMs;

/** Four of five outcomes of a normal distribution lie within so many standard deviations. */
const bandWidth = 1.2816;

/**
 * What a period will come to: what is used, and for the rest the recent level of usage, shaped by hour of the day and
 * day of the week, with an 80 % band. Buckets that are missing in the period count as usual ones, not as zero;
 * provisional ones count for what they hold, and nothing is learnt from them. Days before the first usage are not
 * learnt from either. Growth is not extended; it widens the band (see `learnProfile`). Deterministic, and an estimate:
 * quantities are whole where all usage was, otherwise exact to six digits.
 */
export function forecastUsage(sources: ForecastSources): ForecastResult {
  const { aggregation, period, nowMs, buckets } = sources;
  if (aggregation === 'last') return { forecast: null, reason: 'not_cumulative' };
  if (nowMs < period.startMs || nowMs >= period.endMs) return { forecast: null, reason: 'not_in_period' };
  const zoneOffsetMs = zoneOffsetAt(nowMs, sources.timeZone);
  const known = settledBuckets(buckets, nowMs, zoneOffsetMs);
  const knownMs = known.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  if (knownMs < leastForecastMs) return { forecast: null, reason: 'too_little_data' };

  const profile = learnProfile(known, nowMs, zoneOffsetMs);
  const inPeriod = buckets.filter(({ startMs }) => startMs >= period.startMs && startMs < nowMs);
  const read = inPeriod.flatMap(({ quantity }) => (quantity === null ? [] : [quantity]));
  const used = sources.used ?? addDecimals(read);
  const missing = sources.used === null ? missingSpans(inPeriod, period.startMs, nowMs) : [];
  const round = roundingOf([...buckets.flatMap(({ quantity }) => quantity ?? []), used]);
  const path = continuePath(profile, {
    used,
    missing,
    ahead: spansAhead(buckets, period, nowMs),
    nowMs,
    round,
  });
  const atEnd = path.at(-1);
  if (!atEnd) return { forecast: null, reason: 'not_in_period' };
  return { forecast: { used, atEnd, path, basedOnDays: knownMs / dayMs }, reason: null };
}

/** What a profile can be learnt from: settled, in the last four weeks, from the day of the first usage on (all, if there is none). */
function settledBuckets(
  buckets: readonly ForecastBucket[],
  nowMs: number,
  zoneOffsetMs: number,
): KnownUsage[] {
  const settled = buckets.flatMap(({ startMs, endMs, quantity, provisional }) =>
    quantity === null || provisional || endMs > nowMs || startMs < nowMs - forecastMemoryMs
      ? []
      : [{ startMs, endMs, quantity: Number(quantity) }],
  );
  const first = settled.find(({ quantity }) => quantity !== 0);
  const fromMs = first
    ? floorTo(dayMs, first.startMs + zoneOffsetMs) - zoneOffsetMs
    : Number.NEGATIVE_INFINITY;
  return settled.filter(({ endMs }) => endMs > fromMs);
}

/** Where clocks changed in the last weeks, hours of before are taken for their neighbours. */
function zoneOffsetAt(atMs: number, timeZone: string): number {
  const { offsetNanoseconds } = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);
  return offsetNanoseconds / 1_000_000;
}

/** The parts of the period so far that no bucket tells about. */
function missingSpans(inPeriod: readonly ForecastBucket[], startMs: number, nowMs: number): TimeSpan[] {
  const missing: TimeSpan[] = [];
  let toldMs = startMs;
  for (const bucket of inPeriod) {
    if (bucket.quantity === null) continue;
    if (bucket.startMs > toldMs) missing.push({ startMs: toldMs, endMs: bucket.startMs });
    toldMs = Math.max(toldMs, bucket.endMs);
  }
  return toldMs < nowMs ? [...missing, { startMs: toldMs, endMs: nowMs }] : missing;
}

/** Tiles now to the end of the period: along the buckets given, then in steps of the last one. */
function spansAhead(buckets: readonly ForecastBucket[], period: TimeSpan, nowMs: number): TimeSpan[] {
  const given = buckets.map(({ endMs }) => endMs).filter((endMs) => endMs > nowMs && endMs < period.endMs);
  const last = buckets.at(-1);
  const stepMs = last ? Math.max(hourMs, last.endMs - last.startMs) : dayMs;
  const edges = [nowMs, ...given];
  for (let atMs = Math.max(nowMs, last?.endMs ?? nowMs) + stepMs; atMs < period.endMs; atMs += stepMs)
    edges.push(atMs);
  return edges.map((startMs, index) => ({ startMs, endMs: edges[index + 1] ?? period.endMs }));
}

interface Continuation {
  used: string;
  missing: readonly TimeSpan[];
  ahead: readonly TimeSpan[];
  nowMs: number;
  round: (units: number) => string;
}

function continuePath(
  profile: UsageProfile,
  { used, missing, ahead, nowMs, round }: Continuation,
): ForecastPoint[] {
  const width = bandWidth * (1 + 0.66 / Math.max(1, profile.effectiveDays - 1));
  let averageDays = missing.reduce((sum, span) => sum + averageDaysIn(span, profile), 0);
  let lowest = 0;
  const pointAt = (atMs: number): ForecastPoint => {
    const expected = profile.levelPerHour * 24 * averageDays;
    lowest = Math.max(lowest, expected - width * profile.spreadOf(averageDays, 'below'));
    const highest = expected + width * profile.spreadOf(averageDays, 'above');
    const at = (units: number) => addDecimals([used, round(units)]);
    return { atMs, expected: at(expected), low: at(Math.min(lowest, expected)), high: at(highest) };
  };
  const path = [pointAt(nowMs)];
  for (const span of ahead) {
    averageDays += averageDaysIn(span, profile);
    path.push(pointAt(span.endMs));
  }
  return path;
}

/** How many average days a span is worth by its hours and weekdays. */
function averageDaysIn({ startMs, endMs }: TimeSpan, { shapeAt }: UsageProfile): number {
  let days = 0;
  for (let atMs = startMs; atMs < endMs; atMs += hourMs) {
    const untilMs = Math.min(endMs, atMs + hourMs);
    days += (shapeAt((atMs + untilMs) / 2) * (untilMs - atMs)) / dayMs;
  }
  return days;
}

function roundingOf(quantities: readonly string[]): (units: number) => string {
  const whole = quantities.every((quantity) => new Big(quantity).mod(1).eq(0));
  return (units) => {
    const exact = new Big(units);
    return (whole ? exact.round(0) : exact.eq(0) ? exact : exact.prec(6)).toFixed();
  };
}
