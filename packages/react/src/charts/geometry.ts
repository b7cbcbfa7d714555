import type { MeterSeries, UsageBucket } from '@meterboard/contract';

export interface ChartPoint {
  x: number;
  y: number;
}

/** What a bucket looks like. */
export interface ChartColumn {
  bucket: UsageBucket;
  x: number;
  width: number;
  /** `null` where nothing is known: a gap. */
  point: ChartPoint | null;
}

export interface ChartGeometry {
  /** Edges of the plot. */
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Grid lines, from the bottom up. */
  ticks: { value: number; y: number }[];
  /** One per bucket, in order. */
  columns: ChartColumn[];
  /** Path of what is settled; gaps are separate strokes. */
  line: string;
  /** Path of what may still change. */
  tail: string;
  /** The area under both. */
  area: string;
  /** Known buckets between gaps, which no line shows. */
  lone: ChartPoint[];
  /** Where the line ends while time goes on; `null` where the last known bucket is settled. */
  open: ChartPoint | null;
}

/**
 * Round values for an axis from at most `min` to at least `max`, ascending, zero always among them, in steps of
 * 1, 2, 2.5 or 5 times a power of ten and about `count` of them.
 */
export function niceTicks(min: number, max: number, count: number): number[] {
  const low = Math.min(0, min);
  const high = Math.max(0, max);
  if (low === high) return [0, 1];
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  return Array.from({ length: last - first + 1 }, (_, index) => {
    return Number(((first + index) * step).toPrecision(12));
  });
}

const strides = {
  hour: [1, 2, 3, 6, 12, 24],
  day: [1, 2, 7, 14, 28, 56],
  week: [1, 2, 4, 13, 26],
  month: [1, 2, 3, 6, 12],
};

/**
 * Which labels fit: every n-th of `candidates` (bucket indexes), n being a stride that reads naturally, so that
 * neighbours keep `labelWidth` apart.
 */
export function thinLabels(
  candidates: number[],
  bucket: keyof typeof strides,
  plotWidth: number,
  labelWidth: number,
): number[] {
  const room = Math.max(1, Math.floor(plotWidth / labelWidth));
  const needed = candidates.length / room;
  const stride = strides[bucket].find((one) => one >= needed) ?? Math.ceil(needed);
  return candidates.filter((_, index) => index % stride === 0);
}

/**
 * Lays a series out in a picture of this size; `gutter` says how much room the axis needs for its ticks. Flows (`sum`,
 * `count`) have their point in the middle of the bucket; levels (`last`) are steps as long as their bucket, the last
 * one as long as time has passed. Unknown is a gap, never zero.
 */
export function layoutSeries(
  { range, buckets, meter }: MeterSeries,
  size: { width: number; height: number },
  nowMs: number,
  gutter: (ticks: number[]) => number,
): ChartGeometry {
  const known = buckets.flatMap(({ quantity }) => (quantity === null ? [] : [Number(quantity)]));
  const top = 10;
  const bottom = size.height - 26;
  const values = niceTicks(Math.min(0, ...known), Math.max(0, ...known), bottom < 130 ? 3 : 4);
  const left = gutter(values);
  const right = size.width - 8;
  const low = values[0] ?? 0;
  const high = values.at(-1) ?? 1;
  const x = (ms: number) =>
    round(left + ((ms - range.startMs) / (range.endMs - range.startMs)) * (right - left));
  const y = (value: number) => round(top + (1 - (value - low) / (high - low)) * (bottom - top));

  const strokes = { line: '', tail: '' };
  const lone: ChartPoint[] = [];
  let area = '';
  let open: ChartPoint | null = null;
  let run: ChartPoint[] = [];
  let wasLoose = false;
  let drawing: keyof typeof strokes | null = null;
  const closeRun = () => {
    const [first] = run;
    const last = run.at(-1);
    if (first && first === last) lone.push(first);
    else if (first && last) {
      area += `M${run.map((point) => `${point.x} ${point.y}`).join('L')}L${last.x} ${y(0)}L${first.x} ${y(0)}Z`;
    }
    run = [];
    drawing = null;
  };
  const goTo = (to: ChartPoint, isLoose: boolean) => {
    const from = run.at(-1);
    if (from) {
      const key = isLoose ? 'tail' : 'line';
      if (drawing !== key) strokes[key] += `M${from.x} ${from.y}`;
      strokes[key] += `L${to.x} ${to.y}`;
      drawing = key;
    }
    run.push(to);
  };

  const columns = buckets.map((bucket): ChartColumn => {
    const { startMs, endMs, quantity, provisional } = bucket;
    const column = { bucket, x: x(startMs), width: round(x(endMs) - x(startMs)) };
    if (quantity === null) {
      closeRun();
      return { ...column, point: null };
    }
    const at = y(Number(quantity));
    let point = { x: x((startMs + endMs) / 2), y: at };
    if (meter.aggregation === 'last') {
      goTo({ x: column.x, y: at }, provisional);
      point = { x: x(Math.max(startMs, Math.min(endMs, nowMs))), y: at };
      if (point.x > column.x) goTo(point, provisional);
    } else {
      goTo(point, provisional || (run.length > 0 && wasLoose));
    }
    wasLoose = provisional;
    open = provisional ? point : null;
    return { ...column, point };
  });
  closeRun();
  const ticks = values.map((value) => ({ value, y: y(value) }));
  return { left, right, top, bottom, ticks, columns, ...strokes, area, lone, open };
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
