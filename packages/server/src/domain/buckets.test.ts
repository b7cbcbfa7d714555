import type { Bucket } from '@meterboard/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextBucketStart, startOfBucket, tileBuckets, widenToBuckets } from './buckets.ts';
import { dayMs, hourMs } from './time-units.ts';

const at = (iso: string) => Date.parse(iso);
const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');

describe('tileBuckets', () => {
  it.each([
    ['spring forward has 23 hours', '2025-03-30T12:00:00Z', 23],
    ['fall back has 25 hours', '2025-10-26T12:00:00Z', 25],
    ['any other day has 24', '2025-06-01T12:00:00Z', 24],
  ])('in Budapest, %s', (_, noon, hours) => {
    const startMs = startOfBucket(at(noon), 'day', 'Europe/Budapest');
    const endMs = nextBucketStart(at(noon), 'day', 'Europe/Budapest');
    expect((endMs - startMs) / hourMs).toBe(hours);
    expect(tileBuckets({ startMs, endMs }, 'hour', 'Europe/Budapest')).toHaveLength(hours);
  });

  it('begins weeks on Monday', () => {
    expect(iso(startOfBucket(at('2026-03-15T23:59:00Z'), 'week', 'UTC'))).toBe('2026-03-09T00:00:00Z');
    expect(iso(nextBucketStart(at('2026-03-15T23:59:00Z'), 'week', 'UTC'))).toBe('2026-03-16T00:00:00Z');
  });

  it('marks the cut-off units at the edges as partial', () => {
    const span = { startMs: at('2026-03-01T10:07:00Z'), endMs: at('2026-03-03T02:00:00Z') };
    expect(tileBuckets(span, 'day', 'UTC')).toEqual([
      { startMs: span.startMs, endMs: at('2026-03-02T00:00:00Z'), partial: true },
      { startMs: at('2026-03-02T00:00:00Z'), endMs: at('2026-03-03T00:00:00Z'), partial: false },
      { startMs: at('2026-03-03T00:00:00Z'), endMs: span.endMs, partial: true },
    ]);
  });

  it('has hours that begin at half past in UTC where the zone says so', () => {
    expect(iso(startOfBucket(at('2026-03-01T10:07:00Z'), 'hour', 'Asia/Kolkata'))).toBe(
      '2026-03-01T09:30:00Z',
    );
  });

  it('never stands still where a day begins twice', () => {
    const secondPass = at('2006-10-29T02:45:00Z');
    const startMs = startOfBucket(secondPass, 'day', 'America/St_Johns');
    const endMs = nextBucketStart(secondPass, 'day', 'America/St_Johns');
    expect([startMs <= secondPass, endMs > secondPass]).toEqual([true, true]);
  });

  it('skips the day that Samoa skipped', () => {
    const span = { startMs: at('2011-12-29T10:00:00Z'), endMs: at('2012-01-01T10:00:00Z') };
    expect(tileBuckets(span, 'day', 'Pacific/Apia')).toHaveLength(3);
  });

  it('covers any span exactly, in every zone and unit', () => {
    const zones = [
      'UTC',
      'Europe/Budapest',
      'America/New_York',
      'Asia/Kolkata',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'America/St_Johns',
      'Pacific/Apia',
      'Pacific/Chatham',
      'Africa/Cairo',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom<Bucket>('hour', 'day', 'week', 'month'),
        fc.integer({ min: at('2000-01-01T00:00:00Z') / 60_000, max: at('2040-01-01T00:00:00Z') / 60_000 }),
        fc.integer({ min: 1, max: 20 * 24 * 60 }),
        (timeZone, unit, startMinute, minutes) => {
          const span = { startMs: startMinute * 60_000, endMs: (startMinute + minutes) * 60_000 };
          const buckets = tileBuckets(span, unit, timeZone);
          const edges = [span.startMs, ...buckets.map(({ endMs }) => endMs)];
          expect(buckets.map(({ startMs }) => startMs)).toEqual(edges.slice(0, -1));
          expect(edges.at(-1)).toBe(span.endMs);
          expect(buckets.every(({ startMs, endMs }) => startMs < endMs)).toBe(true);
          const wide = widenToBuckets(span, unit, timeZone);
          expect(wide.startMs <= span.startMs && wide.endMs >= span.endMs).toBe(true);
          expect(tileBuckets(wide, unit, timeZone).some(({ partial }) => partial)).toBe(false);
          expect(widenToBuckets(wide, unit, timeZone)).toEqual(wide);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('gives days and hours of the same edges in UTC', () => {
    const span = { startMs: 0, endMs: 3 * dayMs };
    expect(tileBuckets(span, 'day', 'UTC').map(({ endMs }) => endMs)).toEqual([dayMs, 2 * dayMs, 3 * dayMs]);
  });
});
