import type { Bucket, TimeSpan } from '@meterboard/contract';
import { Temporal } from 'temporal-polyfill';
import { hourMs } from './time-units.ts';

/** A calendar unit, or the part of one that a range covers. */
export interface CalendarBucket extends TimeSpan {
  partial: boolean;
}

/**
 * The boundary of the calendar unit that holds `atMs` in the zone: the last one that is not after it. Days start
 * at the zone's first instant of the day, weeks on Monday.
 */
export function startOfBucket(atMs: number, unit: Bucket, timeZone: string): number {
  if (unit === 'hour') return startOfHour(atMs, timeZone);
  return startOfDate(firstDate(dateAt(atMs, timeZone), unit), timeZone);
}

/** The first boundary of the calendar unit after `atMs` in the zone. */
export function nextBucketStart(atMs: number, unit: Bucket, timeZone: string): number {
  if (unit === 'hour') return nextHour(atMs, timeZone);
  const next = { day: { days: 1 }, week: { days: 7 }, month: { months: 1 } }[unit];
  return startOfDate(firstDate(dateAt(atMs, timeZone), unit).add(next), timeZone);
}

/** The span moved outwards to whole calendar units of the zone. */
export function widenToBuckets(span: TimeSpan, unit: Bucket, timeZone: string): TimeSpan {
  const startMs = startOfBucket(span.startMs, unit, timeZone);
  const lastMs = startOfBucket(span.endMs, unit, timeZone);
  return { startMs, endMs: lastMs === span.endMs ? lastMs : nextBucketStart(span.endMs, unit, timeZone) };
}

/** The buckets of a span, ascending: each starts where the one before ends, and they cover the span exactly. */
export function tileBuckets(span: TimeSpan, unit: Bucket, timeZone: string): CalendarBucket[] {
  const buckets: CalendarBucket[] = [];
  let calendarStartMs = startOfBucket(span.startMs, unit, timeZone);
  while (calendarStartMs < span.endMs) {
    const calendarEndMs = nextBucketStart(calendarStartMs, unit, timeZone);
    const startMs = Math.max(calendarStartMs, span.startMs);
    const endMs = Math.min(calendarEndMs, span.endMs);
    buckets.push({ startMs, endMs, partial: startMs !== calendarStartMs || endMs !== calendarEndMs });
    calendarStartMs = calendarEndMs;
  }
  return buckets;
}

/** The first instant of the day that lies `days` days after the one that holds `atMs` (negative: before). */
export function startOfDayOffset(atMs: number, days: number, timeZone: string): number {
  return startOfDate(dateAt(atMs, timeZone).add({ days }), timeZone);
}

/** How many days of the zone a span is made of; `null` where it begins or ends within one. */
export function wholeDaysOf({ startMs, endMs }: TimeSpan, timeZone: string): number | null {
  const [first, next] = [dateAt(startMs, timeZone), dateAt(endMs, timeZone)];
  const isWhole = startOfDate(first, timeZone) === startMs && startOfDate(next, timeZone) === endMs;
  return isWhole ? first.until(next, { largestUnit: 'days' }).days : null;
}

/** A calendar month of the zone, named like "2026-11". */
export function spanOfMonth(month: string, timeZone: string): TimeSpan {
  const first = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 });
  return { startMs: startOfDate(first, timeZone), endMs: startOfDate(first.add({ months: 1 }), timeZone) };
}

/** The calendar day that holds an instant. Where clocks go back across midnight, a day once begun goes on. */
function dateAt(atMs: number, timeZone: string): Temporal.PlainDate {
  const date = zoned(atMs, timeZone).toPlainDate();
  const tomorrow = date.add({ days: 1 });
  return startOfDate(tomorrow, timeZone) <= atMs ? tomorrow : date;
}

function firstDate(date: Temporal.PlainDate, unit: 'day' | 'week' | 'month'): Temporal.PlainDate {
  if (unit === 'week') return date.subtract({ days: date.dayOfWeek - 1 });
  return unit === 'month' ? date.with({ day: 1 }) : date;
}

function startOfDate(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime(timeZone).epochMilliseconds;
}

/** Where the offset changes by less than an hour, the hour around it is longer than 60 minutes. */
function startOfHour(atMs: number, timeZone: string): number {
  const startMs = atMs - minutesPastHour(atMs, timeZone);
  return startMs - minutesPastHour(startMs, timeZone);
}

function nextHour(atMs: number, timeZone: string): number {
  const nextMs = atMs + hourMs - minutesPastHour(atMs, timeZone);
  const pastMs = minutesPastHour(nextMs, timeZone);
  return pastMs === 0 ? nextMs : nextMs + hourMs - pastMs;
}

function minutesPastHour(atMs: number, timeZone: string): number {
  const localMs = atMs + zoned(atMs, timeZone).offsetNanoseconds / 1_000_000;
  return ((localMs % hourMs) + hourMs) % hourMs;
}

function zoned(atMs: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);
}
