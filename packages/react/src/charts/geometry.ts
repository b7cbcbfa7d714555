import type { TimeSpan } from '@meterboard/contract';

export interface ChartPoint {
  x: number;
  y: number;
}

/** The plot inside a picture: its edges, its grid, and where an instant and a value lie in it. */
export interface ChartFrame {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Grid lines, from the bottom up. */
  ticks: { value: number; y: number }[];
  /** Pixels from the left edge of the picture, for Unix ms; whole range = whole plot. */
  x: (atMs: number) => number;
  y: (value: number) => number;
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
 * The frame of a picture of this size for values from `low` to `high` and zero; `gutter` says how much room the axis needs for
 * its ticks. Time runs from left to right in every language, as in the tables of a bank.
 */
export function layoutFrame(
  span: TimeSpan,
  [low, high]: readonly [number, number],
  size: { width: number; height: number },
  gutter: (ticks: number[]) => number,
): ChartFrame {
  const top = 10;
  const bottom = size.height - 26;
  const values = niceTicks(low, high, bottom < 130 ? 3 : 4);
  const left = gutter(values);
  const right = size.width - 8;
  const first = values[0] ?? 0;
  const last = values.at(-1) ?? 1;
  const x = (atMs: number) =>
    round(left + ((atMs - span.startMs) / (span.endMs - span.startMs)) * (right - left));
  const y = (value: number) => round(top + (1 - (value - first) / (last - first)) * (bottom - top));
  return { left, right, top, bottom, x, y, ticks: values.map((value) => ({ value, y: y(value) })) };
}

/** To a tenth of a pixel: finer than any eye, and short in the markup. */
export function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
