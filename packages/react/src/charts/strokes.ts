import type { ChartFrame, ChartPoint } from './geometry.ts';
import type { KeptPoints, Trace } from './trace.ts';

/** A trace as paths of an SVG. */
export interface Strokes {
  /** Path of what is settled; gaps are separate strokes. */
  line: string;
  /** Path of what may still change, from the last settled point on. */
  tail: string;
  /** The area under both. */
  area: string;
  /** Known points between gaps, which no line shows. */
  lone: ChartPoint[];
  /** Where the line ends while time goes on; `null` where the last known point is settled. */
  open: ChartPoint | null;
}

/** Every known point; for traces of which a picture can show each. */
function keepAll({ top }: Trace): KeptPoints {
  const index = [...top.keys()].filter((at) => !Number.isNaN(top[at]));
  return { index, isStart: index.map((at) => !(at > 0 && !Number.isNaN(top[at - 1]))) };
}

/**
 * Draws a trace in a frame. Unknown is a gap, never zero. `keep` decides which points are drawn; for traces of thousands
 * `keepExtremes`.
 */
export function strokesOf(
  trace: Trace,
  { x, y }: ChartFrame,
  keep: (trace: Trace, columnOf: (atMs: number) => number) => KeptPoints = keepAll,
): Strokes {
  const strokes: Strokes = { line: '', tail: '', area: '', lone: [], open: null };
  const { index, isStart } = keep(trace, (atMs) => Math.floor(x(atMs)));
  let run: ChartPoint[] = [];
  let bases: number[] = [];
  let drawing: 'line' | 'tail' | null = null;
  const closeRun = () => {
    const [first] = run;
    const last = run.at(-1);
    if (first && first === last) strokes.lone.push(first);
    else if (first && last) {
      const back = trace.base
        ? bases
            .map((base, at) => `L${run[at]?.x} ${y(base)}`)
            .reverse()
            .join('')
        : `L${last.x} ${y(0)}L${first.x} ${y(0)}`;
      strokes.area += `M${run.map((point) => `${point.x} ${point.y}`).join('L')}${back}Z`;
    }
    run = [];
    bases = [];
    drawing = null;
  };
  for (const [order, at] of index.entries()) {
    if (isStart[order]) closeRun();
    const point = { x: x(trace.at[at] as number), y: y(trace.top[at] as number) };
    const from = run.at(-1);
    if (from) {
      const kind = at >= trace.looseFrom ? 'tail' : 'line';
      if (drawing !== kind) strokes[kind] += `M${from.x} ${from.y}`;
      strokes[kind] += `L${point.x} ${point.y}`;
      drawing = kind;
    }
    run.push(point);
    if (trace.base) bases.push(trace.base[at] as number);
    if (order === index.length - 1 && at >= trace.looseFrom) strokes.open = point;
  }
  closeRun();
  return strokes;
}
