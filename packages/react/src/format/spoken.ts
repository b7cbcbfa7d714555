import type { Bucket, ResolvedRange, TimeSpan } from '@meterboard/contract';
import { formatSpan } from './dates.ts';
import { remember } from './intl.ts';

/** A bucket as one would say it: "Tuesday, March 3", "Tuesday, March 3 at 2:00 PM", "March 2 – 8", "March 2026". */
export function formatSpoken(span: TimeSpan, bucket: Bucket, language: string, timeZone: string): string {
  if (bucket === 'week') return formatSpan(span, language, timeZone);
  const options: Intl.DateTimeFormatOptions =
    bucket === 'month'
      ? { month: 'long', year: 'numeric' }
      : { weekday: 'long', day: 'numeric', month: 'long' };
  const withHour: Intl.DateTimeFormatOptions = { ...options, hour: 'numeric', minute: '2-digit' };
  const format = remember(
    `s${language}${timeZone}${bucket}`,
    () => new Intl.DateTimeFormat(language, { timeZone, ...(bucket === 'hour' ? withHour : options) }),
  );
  return format.format(span.startMs).replace(/[\u2009\u202f]/g, ' ');
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
