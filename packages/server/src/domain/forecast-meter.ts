import type {
  Aggregation,
  Crossing,
  ForecastBand,
  ForecastUnavailable,
  TimeSpan,
  UsageBucket,
  UsageForecast,
} from '@meterboard/contract';
import { type CalendarBucket, tileBuckets } from './buckets.ts';
import { type CrossedWhen, findCrossing, toBurnPath } from './crossing.ts';
import { exceeds, isZero, reaches } from './decimal.ts';
import {
  type ForecastBucket,
  type ForecastGap,
  type ForecastPoint,
  type ForecastSources,
  forecastMemoryMs,
  forecastUsage,
} from './forecast.ts';
import { dayMs, floorTo } from './time-units.ts';

/** What a meter's forecast is made of. The same sources make the same forecast, however a chart is cut. */
export interface MeterForecastSources {
  aggregation: Aggregation;
  /** What is forecast: to its end. */
  range: TimeSpan;
  /** Up to when `total` is known: the time since then is ahead, and not without usage. */
  nowMs: number;
  /** Days of UTC before today, ascending. */
  history: readonly ForecastBucket[];
  /** Since when the meter is billed; `null` where nothing bills it. */
  beganAtMs: number | null;
  /** Of the range so far; decimal string. */
  total: string | null;
}

/** A forecast, with the path that crossings are found on. */
export type MeterForecast =
  | { kind: 'forecast'; total: ForecastBand; basedOnDays: number; path: ForecastPoint[] }
  | ForecastUnavailable;

/** The days that a forecast looks back to: whole days of UTC, four weeks of them; one reading. */
export function forecastHistory(nowMs: number): CalendarBucket[] {
  const endMs = floorTo(dayMs, nowMs);
  return tileBuckets({ startMs: endMs - forecastMemoryMs + dayMs, endMs }, 'day', 'UTC');
}

/** How a range that runs will end. */
export function forecastMeter(sources: MeterForecastSources): MeterForecast {
  const { aggregation, range, nowMs, total } = sources;
  if (nowMs >= range.endMs) return { kind: 'unavailable', reason: 'ended' };
  const found = forecastUsage(asForecastSources(sources, []));
  if (found.forecast === null || total === null || aggregation === 'last') {
    return {
      kind: 'unavailable',
      reason: found.reason === null ? 'not_forecastable' : reasons[found.reason],
    };
  }
  const { atEnd, path, basedOnDays } = found.forecast;
  return { kind: 'forecast', total: bandOf(atEnd), basedOnDays, path };
}

const reasons = {
  too_little_data: 'too_little_data',
  not_cumulative: 'not_forecastable',
  not_in_period: 'not_forecastable',
} satisfies Record<ForecastGap, ForecastUnavailable['reason']>;

/** The same forecast along the buckets of a chart, from the one that contains now. */
export function forecastAlong(
  forecast: MeterForecast,
  sources: MeterForecastSources,
  buckets: readonly UsageBucket[],
): UsageForecast | ForecastUnavailable {
  if (forecast.kind === 'unavailable') return forecast;
  const ahead = buckets.filter(({ endMs }) => endMs > sources.nowMs);
  const unread = ahead.map(({ startMs, endMs }) => ({ startMs, endMs, quantity: null, provisional: true }));
  const path = forecastUsage(asForecastSources(sources, unread)).forecast?.path ?? [];
  const bandAt = new Map(path.map((point) => [point.atMs, bandOf(point)]));
  const { total, basedOnDays } = forecast;
  return {
    kind: 'forecast',
    total,
    basedOnDays,
    buckets: ahead.map(({ startMs, endMs }, index) => {
      const band = index === ahead.length - 1 ? undefined : bandAt.get(endMs);
      return { startMs, endMs, cumulative: band ?? total };
    }),
  };
}

/** When a quantity of the range is reached or exceeded; decided exactly where it already is. */
export function crossingOf(
  quantity: string,
  total: string | null,
  forecast: MeterForecast,
  crossedWhen: CrossedWhen,
): Crossing {
  const isOver = crossedWhen === 'exceeded' ? exceeds : isReached;
  if (total !== null && isOver(total, quantity)) return { kind: 'crossed' };
  if (forecast.kind === 'unavailable') return { kind: 'unknown', reason: forecast.reason };
  const found = findCrossing(toBurnPath(forecast.path), Number(quantity), crossedWhen);
  // Further away than not at all, and by less than a forecast's numbers can tell.
  const [{ atMs: nowMs } = { atMs: 0 }] = forecast.path;
  if (found.kind === 'already') return { kind: 'expected', atMs: nowMs, earliestMs: nowMs, latestMs: nowMs };
  if (found.kind === 'not_on_path') return { kind: 'not_in_period', earliestMs: found.earliestMs };
  const { atMs, earliestMs, latestMs } = found;
  return { kind: 'expected', atMs, earliestMs, latestMs };
}

function isReached(total: string, quantity: string): boolean {
  return reaches(total, '1', quantity);
}

/**
 * Days without usage before anyone could use it teach nothing: a customer of today is not one who never used it. What is
 * learnt from days of UTC are weekdays of UTC.
 */
function asForecastSources(
  { aggregation, range, nowMs, total, history, beganAtMs }: MeterForecastSources,
  ahead: readonly ForecastBucket[],
): ForecastSources {
  const isUnused = history.every(({ quantity }) => quantity === null || isZero(quantity));
  const sinceMs = beganAtMs ?? Number.POSITIVE_INFINITY;
  const learnt = isUnused ? history.filter(({ startMs }) => startMs >= sinceMs) : history;
  return { aggregation, period: range, nowMs, timeZone: 'UTC', buckets: [...learnt, ...ahead], used: total };
}

function bandOf({ expected, low, high }: ForecastPoint): ForecastBand {
  return { low, mid: expected, high };
}
