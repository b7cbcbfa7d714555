import type {
  Meter,
  MeterSeries,
  PlanChange,
  TimeSpan,
  UsageBucket,
  UsageForecast,
} from '@meterboard/contract';
import { type Placement, quantityOf, type Trace, traceOf } from './trace.ts';

export type ChartShape = 'area' | 'line' | 'bar';

/** What to draw of one meter, or of several that can stand on each other (`canStack`). */
export interface PlotRequest {
  /** At least one; all of the same range and buckets. */
  series: MeterSeries[];
  /** More than a hundred bars are drawn as an area. */
  shape: ChartShape;
  /** From the start of the range to each bucket. Levels are never added up. */
  cumulative: boolean;
  /** The server's clock when it answered: where time has got to. */
  nowMs: number;
  /** Without limits, changes, comparison and forecast. */
  bare?: boolean;
}

/** A bar of a bucket, in the units of the axes. */
export interface Bar extends TimeSpan {
  base: number;
  top: number;
  isLoose: boolean;
}

/** A quantity that a picture marks across its whole width. */
export interface PlotLine {
  kind: 'limit' | 'included';
  value: number;
  quantity: string;
  /** It lies so far above everything else that the picture would be empty below it. */
  isBeyond: boolean;
}

/** Everything that a picture of usage shows, in milliseconds and quantities; pixels come later. */
export interface PlotPlan {
  span: TimeSpan;
  /** Whose quantities stand at the vertical axis: of a stack the first one's. */
  meter: Meter;
  isLevel: boolean;
  shape: ChartShape;
  /** One per meter, from the bottom up. */
  traces: Trace[];
  /** One row per meter, where the shape is `bar`. */
  bars: Bar[][] | null;
  /** The time before, moved to the same time after the start; of all meters together. */
  previous: Trace | null;
  /** How it will go on, from the last known point; `band` from the low to the high end of the middle 80 %. */
  forecast: { line: Trace; band: Trace } | null;
  lines: PlotLine[];
  changes: PlanChange[];
  /** Of everything that has to be inside. */
  extent: [low: number, high: number];
}

/** As many bars as can be told apart. */
export const maxBars = 100;

const beyondFactor = 4;

/** Lays out what to draw. A column of a stack is unknown as a whole where one of its parts is. */
export function planPlot(request: PlotRequest): PlotPlan {
  const { series, cumulative, nowMs, bare = false } = request;
  const [main] = series;
  if (!main) throw new Error('A picture of usage needs at least one series.');
  const isLevel = main.meter.aggregation === 'last';
  const isSum = cumulative && !isLevel;
  const { startMs, endMs } = main.range;
  const shape = request.shape === 'bar' && main.buckets.length > maxBars ? 'area' : request.shape;
  const placement: Placement = isLevel ? 'along' : isSum ? 'end' : 'middle';
  const figureOf = isSum ? cumulativeOf : quantityOf;
  const stack = stackValues(series.map(({ buckets }) => buckets.map(figureOf)));
  const traces = series.map(({ buckets }, layer) => {
    const tops = traceOf(buckets, placement, nowMs, (_, index) => stack[layer]?.[index] ?? Number.NaN);
    const below = stack[layer - 1];
    const base = below ? traceOf(buckets, placement, nowMs, (_, index) => below[index] ?? 0).top : null;
    return fromZero({ ...tops, base }, placement, startMs);
  });
  const bars =
    shape === 'bar'
      ? series.map(({ buckets }, layer) => barsOf(buckets, stack[layer] ?? [], stack[layer - 1]))
      : null;
  const previous = bare ? null : previousTrace(series, placement, figureOf);
  const forecast = bare ? null : forecastTrace(series, isSum, traces.at(-1), nowMs);
  const drawn = [...traces, previous, forecast?.band].flatMap((trace) => trace?.top ?? []);
  const [low, high] = extentOf(drawn);
  const lines = bare ? [] : linesOf(series, isSum || isLevel, high);
  const within = lines.flatMap(({ value, isBeyond }) => (isBeyond ? [] : [value]));
  return {
    span: { startMs, endMs },
    meter: main.meter,
    isLevel,
    shape,
    traces,
    bars,
    previous,
    forecast,
    lines,
    changes: bare ? [] : changesOf(series).filter(({ atMs }) => atMs > startMs && atMs < endMs),
    extent: [low, Math.max(high, ...within)],
  };
}

/** Whether meters can stand on each other: the same unit, the same buckets, and no level among them. */
export function canStack(series: readonly MeterSeries[]): boolean {
  const [first] = series;
  return series.every(
    ({ meter, buckets }) =>
      meter.unit === first?.meter.unit &&
      meter.aggregation !== 'last' &&
      haveSameEdges(buckets, first?.buckets ?? []),
  );
}

/** Billing periods of two subscriptions may have as many days, and yet none in common. */
function haveSameEdges(some: readonly TimeSpan[], others: readonly TimeSpan[]): boolean {
  return (
    some.length === others.length &&
    some.every(
      ({ startMs, endMs }, index) => startMs === others[index]?.startMs && endMs === others[index]?.endMs,
    )
  );
}

/** In groups that share a picture: meters whose units and buckets agree together, each other one alone, in the order given. */
export function groupByUnit(series: readonly MeterSeries[]): MeterSeries[][] {
  const groups: MeterSeries[][] = [];
  for (const one of series) {
    const group = one.meter.unit === null ? undefined : groups.find((other) => canStack([...other, one]));
    if (group) group.push(one);
    else groups.push([one]);
  }
  return groups;
}

/** `NaN` for what is not known. */
function cumulativeOf({ cumulative }: UsageBucket): number {
  return cumulative === null ? Number.NaN : Number(cumulative);
}

/** A running total begins at zero, where the range does. */
function fromZero(trace: Trace, placement: Placement, startMs: number): Trace {
  const { at, top, base, looseFrom } = trace;
  if (placement !== 'end' || Number.isNaN(top[0] ?? Number.NaN)) return trace;
  return { at: [startMs, ...at], top: [0, ...top], base: base && [0, ...base], looseFrom: looseFrom + 1 };
}

/** Each layer's upper edge. */
function stackValues(layers: number[][]): number[][] {
  const columns = layers[0]?.length ?? 0;
  const edges = layers.map(() => new Array<number>(columns).fill(Number.NaN));
  for (let column = 0; column < columns; column += 1) {
    let edge = 0;
    if (layers.some((layer) => Number.isNaN(layer[column] ?? Number.NaN))) continue;
    for (const [layer, values] of layers.entries()) {
      edge += values[column] as number;
      (edges[layer] as number[])[column] = edge;
    }
  }
  return edges;
}

function barsOf(buckets: UsageBucket[], tops: number[], bases: number[] | undefined): Bar[] {
  return buckets.flatMap(({ startMs, endMs, provisional }, index) => {
    const top = tops[index] ?? Number.NaN;
    return Number.isNaN(top)
      ? []
      : [{ startMs, endMs, base: bases?.[index] ?? 0, top, isLoose: provisional }];
  });
}

function previousTrace(
  series: MeterSeries[],
  placement: Placement,
  figureOf: (bucket: UsageBucket) => number,
): Trace | null {
  const [main] = series;
  const before = series.map(({ previous }) => previous);
  const [first] = before;
  if (!main || !first || !before.every((one) => one && haveSameEdges(one.buckets, first.buckets)))
    return null;
  const edges = stackValues(before.map((one) => (one?.buckets ?? []).map(figureOf)));
  const shiftMs = main.range.startMs - first.range.startMs;
  const moved = first.buckets.map((bucket) => ({
    ...bucket,
    startMs: bucket.startMs + shiftMs,
    endMs: Math.min(bucket.endMs + shiftMs, main.range.endMs),
    provisional: false,
  }));
  const within = moved.filter(({ startMs }) => startMs < main.range.endMs);
  const top = edges.at(-1) ?? [];
  const trace = traceOf(within, placement, Number.POSITIVE_INFINITY, (_, index) => top[index] ?? Number.NaN);
  return trace.top.some((value) => !Number.isNaN(value))
    ? fromZero(trace, placement, main.range.startMs)
    : null;
}

/** As totals from the start, or as the pace that leads to them: the difference from one bucket to the next. */
function forecastTrace(
  series: MeterSeries[],
  isSum: boolean,
  upper: Trace | undefined,
  nowMs: number,
): PlotPlan['forecast'] {
  const all = series.flatMap(({ forecast }) => (forecast?.kind === 'forecast' ? [forecast] : []));
  const [first] = all;
  if (!first || all.length < series.length || !upper) return null;
  const ends = { low: 0, mid: 0, high: 0 };
  const trace = (): Trace => ({ at: [], top: [], base: null, looseFrom: 0 });
  const line = trace();
  const band: Trace = { ...trace(), base: [] };
  const put = (atMs: number, low: number, mid: number, high: number) => {
    line.at.push(atMs);
    line.top.push(mid);
    band.at.push(atMs);
    band.top.push(high);
    band.base?.push(low);
  };
  const from = upper.top.findLastIndex(
    (value, index) => !Number.isNaN(value) && (isSum || index < upper.looseFrom),
  );
  if (from >= 0) {
    const start = upper.top[from] as number;
    put(upper.at[from] as number, start, start, start);
  }
  const reached = isSum ? null : reachedBefore(series, first);
  for (const [index, { startMs, endMs }] of first.buckets.entries()) {
    const now = {
      low: sumOf(all, index, 'low'),
      mid: sumOf(all, index, 'mid'),
      high: sumOf(all, index, 'high'),
    };
    const since = index === 0 && reached !== null ? { low: reached, mid: reached, high: reached } : ends;
    if (isSum) {
      if (endMs > nowMs) put(endMs, now.low, now.mid, now.high);
    } else if (index > 0 || reached !== null) {
      put((startMs + endMs) / 2, now.low - since.low, now.mid - since.mid, now.high - since.high);
    }
    Object.assign(ends, now);
  }
  return line.at.length > 1 ? { line, band } : null;
}

/** What had added up before the forecast's first bucket; `null` where that is not known. */
function reachedBefore(series: MeterSeries[], forecast: UsageForecast): number | null {
  const startMs = forecast.buckets[0]?.startMs ?? 0;
  let reached = 0;
  for (const { buckets } of series) {
    const before = buckets.findLast(({ endMs }) => endMs <= startMs);
    if (before && before.cumulative === null) return null;
    reached += before ? Number(before.cumulative) : 0;
  }
  return reached;
}

function sumOf(forecasts: UsageForecast[], index: number, edge: 'low' | 'mid' | 'high'): number {
  return forecasts.reduce((sum, { buckets }) => sum + Number(buckets[index]?.cumulative[edge] ?? 0), 0);
}

function linesOf(series: MeterSeries[], isComparable: boolean, high: number): PlotLine[] {
  const [only] = series;
  if (!isComparable || !only || series.length > 1) return [];
  return (['included', 'limit'] as const).flatMap((kind) => {
    const quantity = only[kind];
    if (quantity === null) return [];
    const value = Number(quantity);
    return [{ kind, value, quantity, isBeyond: value > high * beyondFactor }];
  });
}

/** All meters' changes; the same change of several meters once. */
function changesOf(series: MeterSeries[]): PlanChange[] {
  const byTime = new Map(series.flatMap(({ changes }) => changes.map((one) => [one.atMs, one])));
  return [...byTime.values()].sort((a, b) => a.atMs - b.atMs);
}

function extentOf(values: number[]): [number, number] {
  let low = 0;
  let high = 0;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
