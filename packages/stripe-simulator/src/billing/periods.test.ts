import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anchorAt, anchorFromConfig, boundary, nextBoundary, previousBoundary } from './periods.ts';

const sec = (iso: string) => Date.parse(iso) / 1_000;
const iso = (atSec: number) => new Date(atSec * 1_000).toISOString().slice(0, 19);
const monthly = { interval: 'month', intervalCount: 1 } as const;

describe('periods', () => {
  it('clamps day 31 to the last day of shorter months and returns to 31', () => {
    const anchor = anchorAt(sec('2026-12-31T14:37:12Z'));
    expect([1, 2, 3, 4].map((step) => iso(boundary(anchor, monthly, step)))).toEqual([
      '2027-01-31T14:37:12',
      '2027-02-28T14:37:12',
      '2027-03-31T14:37:12',
      '2027-04-30T14:37:12',
    ]);
    expect(iso(boundary(anchorAt(sec('2028-01-31T00:00:00Z')), monthly, 1))).toBe('2028-02-29T00:00:00');
  });

  it('steps by days, weeks, months and years', () => {
    const anchor = anchorAt(sec('2024-02-29T06:00:00Z'));
    const one = (interval: 'day' | 'week' | 'month' | 'year', intervalCount = 1) =>
      iso(boundary(anchor, { interval, intervalCount }, 1));
    expect([one('day'), one('week', 2), one('month', 3), one('year')]).toEqual([
      '2024-03-01T06:00:00',
      '2024-03-14T06:00:00',
      '2024-05-29T06:00:00',
      '2025-02-28T06:00:00',
    ]);
  });

  it('finds neighbouring boundaries around any instant: they tile without gap or overlap', () => {
    const recurrence = fc.record({
      interval: fc.constantFrom('day' as const, 'week' as const, 'month' as const, 'year' as const),
      intervalCount: fc.integer({ min: 1, max: 6 }),
    });
    const instant = fc.integer({ min: sec('2001-01-01T00:00:00Z'), max: sec('2060-01-01T00:00:00Z') });
    fc.assert(
      fc.property(instant, instant, recurrence, (anchorSec, atSec, every) => {
        const anchor = anchorAt(anchorSec);
        const next = nextBoundary(anchor, every, atSec);
        const previous = previousBoundary(anchor, every, next);
        expect(next).toBeGreaterThan(atSec);
        expect(previous).toBeLessThanOrEqual(atSec);
        expect(nextBoundary(anchor, every, previous)).toBe(next);
      }),
    );
  });

  it('finds the next instant that fits an anchor config', () => {
    const config = { dayOfMonth: 31, month: null, hour: 14, minute: 0, second: 5 };
    expect(iso(anchorFromConfig(config, sec('2026-06-10T00:00:00Z')).atSec)).toBe('2026-06-30T14:00:05');
    expect(iso(anchorFromConfig(config, sec('2026-06-30T14:00:05Z')).atSec)).toBe('2026-07-31T14:00:05');
    expect(iso(anchorFromConfig({ ...config, month: 2 }, sec('2026-06-10T00:00:00Z')).atSec)).toBe(
      '2027-02-28T14:00:05',
    );
  });

  it('keeps day 31 of a config although the anchor itself fell on a shorter month', () => {
    const anchor = anchorFromConfig(
      { dayOfMonth: 31, month: null, hour: 0, minute: 0, second: 0 },
      sec('2026-06-10T00:00:00Z'),
    );
    expect([0, 1, 2].map((step) => iso(boundary(anchor, monthly, step)).slice(0, 10))).toEqual([
      '2026-06-30',
      '2026-07-31',
      '2026-08-31',
    ]);
  });
});
