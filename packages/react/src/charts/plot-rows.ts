import { keepExtremes } from './down-sample.ts';
import type { ChartFrame } from './geometry.ts';
import type { PlotPlan } from './plan.ts';
import type { Trace } from './trace.ts';

/** One column of figures for the chart library: of each trace its area, its settled and its loose line. */
export interface PlotRow {
  at: number;
  areas: ([base: number, top: number] | null)[];
  lines: (number | null)[];
  tails: (number | null)[];
}

/** More points of a pixel column cannot be told apart. */
const maxPerColumn = 4;

/**
 * What the chart library is given to draw: no more than four rows per pixel column, and one empty row for each gap. Of
 * a stack each row holds all layers, which stay on each other.
 */
export function plotRows(plan: PlotPlan, { x }: ChartFrame): PlotRow[] {
  const [first, ...others] = plan.traces;
  if (!first) return [];
  const column = (atMs: number) => Math.floor(x(atMs));
  return others.length > 0 ? stackedRows(plan.traces, column) : singleRows(first, column);
}

function singleRows(trace: Trace, column: (atMs: number) => number): PlotRow[] {
  const { index, isStart } = keepExtremes(trace, column);
  const list = rowsFor([trace]);
  for (const [order, at] of index.entries()) list.put(at, isStart[order] ?? false);
  return list.rows;
}

/**
 * Each layer has its peaks at times of its own, and four rows cannot have all of these: in a crowded column one row has
 * the smallest figures of all layers, and one the largest. So each layer covers the pixels that all its points would.
 */
function stackedRows(traces: Trace[], column: (atMs: number) => number): PlotRow[] {
  const [first] = traces;
  if (!first) return [];
  const list = rowsFor(traces);
  const starts = new Set<number>();
  let members: number[] = [];
  const put = (at: number | undefined, pick?: (...values: number[]) => number) => {
    if (at === undefined) return;
    const tops = pick && traces.map(({ top }) => pick(...members.map((one) => top[one] as number)));
    list.put(at, starts.has(at), tops);
  };
  const flush = () => {
    if (members.length > maxPerColumn) {
      put(members[0]);
      put(members[1], Math.min);
      put(members.at(-2), Math.max);
      put(members.at(-1));
    } else for (const at of members) put(at);
    members = [];
  };
  let isGap = true;
  for (const [index, atMs] of first.at.entries()) {
    // A column of a stack is unknown as a whole.
    if (Number.isNaN(first.top[index])) {
      isGap = true;
      continue;
    }
    const [start = index] = members;
    if (column(first.at[start] as number) !== column(atMs)) flush();
    members.push(index);
    if (isGap) starts.add(index);
    isGap = false;
  }
  flush();
  return list.rows;
}

/** Collects rows; a gap before a point is an empty row. `tops`: instead of the point's own figures. */
function rowsFor(traces: Trace[]) {
  const rows: PlotRow[] = [];
  const blank = traces.map(() => null);
  const put = (index: number, isStart: boolean, tops = traces.map(({ top }) => top[index] as number)) => {
    const at = traces[0]?.at[index] as number;
    const before = rows.at(-1);
    if (before && isStart) {
      rows.push({ at: (before.at + at) / 2, areas: blank, lines: blank, tails: blank });
    }
    rows.push({
      at,
      areas: tops.map((top, layer) => [tops[layer - 1] ?? 0, top]),
      lines: traces.map(({ looseFrom }, layer) => (index < looseFrom ? (tops[layer] ?? null) : null)),
      tails: traces.map(({ looseFrom }, layer) => (index >= looseFrom - 1 ? (tops[layer] ?? null) : null)),
    });
  };
  return { rows, put };
}
