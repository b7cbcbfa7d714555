import type { KeptPoints, Trace } from './trace.ts';

/**
 * What a picture can show of a trace: of each pixel column its first, last, smallest and largest point (M4, Jugel et
 * al. 2014), so at most four, and every gap. A line through them looks like the line through all.
 */
export function keepExtremes({ at, top }: Trace, columnOf: (atMs: number) => number): KeptPoints {
  const kept: KeptPoints = { index: [], isStart: [] };
  const gapsBefore = new Int32Array(at.length);
  let gaps = 0;
  let gapsAtLast = -1;
  let column = Number.NaN;
  let first = -1;
  let last = -1;
  let low = -1;
  let high = -1;
  const flush = () => {
    if (first < 0) return;
    for (const index of [first, Math.min(low, high), Math.max(low, high), last]) {
      if (index === kept.index.at(-1)) continue;
      kept.index.push(index);
      kept.isStart.push(gapsBefore[index] !== gapsAtLast);
      gapsAtLast = gapsBefore[index] as number;
    }
    first = -1;
  };
  for (let index = 0; index < at.length; index += 1) {
    const value = top[index] as number;
    if (Number.isNaN(value)) {
      gaps += 1;
      continue;
    }
    gapsBefore[index] = gaps;
    const here = columnOf(at[index] as number);
    if (here !== column) {
      flush();
      column = here;
    }
    if (first < 0) {
      first = index;
      low = index;
      high = index;
    } else if (value < (top[low] as number)) low = index;
    else if (value > (top[high] as number)) high = index;
    last = index;
  }
  flush();
  return kept;
}
