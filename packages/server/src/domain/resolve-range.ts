import {
  BillingError,
  type Bucket,
  type ResolvedRange,
  type TimeSpan,
  type UsageRange,
} from '@meterboard/contract';
import { type CalendarBucket, startOfDayOffset, tileBuckets, widenToBuckets } from './buckets.ts';
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

/**
 * Refuses what no provider needs to be asked for: inverted, over-long, too early, too late and too finely cut
 * ranges, and those that need too many readings. Billing periods are only known later and are judged by
 * `resolveRange()`. Throws `BillingError('invalid_range')` that names the limit.
 */
export function assertRangeAllowed(range: UsageRange, context: RangeContext, meterCount = 1): void {
  if (range.kind === 'period') return;
  const { buckets } = resolveRange(range, null, context);
  assertFewReadings(planUsageWindows(buckets, 'sum', context.nowMs).length * meterCount);
}

/**
 * The span that a range stands for and its buckets in the zone. Billing periods keep their edges, floored to the
 * minute; other ranges are widened to whole buckets. `period` is the billing period of the item that bills the
 * meter; without one, `{ kind: 'period' }` means the last 30 days.
 * Throws `BillingError('invalid_range')` that names the limit.
 */
export function resolveRange(
  range: UsageRange,
  period: TimeSpan | null,
  context: RangeContext,
): ResolvedBuckets {
  const resolved = resolveSpan(range, period, context);
  const { bucket, timeZone } = context;
  const spanMs = resolved.endMs - resolved.startMs;
  if (bucket === 'hour' && spanMs > 2 * maxBuckets * hourMs) throw tooManyBuckets(range);
  const buckets = tileBuckets(resolved, bucket, timeZone);
  if (buckets.length > maxBuckets) throw tooManyBuckets(range);
  return { range: resolved, buckets };
}

function resolveSpan(range: UsageRange, period: TimeSpan | null, context: RangeContext): ResolvedRange {
  if (range.kind === 'between') return resolveBetween(range, context);
  if (range.kind === 'last') return resolveLast(range.days, context);
  if (period === null) return resolveLast(fallbackDays, context);
  const floored = { startMs: floorTo(minuteMs, period.startMs), endMs: floorTo(minuteMs, period.endMs) };
  return { kind: 'period', ...floored, widened: false, requested: period };
}

function resolveLast(days: number, { timeZone, nowMs }: RangeContext): ResolvedRange {
  if (days > maxRangeDays) throw tooLong('range.days');
  const span = {
    startMs: startOfDayOffset(nowMs, 1 - days, timeZone),
    endMs: startOfDayOffset(nowMs, 1, timeZone),
  };
  return { kind: 'last', ...span, widened: false, requested: span };
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

function tooManyBuckets(range: UsageRange): BillingError {
  const limit = `at most ${maxBuckets} buckets`;
  const field = { between: 'range.endMs', last: 'range.days', period: 'bucket' }[range.kind];
  return new BillingError('invalid_range', {
    message: `The range has too many points: ${limit}. Choose a longer bucket or a shorter range.`,
    field,
    limit,
  });
}
