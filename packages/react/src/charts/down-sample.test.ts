import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepExtremes } from './down-sample.ts';
import type { Trace } from './trace.ts';

/** `null` is what is not known. */
const values = fc.array(fc.option(fc.integer({ min: -1000, max: 1000 }), { nil: null, freq: 8 }), {
  maxLength: 400,
});

function traceOfValues(all: (number | null)[]): Trace {
  return {
    at: all.map((_, index) => index),
    top: all.map((value) => value ?? Number.NaN),
    base: null,
    looseFrom: all.length,
  };
}

/** Known indexes of each pixel column. */
function byColumn(all: (number | null)[], perColumn: number): Map<number, number[]> {
  const columns = new Map<number, number[]>();
  for (const [index, value] of all.entries()) {
    if (value === null) continue;
    const column = Math.floor(index / perColumn);
    columns.set(column, [...(columns.get(column) ?? []), index]);
  }
  return columns;
}

const perColumn = fc.integer({ min: 1, max: 40 });

describe('keepExtremes', () => {
  it('keeps first, last, smallest and largest of every pixel column, and no more than four points', () => {
    fc.assert(
      fc.property(values, perColumn, (all, width) => {
        const { index } = keepExtremes(traceOfValues(all), (at) => Math.floor(at / width));
        const kept = new Set(index);
        for (const members of byColumn(all, width).values()) {
          const inColumn = members.filter((one) => kept.has(one));
          const figures = (some: number[]) => some.map((one) => all[one] as number);
          expect(inColumn.length).toBeLessThanOrEqual(4);
          expect(inColumn[0]).toBe(members[0]);
          expect(inColumn.at(-1)).toBe(members.at(-1));
          expect(Math.min(...figures(inColumn))).toBe(Math.min(...figures(members)));
          expect(Math.max(...figures(inColumn))).toBe(Math.max(...figures(members)));
        }
      }),
    );
  });

  it('keeps every gap between the points that it keeps, and makes none', () => {
    fc.assert(
      fc.property(values, perColumn, (all, width) => {
        const { index, isStart } = keepExtremes(traceOfValues(all), (at) => Math.floor(at / width));
        for (const [order, one] of index.entries()) {
          const before = index[order - 1];
          const hasGap = before === undefined || all.slice(before, one).includes(null);
          expect(isStart[order]).toBe(hasGap);
        }
      }),
    );
  });

  it('keeps the order of time, and no point twice', () => {
    fc.assert(
      fc.property(values, perColumn, (all, width) => {
        const { index } = keepExtremes(traceOfValues(all), (at) => Math.floor(at / width));
        expect(index).toEqual([...new Set(index)].sort((a, b) => a - b));
      }),
    );
  });

  it('keeps everything where each point has a column of its own', () => {
    const all = [3, null, 5, 4, null, null, 1];
    expect(keepExtremes(traceOfValues(all), (at) => at)).toEqual({
      index: [0, 2, 3, 6],
      isStart: [true, true, false, true],
    });
  });
});
