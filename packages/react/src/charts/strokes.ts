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
  return { index, isStart: index.map((at, order) => index[order - 1] !== at - 1) };
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
  let run: (ChartPoint & { base: number })[] = [];
  let drawing: 'line' | 'tail' | null = null;
  const closeRun = () => {
    const [first] = run;
    const last = run.at(-1);
    if (first && first === last) strokes.lone.push(first);
    else if (first && last) {
      const forth = run.map((point) => `${point.x} ${point.y}`).join('L');
      // Where the area begins at zero, its ends say so.
      const below = trace.base ? run.reverse() : [last, first];
      const back = below.map((point) => `L${point.x} ${y(point.base)}`).join('');
      strokes.area += `M${forth}${back}Z`;
    }
    run = [];
    drawing = null;
  };
  for (const [order, at] of index.entries()) {
    if (isStart[order]) closeRun();
    const base = trace.base?.[at] ?? 0;
    const point = { x: x(trace.at[at] as number), y: y(trace.top[at] as number), base };
    const from = run.at(-1);
    if (from) {
      const kind = at >= trace.looseFrom ? 'tail' : 'line';
      if (drawing !== kind) strokes[kind] += `M${from.x} ${from.y}`;
      strokes[kind] += `L${point.x} ${point.y}`;
      drawing = kind;
    }
    run.push(point);
    if (order === index.length - 1 && at >= trace.looseFrom) strokes.open = point;
  }
  closeRun();
  return strokes;
}
