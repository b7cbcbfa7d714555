import { describe, expect, it } from 'vitest';
import { formatBucket, formatBucketLong, formatDay, formatRelative, formatSpan } from './dates.ts';
import { formatMonths } from './months.ts';

const november = { startMs: Date.UTC(2026, 10, 1), endMs: Date.UTC(2026, 11, 1) };

describe('formatRelative', () => {
  it.each([
    [-0, 'now'],
    [-12_000, '12 seconds ago'],
    [-59_999, '59 seconds ago'],
    [-60_000, '1 minute ago'],
    [-11 * 60_000, '11 minutes ago'],
    [-3 * 3_600_000, '3 hours ago'],
    [-86_400_000, '1 day ago'],
    [47 * 3_600_000, 'in 2 days'],
    [8.5 * 86_400_000, 'in 9 days'],
  ])('prints %d ms as "%s"', (spanMs, text) => {
    expect(formatRelative(spanMs, 'en')).toBe(text);
  });

  it('follows the grammar of the language', () => {
    expect(formatRelative(-2 * 86_400_000, 'de')).toBe('vor 2 Tagen');
  });
});

describe('formatSpan', () => {
  it('leaves the end out: a period that ends at midnight does not touch the next day', () => {
    expect(formatSpan(november, 'en', 'UTC')).toBe('Nov 1 – 30');
  });

  it('counts days in the zone', () => {
    expect(formatSpan(november, 'en', 'America/New_York')).toBe('Oct 31 – Nov 30');
  });
});

describe('dates', () => {
  it('prints no narrow spaces, which differ between runtimes', () => {
    expect(formatBucket(Date.UTC(2026, 10, 1, 15), 'hour', 'en', 'UTC')).toBe('3:00 PM');
  });

  it('names a day in words', () => {
    expect(formatDay(Date.UTC(2026, 10, 26), 'en-GB', 'UTC', { weekday: true })).toBe('Thursday 26 November');
    expect(formatDay(Date.UTC(2026, 10, 26), 'en', 'UTC', { year: true })).toBe('Nov 26, 2026');
  });

  it.each([
    ['hour', 'Sun, Nov 1, 3:00 PM'],
    ['day', 'Sun, Nov 1'],
    ['week', 'Sun, Nov 1'],
    ['month', 'November 2026'],
  ] as const)('names a bucket of one %s in full', (bucket, text) => {
    expect(formatBucketLong(Date.UTC(2026, 10, 1, 15), bucket, 'en', 'UTC')).toBe(text);
  });

  it('counts months in words', () => {
    expect(formatMonths(1, 'en')).toBe('1 month');
    expect(formatMonths(12, 'hu')).toBe('12 hónap');
  });
});
