import type { MeterSeries, UsageBucket } from '@meterboard/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureSeries } from '../testing/index.ts';
import { layoutFrame, niceTicks, thinLabels } from './geometry.ts';
import { strokesOf } from './strokes.ts';
import { traceOf } from './trace.ts';

const dayMs = 86_400_000;
const size = { width: 348, height: 136 };

/** In a plot of 300 × 100 that begins at (40, 10). */
function layout(series: MeterSeries, nowMs: number) {
  const isLevel = series.meter.aggregation === 'last';
  const trace = traceOf(series.buckets, isLevel ? 'along' : 'middle', nowMs);
  const known = trace.top.filter((value) => !Number.isNaN(value));
  const frame = layoutFrame(series.range, [Math.min(0, ...known), Math.max(0, ...known)], size, () => 40);
  const { x, y, ticks } = frame;
  return {
    ...strokesOf(trace, frame),
    ticks,
    points: trace.at.map((atMs, index) =>
      Number.isNaN(trace.top[index]) ? null : { x: x(atMs), y: y(trace.top[index] as number) },
    ),
    spans: series.buckets.map(({ startMs, endMs }) => ({ x: x(startMs), width: x(endMs) - x(startMs) })),
  };
}

function seriesOf(quantities: (string | null)[], rest: Partial<MeterSeries['meter']> = {}): MeterSeries {
  const [like] = fixtureSeries;
  if (!like) throw new Error('fixtures hold at least one series');
  const buckets: UsageBucket[] = quantities.map((quantity, day) => ({
    startMs: day * dayMs,
    endMs: (day + 1) * dayMs,
    quantity,
    cumulative: null,
    carriedForward: false,
    partial: false,
    provisional: false,
  }));
  const range = { ...like.range, startMs: 0, endMs: quantities.length * dayMs };
  return { ...like, meter: { ...like.meter, ...rest }, range, buckets, total: null };
}

function provisionalFrom(series: MeterSeries, from: number): MeterSeries {
  return {
    ...series,
    buckets: series.buckets.map((bucket, index) => ({ ...bucket, provisional: index >= from })),
  };
}

describe('niceTicks', () => {
  it.each([
    [0, 812, 4, [0, 250, 500, 750, 1000]],
    [0, 1, 4, [0, 0.25, 0.5, 0.75, 1]],
    [0, 0.3, 3, [0, 0.1, 0.2, 0.3]],
    [0, 10_000_000, 4, [0, 2_500_000, 5_000_000, 7_500_000, 10_000_000]],
    [-30, 50, 4, [-40, -20, 0, 20, 40, 60]],
    [0, 0, 4, [0, 1]],
  ])('covers %d to %d in about %i steps', (min, max, count, ticks) => {
    expect(niceTicks(min, max, count)).toEqual(ticks);
  });

  it('always covers the values, holds zero, and is even', () => {
    const value = fc
      .double({ min: -1e12, max: 1e12, noNaN: true })
      .filter((one) => one === 0 || Math.abs(one) > 1e-9);
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b)];
        const ticks = niceTicks(min, max, 4);
        const slack = 1e-9 * Math.max(Math.abs(min), Math.abs(max));
        expect(ticks).toContain(0);
        expect(ticks[0]).toBeLessThanOrEqual(min + slack);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(max - slack);
        expect(ticks.length).toBeLessThanOrEqual(12);
      }),
    );
  });
});

describe('thinLabels', () => {
  const days = [...Array(30).keys()];
  it.each([
    [2000, 30],
    [660, 5],
    [260, 3],
    [130, 2],
  ])('keeps labels apart at %i px', (width, count) => {
    const kept = thinLabels(days, 'day', width, 64);
    expect(kept).toHaveLength(count);
    const [first = 0, second = 30] = kept;
    expect(((second - first) / 30) * width).toBeGreaterThanOrEqual(62);
  });

  it('keeps one label however narrow it gets', () => {
    expect(thinLabels(days, 'day', 10, 64)).toEqual([0]);
  });
});

describe('a series in a frame', () => {
  it('places flows in the middle of their bucket', () => {
    const { points, spans } = layout(seriesOf(['10', '20', '0']), 3 * dayMs);
    expect(spans).toEqual([
      { x: 40, width: 100 },
      { x: 140, width: 100 },
      { x: 240, width: 100 },
    ]);
    expect(points).toEqual([
      { x: 90, y: 60 },
      { x: 190, y: 10 },
      { x: 290, y: 110 },
    ]);
  });

  it('tiles a range with 23- and 25-hour days', () => {
    const series = seriesOf(['1', '1']);
    const [first, second] = series.buckets;
    if (!first || !second) throw new Error('two buckets');
    const long = {
      ...series,
      range: { ...series.range, endMs: 48 * 3_600_000 },
      buckets: [
        { ...first, endMs: 23 * 3_600_000 },
        { ...second, startMs: 23 * 3_600_000, endMs: 48 * 3_600_000 },
      ],
    };
    const [a, b] = layout(long, 0).spans;
    expect((a?.x ?? 0) + (a?.width ?? 0)).toBeCloseTo(b?.x ?? 0, 5);
    expect((b?.x ?? 0) + (b?.width ?? 0)).toBeCloseTo(340, 5);
    expect(b?.width).toBeGreaterThan(a?.width ?? 0);
  });

  it('leaves a gap where nothing is known, and never draws it as zero', () => {
    const { line, area, points } = layout(seriesOf(['10', '10', null, '10', '10']), 5 * dayMs);
    expect(points[2]).toBeNull();
    expect(line.match(/M/g)).toHaveLength(2);
    expect(area.match(/Z/g)).toHaveLength(2);
    expect(line).not.toContain('110');
  });

  it('shows a known bucket between gaps as a dot', () => {
    const { lone, line } = layout(seriesOf([null, '10', null]), 3 * dayMs);
    expect(lone).toHaveLength(1);
    expect(line).toBe('');
  });

  it('draws nothing but the grid for a range that lies ahead', () => {
    const { line, tail, area, lone, open, ticks } = layout(seriesOf([null, null]), 0);
    expect([line, tail, area, lone, open]).toEqual(['', '', '', [], null]);
    expect(ticks).toHaveLength(2);
  });

  it('ends what may still change in an open dot, dashed from the last settled point', () => {
    const series = provisionalFrom(seriesOf(['10', '10', '5', null]), 2);
    const { line, tail, open, points } = layout(series, 2.5 * dayMs);
    expect(line).toBe('M77.5 10L152.5 10');
    expect(tail).toBe('M152.5 10L227.5 60');
    expect(open).toMatchObject(points[2] as object);
  });

  it('draws a partial bucket as firmly as a whole one: it is smaller, and not open', () => {
    const series = seriesOf(['5', '10', '10']);
    const [first, ...others] = series.buckets;
    if (!first) throw new Error('three buckets');
    const partial = { ...series, buckets: [{ ...first, partial: true }, ...others] };
    expect(layout(partial, 0)).toMatchObject({ line: 'M90 60L190 10L290 10', tail: '', open: null });
  });

  it('draws levels as steps that end now', () => {
    const series = provisionalFrom(seriesOf(['10', '20'], { aggregation: 'last' }), 1);
    const { line, tail, open } = layout(series, 1.5 * dayMs);
    expect(line).toBe('M40 60L190 60');
    expect(tail).toBe('M190 60L190 10L265 10');
    expect(open).toMatchObject({ x: 265, y: 10 });
  });

  it('keeps every mark inside the plot', () => {
    const quantity = fc.option(fc.integer({ min: -1_000_000, max: 1_000_000 }).map(String), { nil: null });
    fc.assert(
      fc.property(fc.array(quantity, { minLength: 1, maxLength: 60 }), (quantities) => {
        const { points } = layout(seriesOf(quantities), 0);
        expect(points).toHaveLength(quantities.length);
        for (const point of points) {
          if (!point) continue;
          expect(point.x).toBeGreaterThanOrEqual(40);
          expect(point.x).toBeLessThanOrEqual(340);
          expect(point.y).toBeGreaterThanOrEqual(10);
          expect(point.y).toBeLessThanOrEqual(110);
        }
      }),
    );
  });
});
