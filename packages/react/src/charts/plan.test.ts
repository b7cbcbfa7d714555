import type { MeterSeries } from '@meterboard/contract';
import { describe, expect, it } from 'vitest';
import { fixtureNowMs, fixtureSeries } from '../testing/index.ts';
import { layoutFrame } from './geometry.ts';
import { groupByUnit, maxBars, planPlot } from './plan.ts';
import { plotRows } from './plot-rows.ts';
import { strokesOf } from './strokes.ts';

const [requests, tokens, storage] = fixtureSeries as [MeterSeries, MeterSeries, MeterSeries];
const asked = { shape: 'area', cumulative: false, nowMs: fixtureNowMs } as const;
const dayMs = 86_400_000;

/** A second meter in the unit of the first. */
const more: MeterSeries = { ...tokens, meter: { ...tokens.meter, eventName: 'more', unit: 'requests' } };

function withGap(series: MeterSeries, at: number): MeterSeries {
  return {
    ...series,
    buckets: series.buckets.map((one, index) => (index === at ? { ...one, quantity: null } : one)),
  };
}

describe('planPlot', () => {
  it('puts layers of the same unit on each other', () => {
    const { traces, extent } = planPlot({ ...asked, series: [requests, more], bare: true });
    const [below, above] = traces;
    expect(above?.base?.slice(0, 22)).toEqual(below?.top.slice(0, 22));
    const first = Number(requests.buckets[0]?.quantity) + Number(more.buckets[0]?.quantity);
    expect(above?.top[0]).toBe(first);
    expect(extent[1]).toBe(Math.max(...(above?.top.filter((value) => value > 0) ?? [])));
  });

  it('knows no total of a column where one part is unknown', () => {
    const { traces } = planPlot({ ...asked, series: [requests, withGap(more, 4)] });
    expect(traces.map(({ top }) => top[4])).toEqual([Number.NaN, Number.NaN]);
  });

  it('leaves what lies ahead open, and never draws it as zero', () => {
    const { traces } = planPlot({ ...asked, series: [requests] });
    expect(traces[0]?.top.slice(22).every(Number.isNaN)).toBe(true);
  });

  it('begins a running total at zero and ends it where time has got to', () => {
    const { traces } = planPlot({ ...asked, cumulative: true, series: [requests] });
    const [trace] = traces;
    expect([trace?.at[0], trace?.top[0]]).toEqual([requests.range.startMs, 0]);
    const last = trace?.top.findLastIndex((value) => !Number.isNaN(value)) ?? 0;
    expect(trace?.at[last]).toBe(fixtureNowMs);
    expect(trace?.top[last]).toBe(Number(requests.total));
  });

  it('moves the time before to the same time after the start', () => {
    const { previous } = planPlot({ ...asked, series: [requests] });
    expect(previous?.at[0]).toBe(requests.range.startMs + dayMs / 2);
    expect(previous?.top[0]).toBe(Number(requests.previous?.buckets[0]?.quantity));
  });

  it('moves no time before that is another for each meter', () => {
    const before = more.previous as NonNullable<MeterSeries['previous']>;
    const buckets = before.buckets.map((one) => ({
      ...one,
      startMs: one.startMs + dayMs,
      endMs: one.endMs + dayMs,
    }));
    const previousWith = (second: MeterSeries) => planPlot({ ...asked, series: [requests, second] }).previous;
    expect(previousWith(more)).not.toBeNull();
    expect(previousWith({ ...more, previous: { ...before, buckets } })).toBeNull();
  });

  it('goes on from the last settled point to the forecast total', () => {
    const { forecast, traces } = planPlot({ ...asked, cumulative: true, series: [requests] });
    const total = requests.forecast?.kind === 'forecast' ? requests.forecast.total : null;
    expect(forecast?.line.top[0]).toBe(traces[0]?.top.findLast((value) => !Number.isNaN(value)));
    expect(forecast?.line.at.at(-1)).toBe(requests.range.endMs);
    expect(forecast?.line.top.at(-1)).toBe(Number(total?.mid));
    expect(forecast?.band.top.at(-1)).toBe(Number(total?.high));
    expect(forecast?.band.base?.at(-1)).toBe(Number(total?.low));
  });

  it('forecasts a pace whose days add up to the total', () => {
    const { forecast } = planPlot({ ...asked, series: [requests] });
    const total = requests.forecast?.kind === 'forecast' ? Number(requests.forecast.total.mid) : 0;
    const before = Number(requests.buckets[20]?.cumulative);
    const ahead = forecast?.line.top.slice(1).reduce((sum, one) => sum + one, 0) ?? 0;
    expect(before + ahead).toBe(total);
  });

  it('marks limits where they can be compared: running totals and levels', () => {
    const linesOf = (series: MeterSeries, cumulative: boolean) =>
      planPlot({ ...asked, cumulative, series: [series] }).lines;
    expect(linesOf(requests, false)).toEqual([]);
    expect(linesOf(requests, true)).toMatchObject([{ kind: 'included', value: 20_000, isBeyond: false }]);
    expect(linesOf(storage, false)).toMatchObject([{ kind: 'limit', value: 100, isBeyond: false }]);
    expect(linesOf({ ...storage, limit: '1000' }, false)).toMatchObject([{ isBeyond: true }]);
  });

  it('does not flatten the picture for a limit far away', () => {
    const { extent } = planPlot({ ...asked, series: [{ ...storage, limit: '1000000' }] });
    expect(extent[1]).toBeLessThan(100);
  });

  it('draws an area where there are too many bars to tell apart', () => {
    const buckets = Array.from({ length: maxBars + 1 }, (_, index) => ({
      ...(requests.buckets[0] as MeterSeries['buckets'][number]),
      startMs: index,
      endMs: index + 1,
    }));
    const range = { ...requests.range, startMs: 0, endMs: buckets.length };
    expect(planPlot({ ...asked, shape: 'bar', series: [requests] }).bars?.[0]).toHaveLength(22);
    expect(planPlot({ ...asked, shape: 'bar', series: [{ ...requests, buckets, range }] }).bars).toBeNull();
  });

  it('marks each change of plan within the range once', () => {
    const { changes } = planPlot({ ...asked, series: [requests, { ...more, changes: requests.changes }] });
    expect(changes).toEqual(requests.changes);
  });
});

describe('groupByUnit', () => {
  it('stacks what has the same unit, and never levels', () => {
    expect(groupByUnit([requests, storage, more, tokens])).toEqual([[requests, more], [storage], [tokens]]);
    const level = { ...storage, meter: { ...storage.meter, eventName: 'other' } };
    expect(groupByUnit([storage, level])).toHaveLength(2);
    const nameless = { ...requests, meter: { ...requests.meter, unit: null } };
    expect(groupByUnit([nameless, { ...nameless }])).toHaveLength(2);
  });

  it('draws meters of different billing periods apart, however many days these have', () => {
    const later = (one: { startMs: number; endMs: number }) => ({
      startMs: one.startMs + 11 * dayMs,
      endMs: one.endMs + 11 * dayMs,
    });
    const elsewhere = {
      ...more,
      range: { ...more.range, ...later(more.range) },
      buckets: more.buckets.map((one) => ({ ...one, ...later(one) })),
    };
    expect(groupByUnit([requests, elsewhere])).toEqual([[requests], [elsewhere]]);
    const [first, ...rest] = more.buckets as [MeterSeries['buckets'][number]];
    const short = { ...more, buckets: [{ ...first, startMs: first.startMs + 1 }, ...rest] };
    expect(groupByUnit([requests, short])).toHaveLength(2);
  });
});

describe('plotRows', () => {
  const frameOf = (plan: ReturnType<typeof planPlot>) =>
    layoutFrame(plan.span, plan.extent, { width: 348, height: 136 }, () => 40);

  it('gives the chart library the same points as the static picture', () => {
    const plan = planPlot({ ...asked, series: [withGap(requests, 5)], bare: true });
    const frame = frameOf(plan);
    const rows = plotRows(plan, frame);
    const { line, tail } = strokesOf(plan.traces[0] as (typeof plan.traces)[number], frame);
    const drawn = rows.flatMap(({ at, lines }) =>
      typeof lines[0] === 'number' ? [`${frame.x(at)} ${frame.y(lines[0])}`] : [],
    );
    expect(line.split(/[ML]/).filter(Boolean)).toEqual(drawn);
    expect(tail).toContain(`${frame.x(rows.at(-1)?.at ?? 0)}`);
    expect(rows.filter(({ areas }) => areas[0] === null)).toHaveLength(1);
  });

  const hours = (seed: number): MeterSeries => {
    const buckets = Array.from({ length: 8760 }, (_, hour) => ({
      ...(requests.buckets[0] as MeterSeries['buckets'][number]),
      startMs: hour,
      endMs: hour + 1,
      quantity: hour % 1000 < 60 ? null : String((hour * seed) % 1000),
    }));
    return { ...requests, buckets, range: { ...requests.range, startMs: 0, endMs: 8760 } };
  };

  it.each([[[7919]], [[7919, 104_729, 1_299_709, 15_485_863, 17]]])(
    'never gives it more than four points per pixel column, and each layer its peaks: %j',
    (seeds) => {
      const plan = planPlot({ ...asked, series: seeds.map(hours), bare: true });
      const frame = frameOf(plan);
      const drawn = new Map<number, [number, number][][]>();
      for (const { at, areas } of plotRows(plan, frame)) {
        const column = Math.floor(frame.x(at));
        const points = areas.flatMap((one) => (one ? [one] : []));
        if (points.length > 0) drawn.set(column, [...(drawn.get(column) ?? []), points]);
      }
      expect(drawn.size).toBeGreaterThan(270);
      expect(Math.max(...[...drawn.values()].map((rows) => rows.length))).toBeLessThanOrEqual(4);
      for (const [layer, { at, top }] of plan.traces.entries()) {
        const whole = new Map<number, number[]>();
        for (const [index, value] of top.entries()) {
          const column = Math.floor(frame.x(at[index] as number));
          if (!Number.isNaN(value)) whole.set(column, [...(whole.get(column) ?? []), value]);
        }
        for (const [column, values] of whole) {
          const rows = drawn.get(column) ?? [];
          const tops = rows.map((points) => points[layer]?.[1] ?? Number.NaN);
          expect([Math.min(...tops), Math.max(...tops)]).toEqual([Math.min(...values), Math.max(...values)]);
          const below = rows.map((points) => points[layer - 1]?.[1] ?? 0);
          expect(rows.map((points) => points[layer]?.[0])).toEqual(below);
        }
      }
    },
  );

  it('leaves out no gap that a picture can show', () => {
    const plan = planPlot({ ...asked, series: [7919, 17].map(hours), bare: true });
    const blanks = plotRows(plan, frameOf(plan)).filter(({ areas }) => areas[0] === null);
    expect(blanks).toHaveLength(8);
  });
});
