import {
  BillingError,
  type Bucket,
  type ResolvedRange,
  type TimeSpan,
  type UsageRange,
} from '@meterboard/contract';
import {
  type CalendarBucket,
  spanOfMonth,
  startOfBucket,
  startOfDayOffset,
  tileBuckets,
  wholeDaysOf,
  widenToBuckets,
} from './buckets.ts';
import { type BillingCycle, periodBefore } from './period-ends.ts';
import { assertFewReadings, planUsageWindows } from './plan-usage-windows.ts';
import { dayMs, floorTo, hourMs, minuteMs } from './time-units.ts';

/** The longest range that one question may cover. Billing periods are as long as they are. */
export const maxRangeDays = 400;

/** The most buckets that one meter's answer may have. */
export const maxBuckets = 750;

const fallbackDays = 30;

/** The time that can be asked for: before and after it neither calendars nor providers are of use. */
const earliestMs = 0;
const latestMs = Date.UTC(2200, 0, 1);

/** How to read a range. */
export interface RangeContext {
  bucket: Bucket;
  timeZone: string;
  nowMs: number;
}

/** A range as it will be shown, and its buckets. */
export interface ResolvedBuckets {
  range: ResolvedRange;
  buckets: CalendarBucket[];
}

/** The time before a range, and its buckets in the same unit. */
export interface BucketsBefore {
  range: TimeSpan;
  buckets: CalendarBucket[];
}

/**
 * Refuses what no provider needs to be asked for: inverted, over-long, too early, too late and too finely cut
 * ranges, and those that need too many readings. Billing periods are only known later and are judged by
 * `resolveRange()`. Throws `BillingError('invalid_range')` that names the limit.
 */
export function assertRangeAllowed(
  range: UsageRange,
  context: RangeContext,
  { meterCount = 1, compare = false } = {},
): void {
  if (range.kind === 'period' || range.kind === 'previous_period') return;
  const resolved = resolveRange(range, null, context);
  const before = compare ? bucketsBefore(range, resolved.range, null, context) : null;
  const perMeter = [resolved.buckets, before?.buckets ?? []]
    .map((buckets) => planUsageWindows(buckets, 'sum', context.nowMs).length)
    .reduce((sum, count) => sum + count, 0);
  assertFewReadings(perMeter * meterCount);
}

/**
 * The span that a range stands for and its buckets in the zone. Billing periods keep their edges, floored to the
 * minute; months and days are the zone's; other ranges are widened to whole buckets. `cycle` is that of the item that
 * bills the meter; without one, `period` means the last 30 days and `previous_period` the 30 days before those.
 * Throws `BillingError('invalid_range')` that names the limit.
 */
export function resolveRange(
  range: UsageRange,
  cycle: BillingCycle | null,
  context: RangeContext,
): ResolvedBuckets {
  const resolved = resolveSpan(range, cycle, context);
  const { bucket, timeZone } = context;
  const spanMs = resolved.endMs - resolved.startMs;
  if (bucket === 'hour' && spanMs > 2 * maxBuckets * hourMs) throw tooManyBuckets(range);
  const buckets = tileBuckets(resolved, bucket, timeZone);
  if (buckets.length > maxBuckets) throw tooManyBuckets(range);
  return { range: resolved, buckets };
}

/**
 * The time just before a range: the billing period before, the calendar month before, as many days of the zone, or
 * else the same length. `null` where it lies before 1970.
 */
export function bucketsBefore(
  range: UsageRange,
  resolved: ResolvedRange,
  cycle: BillingCycle | null,
  context: RangeContext,
): BucketsBefore | null {
  const span = spanBefore(range, resolved, cycle, context);
  if (span.startMs < earliestMs) return null;
  return { range: span, buckets: tileBuckets(span, context.bucket, context.timeZone) };
}

function spanBefore(
  range: UsageRange,
  { requested, startMs, endMs }: ResolvedRange,
  cycle: BillingCycle | null,
  { timeZone, nowMs }: RangeContext,
): TimeSpan {
  if (range.kind === 'month') return monthBefore(startMs, timeZone);
  if (range.kind === 'last') return lastDays(range.days, nowMs, timeZone, 1);
  if (range.kind === 'between') {
    const days = wholeDaysOf({ startMs, endMs }, timeZone);
    const lengthMs = endMs - startMs;
    const beforeMs = days === null ? startMs - lengthMs : startOfDayOffset(startMs, -days, timeZone);
    return { startMs: beforeMs, endMs: startMs };
  }
  if (cycle) return floored(periodBefore(requested, cycle));
  return lastDays(fallbackDays, nowMs, timeZone, range.kind === 'period' ? 1 : 2);
}

function resolveSpan(range: UsageRange, cycle: BillingCycle | null, context: RangeContext): ResolvedRange {
  switch (range.kind) {
    case 'between':
      return resolveBetween(range, context);
    case 'last':
      if (range.days > maxRangeDays) throw tooLong('range.days');
      return exactly('last', lastDays(range.days, context.nowMs, context.timeZone));
    case 'month':
      return resolveMonth(range.month, context);
    case 'period':
      if (cycle) return exactly('period', floored(cycle.period), cycle.period);
      return exactly('last', lastDays(fallbackDays, context.nowMs, context.timeZone));
    case 'previous_period': {
      if (!cycle) return exactly('between', lastDays(fallbackDays, context.nowMs, context.timeZone, 1));
      const period = periodBefore(cycle.period, cycle);
      return exactly('previous_period', floored(period), period);
    }
  }
}

function exactly(kind: ResolvedRange['kind'], span: TimeSpan, requested = span): ResolvedRange {
  return { kind, ...span, widened: false, requested };
}

/** Both edges alike, so that neighbouring periods still tile. */
function floored({ startMs, endMs }: TimeSpan): TimeSpan {
  return { startMs: floorTo(minuteMs, startMs), endMs: floorTo(minuteMs, endMs) };
}

/** So many days of the zone up to and with today; `timesBack` times as many days earlier. */
function lastDays(days: number, nowMs: number, timeZone: string, timesBack = 0): TimeSpan {
  return {
    startMs: startOfDayOffset(nowMs, 1 - days * (timesBack + 1), timeZone),
    endMs: startOfDayOffset(nowMs, 1 - days * timesBack, timeZone),
  };
}

function resolveMonth(month: string, { timeZone }: RangeContext): ResolvedRange {
  const field = 'range.month';
  const year = Number(month.slice(0, 4));
  if (year > 2199) throw outOfTime(field, 'not after 2199');
  const span = year < 1970 ? null : spanOfMonth(month, timeZone);
  if (span === null || span.startMs < earliestMs) throw outOfTime(field, 'not before 1970');
  return exactly('month', span);
}

function monthBefore(startMs: number, timeZone: string): TimeSpan {
  return { startMs: startOfBucket(startMs - 1, 'month', timeZone), endMs: startMs };
}

function resolveBetween(requested: TimeSpan, { bucket, timeZone }: RangeContext): ResolvedRange {
  const { startMs, endMs } = requested;
  if (endMs <= startMs) {
    throw new BillingError('invalid_range', {
      message: 'The range ends before it begins.',
      field: 'range.endMs',
      limit: 'the end must be after the start',
    });
  }
  assertNotTooLong(requested, 'range.endMs');
  if (startMs < earliestMs) throw outOfTime('range.startMs', 'not before 1970');
  if (endMs > latestMs) throw outOfTime('range.endMs', 'not after 2199');
  const span = widenToBuckets(requested, bucket, timeZone);
  if (span.startMs < earliestMs) throw outOfTime('range.startMs', 'not before 1970');
  const widened = span.startMs !== startMs || span.endMs !== endMs;
  return { kind: 'between', ...span, widened, requested: { startMs, endMs } };
}

function outOfTime(field: string, limit: string): BillingError {
  return new BillingError('invalid_range', { message: `The range is out of reach: ${limit}.`, field, limit });
}

function assertNotTooLong(span: TimeSpan, field: string): void {
  if (span.endMs - span.startMs > maxRangeDays * dayMs + hourMs) throw tooLong(field);
}

function tooLong(field: string): BillingError {
  const limit = `at most ${maxRangeDays} days`;
  return new BillingError('invalid_range', { message: `The range is too long: ${limit}.`, field, limit });
}

const fieldOfLength = {
  between: 'range.endMs',
  last: 'range.days',
  month: 'bucket',
  period: 'bucket',
  previous_period: 'bucket',
} satisfies Record<UsageRange['kind'], string>;

function tooManyBuckets(range: UsageRange): BillingError {
  const limit = `at most ${maxBuckets} buckets`;
  const field = fieldOfLength[range.kind];
  return new BillingError('invalid_range', {
    message: `The range has too many points: ${limit}. Choose a longer bucket or a shorter range.`,
    field,
    limit,
  });
}
