import { type Aggregation, BillingError, type TimeSpan } from '@meterboard/contract';
import type { UsageGrouping, UsageWindow } from '../gateway.ts';
import { ceilTo, dayMs, floorTo, hourMs, minuteMs } from './time-units.ts';

/** The most ungrouped readings for one meter: each is a call of its own. */
export const maxUngroupedWindows = 100;

/** The most readings that one question may need, for all its meters together; well below the calls that one request may make. */
export const maxReadings = 300;

const unitMs = { day: dayMs, hour: hourMs, none: minuteMs } satisfies Record<UsageGrouping, number>;

/** Windows begin and end on multiples of this, so that neighbouring questions share theirs; 100 rows or fewer each. */
const windowMs = { day: 100 * dayMs, hour: 96 * hourMs };

/**
 * The coarsest grouping whose rows fit into a bucket exactly. The provider groups by UTC hour or UTC day only;
 * `none` means that the bucket needs a reading of its own.
 */
export function groupingOf(bucket: TimeSpan): UsageGrouping {
  if (isOn(dayMs, bucket)) return 'day';
  return isOn(hourMs, bucket) ? 'hour' : 'none';
}

/**
 * What to read from the provider to fill the buckets up to now. Future buckets are not read. Buckets on whole hours are
 * read in pages of hours, or one by one where that takes fewer calls. Where the unit of
 * a `last` meter's bucket is read ungrouped, grouped rows are read beside it: an ungrouped zero does not tell
 * a level of zero from no event at all.
 * Throws `BillingError('invalid_range')` when too many buckets would need a reading of their own.
 */
export function planUsageWindows(
  buckets: readonly TimeSpan[],
  aggregation: Aggregation,
  nowMs: number,
): UsageWindow[] {
  const spans: Record<UsageGrouping, TimeSpan[]> = { day: [], hour: [], none: [] };
  for (const bucket of buckets) {
    if (bucket.startMs > nowMs) continue;
    const grouping = groupingOf(bucket);
    spans[grouping].push(clampToNow(bucket, grouping, nowMs));
    if (grouping === 'none' && aggregation === 'last') {
      for (const [unit, witness] of witnessesOf(bucket)) {
        if (witness.startMs <= nowMs) spans[unit].push(clampToNow(witness, unit, nowMs));
      }
    }
  }
  // Of a level, an ungrouped zero does not tell whether there was any event.
  if (aggregation !== 'last' && isCheaperUngrouped(spans)) {
    spans.none.push(...spans.hour);
    spans.hour = [];
  }
  if (spans.none.length > maxUngroupedWindows) throw tooManyReadings();
  return [
    ...joinSpans(spans.day).flatMap((span) => cutOnBoundaries(span, 'day')),
    ...joinSpans(spans.hour).flatMap((span) => cutOnBoundaries(span, 'hour')),
    ...spans.none.filter(isNotEmpty).map((span) => ({ ...span, grouping: 'none' as const })),
  ];
}

/** Whether long buckets of a zone take fewer calls one by one than in pages of hours. */
function isCheaperUngrouped({ hour, none }: Record<UsageGrouping, TimeSpan[]>): boolean {
  const buckets = hour.filter(isNotEmpty).length;
  if (none.length + buckets > maxUngroupedWindows) return false;
  return buckets < joinSpans(hour).flatMap((span) => cutOnBoundaries(span, 'hour')).length;
}

/** Throws `BillingError('invalid_range')` when a question needs more than `maxReadings`. */
export function assertFewReadings(readingCount: number): void {
  if (readingCount <= maxReadings) return;
  const limit = `at most ${maxReadings} readings of the billing provider`;
  throw new BillingError('invalid_range', {
    message: `The range has too many points for so many meters in this time zone: ${limit}. Choose a longer bucket, a shorter range, or fewer meters.`,
    field: 'bucket',
    limit,
  });
}

function isOn(unit: number, { startMs, endMs }: TimeSpan): boolean {
  return startMs % unit === 0 && endMs % unit === 0;
}

/** Both edges on the unit, and no further into the future than the unit that holds now. */
function clampToNow({ startMs, endMs }: TimeSpan, grouping: UsageGrouping, nowMs: number): TimeSpan {
  const unit = unitMs[grouping];
  return {
    startMs: floorTo(unit, startMs),
    endMs: Math.min(floorTo(unit, endMs), floorTo(unit, nowMs) + unit),
  };
}

function witnessesOf({ startMs, endMs }: TimeSpan): ['day' | 'hour', TimeSpan][] {
  const span = { startMs: floorTo(hourMs, startMs), endMs: ceilTo(hourMs, endMs) };
  const days = { startMs: ceilTo(dayMs, span.startMs), endMs: floorTo(dayMs, span.endMs) };
  if (days.endMs - days.startMs < 2 * dayMs) return [['hour', span]];
  const parts: ['day' | 'hour', TimeSpan][] = [
    ['hour', { startMs: span.startMs, endMs: days.startMs }],
    ['day', days],
    ['hour', { startMs: days.endMs, endMs: span.endMs }],
  ];
  return parts.filter(([, part]) => isNotEmpty(part));
}

function joinSpans(spans: readonly TimeSpan[]): TimeSpan[] {
  const joined: TimeSpan[] = [];
  for (const span of spans.filter(isNotEmpty).toSorted((a, b) => a.startMs - b.startMs)) {
    const last = joined.at(-1);
    if (last && span.startMs <= last.endMs) last.endMs = Math.max(last.endMs, span.endMs);
    else joined.push({ ...span });
  }
  return joined;
}

function cutOnBoundaries(span: TimeSpan, grouping: 'day' | 'hour'): UsageWindow[] {
  const windows: UsageWindow[] = [];
  let { startMs } = span;
  while (startMs < span.endMs) {
    const endMs = Math.min(span.endMs, floorTo(windowMs[grouping], startMs) + windowMs[grouping]);
    windows.push({ startMs, endMs, grouping });
    startMs = endMs;
  }
  return windows;
}

function isNotEmpty({ startMs, endMs }: TimeSpan): boolean {
  return endMs > startMs;
}

function tooManyReadings(): BillingError {
  const limit = `at most ${maxUngroupedWindows} buckets in a time zone that is not on whole UTC hours`;
  return new BillingError('invalid_range', {
    message: `The range has too many points for this time zone: ${limit}. Choose a longer bucket or a shorter range.`,
    field: 'bucket',
    limit,
  });
}
