import type { Bucket, TimeSpan } from '@meterboard/contract';
import { remember } from './intl.ts';

const dayMs = 86_400_000;

/** Added to the name of a bucket. */
export type Year = Pick<Intl.DateTimeFormatOptions, 'year'>;

const bucketOptions = {
  hour: { hour: 'numeric', minute: '2-digit' },
  day: { day: 'numeric', month: 'short' },
  week: { day: 'numeric', month: 'short' },
  month: { month: 'short', year: 'numeric' },
} satisfies Record<Bucket, Intl.DateTimeFormatOptions>;

/** A formatter of `Intl`, made once. Throws where a language or a zone is unknown. */
export function dateFormat(language: string, timeZone: string, options: Intl.DateTimeFormatOptions) {
  return remember(
    `d${language}${timeZone}${JSON.stringify(options)}`,
    () => new Intl.DateTimeFormat(language, { timeZone, ...options }),
  );
}

/** Runtimes differ in which narrow spaces they print, and server and browser must not. */
function plain(text: string): string {
  return text.replace(/[\u2009\u202f]/g, ' ');
}

/** "November 26", with the weekday where `weekday` is set and the year where `year` is. */
export function formatDay(
  atMs: number,
  language: string,
  timeZone: string,
  { weekday = false, year = false } = {},
): string {
  const month = year ? ({ year: 'numeric' } as const) : ({ month: 'long' } as const);
  return formatBucket(atMs, 'day', language, timeZone, { weekday: weekday ? 'long' : undefined, ...month });
}

/** The days of `[startMs, endMs)`: "Nov 1 – 30", with the years where two are touched or `year` says so. */
export function formatSpan(
  { startMs, endMs }: TimeSpan,
  language: string,
  timeZone: string,
  year?: Year,
): string {
  const format = dateFormat(language, timeZone, { ...bucketOptions.day, ...year });
  return plain(format.formatRange(startMs, Math.max(startMs, endMs - 1)));
}

/** The name of a bucket, short as on an axis; with `more` longer. */
export function formatBucket(
  startMs: number,
  bucket: Bucket,
  language: string,
  timeZone: string,
  more?: Intl.DateTimeFormatOptions,
): string {
  return plain(dateFormat(language, timeZone, { ...bucketOptions[bucket], ...more }).format(startMs));
}

/**
 * A span of time in its largest unit, signed: -90000 is "1 minute ago", 691200000 is "in 8 days". Days are always in figures:
 * whether 40 hours from now is tomorrow depends on the hour and the zone.
 */
export function formatRelative(spanMs: number, language: string): string {
  const size = Math.abs(spanMs);
  const [unit, unitMs]: [Intl.RelativeTimeFormatUnit, number] =
    size < 60_000
      ? ['second', 1_000]
      : size < 3_600_000
        ? ['minute', 60_000]
        : size < dayMs
          ? ['hour', 3_600_000]
          : ['day', dayMs];
  const format = new Intl.RelativeTimeFormat(language, { numeric: size < 60_000 ? 'auto' : 'always' });
  return format.format(Math[size < dayMs ? 'trunc' : 'round'](spanMs / unitMs), unit);
}
