import { describe, expect, it } from 'vitest';
import { addMonths, lastPeriodEndBefore } from './period-ends.ts';

const at = (iso: string) => Date.parse(iso);
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10);

describe('period ends', () => {
  it.each([
    ['2026-03-01', '2026-02-28'],
    ['2026-02-28', '2026-01-31'],
    ['2026-04-01', '2026-03-31'],
    ['2028-03-01', '2028-02-29'],
  ])('of an anchor on the 31st before %s is %s', (before, end) => {
    const found = lastPeriodEndBefore(
      at(before),
      { anchorMs: at('2025-10-31') },
      { unit: 'month', count: 1 },
    );
    expect(iso(found)).toBe(end);
  });

  it.each([
    [{ unit: 'day', count: 10 }, '2026-01-21'],
    [{ unit: 'week', count: 1 }, '2026-01-29'],
    [{ unit: 'month', count: 3 }, '2026-01-01'],
    [{ unit: 'year', count: 1 }, '2026-01-01'],
  ] as const)('count every %o', (recurrence, end) => {
    expect(iso(lastPeriodEndBefore(at('2026-01-31'), { anchorMs: at('2026-01-01') }, recurrence))).toBe(end);
  });

  it.each([
    ['2026-11-15', '2026-10-31'],
    ['2026-10-31', '2026-09-30'],
    ['2027-03-15', '2027-02-28'],
    ['2027-04-01', '2027-03-31'],
  ])('means the 31st also where the anchor fell into September: before %s it is %s', (before, end) => {
    const anchor = { anchorMs: at('2026-09-30'), anchorDay: 31 };
    expect(iso(lastPeriodEndBefore(at(before), anchor, { unit: 'month', count: 1 }))).toBe(end);
  });

  it('lie before the moment asked for, not on it', () => {
    const monthly = { unit: 'month', count: 1 } as const;
    expect(iso(lastPeriodEndBefore(at('2026-05-01'), { anchorMs: at('2026-01-01') }, monthly))).toBe(
      '2026-04-01',
    );
  });
});

describe('addMonths', () => {
  it.each([
    ['2025-01-31', 12, '2026-01-31'],
    ['2025-01-31', 1, '2025-02-28'],
    ['2024-02-29', 12, '2025-02-28'],
  ])('%s + %i months is %s', (start, months, end) => {
    expect(iso(addMonths(at(start), months))).toBe(end);
  });
});
