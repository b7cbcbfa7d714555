import type { Bucket, TimeSpan } from '@meterboard/contract';
import { formatBucket, type Year } from './dates.ts';

const yearMs = 365 * 86_400_000;

/** What names of these buckets need besides: the year where the same day comes twice. */
export function yearIn(buckets: readonly Pick<TimeSpan, 'startMs'>[]): Year | undefined {
  const lastMs = buckets.at(-1)?.startMs ?? 0;
  return lastMs - (buckets[0]?.startMs ?? lastMs) < yearMs ? undefined : { year: 'numeric' };
}

const halfHourMs = 1_800_000;

/** Where clocks go back, an hour comes twice: both then say which one they are. `nameOf` names an instant in a format. */
export function nameHour(
  startMs: number,
  nameOf: (atMs: number, more?: Intl.DateTimeFormatOptions) => string,
): string {
  const name = nameOf(startMs);
  // Clocks go back by an hour, and by half of one on Lord Howe Island.
  const isTwice = [-2, -1, 1, 2].some((halves) => nameOf(startMs + halves * halfHourMs) === name);
  return isTwice ? nameOf(startMs, { timeZoneName: 'short' }) : name;
}

/** The full name of a bucket in a table: weekday and date, or date and hour, with the year where there is one. */
export function formatBucketLong(
  startMs: number,
  bucket: Bucket,
  language: string,
  timeZone: string,
  year?: Year,
): string {
  if (bucket === 'month') return formatBucket(startMs, bucket, language, timeZone, { month: 'long' });
  const date: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short', ...year };
  const nameOf = (atMs: number, more?: Intl.DateTimeFormatOptions) =>
    formatBucket(atMs, bucket, language, timeZone, { ...date, ...more });
  return bucket === 'hour' ? nameHour(startMs, nameOf) : nameOf(startMs);
}
