import { keepExtremes } from './down-sample.ts';
import type { ChartFrame } from './geometry.ts';
import type { PlotPlan } from './plan.ts';

/** One column of figures for the chart library: of each trace its area, its settled and its loose line. */
export interface PlotRow {
  at: number;
  areas: ([base: number, top: number] | null)[];
  lines: (number | null)[];
  tails: (number | null)[];
}

/**
 * What the chart library is given to draw: of each trace no more than four points per pixel column (the same for all
 * layers of a stack, so that they stay on each other), and one empty row for each gap.
 */
export function plotRows({ traces }: PlotPlan, { x }: ChartFrame): PlotRow[] {
  const [first] = traces;
  if (!first) return [];
  const column = (atMs: number) => Math.floor(x(atMs));
  const all = traces.map((trace) => keepExtremes(trace, column));
  const starts = new Set<number>();
  const kept = new Set<number>();
  for (const { index, isStart } of all) {
    for (const [order, one] of index.entries()) {
      kept.add(one);
      if (isStart[order]) starts.add(one);
    }
  }
  const rows: PlotRow[] = [];
  const blank = traces.map(() => null);
  const ordered = traces.length > 1 ? [...kept].sort((a, b) => a - b) : [...kept];
  for (const index of ordered) {
    const at = first.at[index] as number;
    const before = rows.at(-1);
    if (before && starts.has(index)) {
      rows.push({ at: (before.at + at) / 2, areas: blank, lines: blank, tails: blank });
    }
    rows.push({
      at,
      areas: traces.map(({ top, base }) => [base?.[index] ?? 0, top[index] as number]),
      lines: traces.map(({ top, looseFrom }) => (index < looseFrom ? (top[index] as number) : null)),
      tails: traces.map(({ top, looseFrom }) => (index >= looseFrom - 1 ? (top[index] as number) : null)),
    });
  }
  return rows;
}
