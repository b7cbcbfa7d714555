import type { Bucket, ResolvedRange, TimeSpan } from '@meterboard/contract';
import { formatBucketLong, nameHour } from './bucket-name.ts';
import { formatBucket, formatSpan, type Year } from './dates.ts';

/** A bucket as one would say it: "Tuesday, March 3", "Tuesday, March 3 at 2:00 PM", "March 2 – 8", "March 2026"; with the year where there is one. */
export function formatSpoken(
  span: TimeSpan,
  bucket: Bucket,
  language: string,
  timeZone: string,
  year?: Year,
): string {
  if (bucket === 'week') return formatSpan(span, language, timeZone, year);
  if (bucket === 'month') return formatBucketLong(span.startMs, bucket, language, timeZone);
  const date: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long', ...year };
  const nameOf = (atMs: number, more?: Intl.DateTimeFormatOptions) =>
    formatBucket(atMs, bucket, language, timeZone, { ...date, ...more });
  return bucket === 'hour' ? nameHour(span.startMs, nameOf) : nameOf(span.startMs);
}

const dayMs = 86_400_000;

/** How the time before a range is called: the kind of name, and the days where it is a number of them. */
export function nameBefore({ kind, startMs, endMs }: ResolvedRange): {
  name: 'period' | 'month' | 'week' | 'day' | 'days' | 'other';
  days: number;
} {
  const days = Math.round((endMs - startMs) / dayMs);
  if (kind === 'period' || kind === 'previous_period') return { name: 'period', days };
  if (kind === 'month') return { name: 'month', days };
  if (kind === 'between') return { name: 'other', days };
  return { name: days === 7 ? 'week' : days === 1 ? 'day' : 'days', days };
}
