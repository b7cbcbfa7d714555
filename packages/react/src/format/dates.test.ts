import { describe, expect, it } from 'vitest';
import { formatBucketLong, yearIn } from './bucket-name.ts';
import { formatBucket, formatDay, formatRelative, formatSpan } from './dates.ts';
import { formatMonths } from './months.ts';
import { formatSpoken } from './spoken.ts';

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

  const hourMs = 3_600_000;
  it.each([
    ['en-US', 'Europe/Budapest', Date.UTC(2026, 9, 25, 0), hourMs, ['2:00 AM GMT+2', '2:00 AM GMT+1']],
    ['en-GB', 'Europe/Budapest', Date.UTC(2026, 9, 25, 0), hourMs, ['02:00 CEST', '02:00 CET']],
    [
      'en-US',
      'Australia/Lord_Howe',
      Date.UTC(2026, 3, 4, 14, 30),
      hourMs / 2,
      ['1:30 AM GMT+11', '1:30 AM GMT+10:30'],
    ],
  ] as const)(
    'tells apart the hours that clocks repeat: %s in %s',
    (language, zone, startMs, later, ends) => {
      for (const [index, end] of ends.entries()) {
        const span = { startMs: startMs + index * later, endMs: startMs + (index + 1) * later };
        expect(formatBucketLong(span.startMs, 'hour', language, zone).endsWith(end)).toBe(true);
        expect(formatSpoken(span, 'hour', language, zone).endsWith(end)).toBe(true);
      }
      expect(formatBucketLong(startMs - 4 * hourMs, 'hour', language, zone)).not.toMatch(/GMT|CE/);
    },
  );

  it('says the year where a day comes twice, and only there', () => {
    const from = (days: number) => [november, { startMs: november.startMs + days * 24 * hourMs }];
    expect(yearIn(from(364))).toBeUndefined();
    const year = yearIn(from(365));
    expect(formatBucket(november.startMs, 'day', 'en', 'UTC', year)).toBe('Nov 1, 2026');
    expect(formatBucketLong(november.startMs, 'week', 'en', 'UTC', year)).toBe('Sun, Nov 1, 2026');
    expect(formatSpoken(november, 'day', 'en', 'UTC', year)).toBe('Sunday, November 1, 2026');
    expect(formatSpoken(november, 'week', 'en', 'UTC', year)).toBe('Nov 1 – 30, 2026');
    expect(formatBucketLong(november.startMs, 'month', 'en', 'UTC', year)).toBe('November 2026');
  });

  it('counts months in words', () => {
    expect(formatMonths(1, 'en')).toBe('1 month');
    expect(formatMonths(12, 'hu')).toBe('12 hónap');
  });
});
