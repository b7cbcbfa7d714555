import { describe, expect, it } from 'vitest';
import { changeRatioOf, comparedQuantity, planComparison } from './compare-usage.ts';

const at = (iso: string) => Date.parse(iso);
const span = (start: string, end: string) => ({ startMs: at(start), endMs: at(end) });
const march = span('2026-03-09T14:37Z', '2026-04-09T14:37Z');
const february = span('2026-02-09T14:37Z', '2026-03-09T14:37Z');

describe('planComparison', () => {
  it('compares with as much of the time before as has passed, to the minute', () => {
    expect(planComparison(march, february, at('2026-03-12T02:40:59Z'))).toEqual({
      kind: 'reading',
      window: { ...span('2026-02-09T14:37Z', '2026-02-12T02:40Z'), grouping: 'none' },
    });
  });

  it('compares to the hour once the range has run for 1,000 of them', () => {
    const [year, last] = [
      span('2026-01-01T00:30Z', '2027-01-01T00:30Z'),
      span('2025-01-01T00:30Z', '2026-01-01T00:30Z'),
    ];
    const cutAt = (nowMs: number) => {
      const planned = planComparison(year, last, nowMs);
      return planned.kind === 'reading' ? new Date(planned.window.endMs).toISOString() : planned.kind;
    };
    expect(cutAt(at('2026-02-11T16:29:59Z'))).toBe('2025-02-11T16:29:00.000Z');
    expect(cutAt(at('2026-02-11T16:59:59Z'))).toBe('2025-02-11T16:00:00.000Z');
  });

  it.each([
    ['the range is over', at('2026-04-09T14:37Z'), 'all'],
    ['it has run for longer than the time before', at('2026-04-08T00:00Z'), 'all'],
    ['it has just begun', at('2026-03-09T14:37:59Z'), 'none'],
    ['it lies ahead', at('2026-03-01T00:00Z'), 'none'],
  ])('where %s', (_, nowMs, kind) => {
    expect(planComparison(march, february, nowMs).kind).toBe(kind);
  });
});

it.each([
  ['sum', undefined, '0'],
  ['sum', '0', '0'],
  ['count', '3', '3'],
  ['last', '0', null],
  ['last', undefined, null],
  ['last', '7.5', '7.5'],
] as const)('a %s meter at %s compares as %s', (aggregation, quantity, compared) => {
  expect(comparedQuantity(quantity, aggregation)).toBe(compared);
});

it.each([
  ['110', '100', 0.1],
  ['0.3', '0.1', 2],
  ['0', '5', -1],
  ['999999999999999', '333333333333333', 2],
  ['5', '0', null],
  ['5', '-1', null],
  [null, '5', null],
  ['5', null, null],
])('from %s, before %s, the change is %s', (total, toDate, ratio) => {
  expect(changeRatioOf(total, toDate)).toBe(ratio);
});
