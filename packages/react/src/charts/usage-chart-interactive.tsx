'use client';
import {
  Component,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { yearIn } from '../format/bucket-name.ts';
import { usageWords } from '../i18n/usage.ts';
import { plotWords } from '../i18n/usage-plot.ts';
import { tableWords } from '../i18n/usage-table.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { bucketAt, moveCursor, pageOf, type Readout, readoutAt } from './cursor.ts';
import type { ChartFrame } from './geometry.ts';
import type { PlotPlan } from './plan.ts';
import { PlotDrawing, usePlan } from './plot-drawing.tsx';
import { readoutWords } from './readout-words.ts';
import type { UsagePlotProps } from './usage-plot-props.ts';

/** Comes with the picture: it shows the same figures, and is wanted as late. */
export { UsageTable } from '../usage-chart/usage-table.tsx';

export interface UsageChartInteractiveProps extends UsagePlotProps {
  /** The element that has the focus and receives keys and pointers. */
  box: RefObject<HTMLElement | null>;
  /** Names the drawing. */
  label: string;
  /** Shown until the drawing stands, and in its place where it fails. */
  fallback: ReactNode;
}

const words = { ...usageWords, ...plotWords, ...tableWords };

/**
 * The same picture with a cursor: pointer, touch and arrow keys read it bucket by bucket; Home and End, Page Up and
 * Page Down leap; Escape puts the cursor away. What the keys reach is announced politely.
 */
export function UsageChartInteractive({ box, label, fallback, ...plot }: UsageChartInteractiveProps) {
  const { print, locale, language } = useMeterboard();
  const m = useWords(words);
  const { plan, frame } = usePlan(plot);
  const { series, bucket, timeZone, nowMs, cumulative, width } = plot;
  const reached = reachedCount(plot);
  const cursor = useCursor(box, m.chartKeys, { plan, frame, plot, reached });
  const readout = cursor.index === null ? null : readoutAt(series, cursor.index, cumulative);
  const year = yearIn(series[0]?.buckets ?? []);
  const said = readout ? readoutWords(readout, { print, locale, language, timeZone, bucket, year, m }) : null;
  const drawing = useRef<HTMLDivElement>(null);
  const isDrawn = useDrawn(drawing);
  const stable = useStable({ plot, plan, frame });
  const semantics = isDrawn ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true };
  return (
    <>
      {isDrawn ? null : fallback}
      <div data-mb="drawing" ref={drawing} data-drawn={isDrawn || undefined} {...semantics}>
        <Fallible fallback={isDrawn ? fallback : null}>
          <PlotDrawing {...stable} />
        </Fallible>
      </div>
      {readout && said ? (
        <>
          <CursorMark readout={readout} plan={plan} frame={frame} plot={plot} nowMs={nowMs} />
          <Tip x={frame.x((readout.bucket.startMs + readout.bucket.endMs) / 2)} width={width}>
            <strong>{said.when}</strong>
            {said.lines.map(({ label, text }, place) => (
              <span key={label} data-series={said.lines.length > 1 ? place + 1 : undefined}>
                {label ? <span data-mb="sub">{label}</span> : null} {text}
              </span>
            ))}
            {[said.comparison, ...said.notes].map((note) =>
              note ? (
                <span key={note} data-mb="sub">
                  {note}
                </span>
              ) : null,
            )}
          </Tip>
        </>
      ) : null}
      <span data-mb="hidden" aria-live="polite">
        {cursor.byKey ? said?.spoken : ''}
      </span>
    </>
  );
}

/** Buckets that have begun; the others have nothing to say. */
function reachedCount({ series, nowMs }: UsagePlotProps): number {
  const buckets = series[0]?.buckets ?? [];
  return (buckets[0]?.startMs ?? 0) > nowMs ? 0 : bucketAt(buckets, nowMs) + 1;
}

interface CursorState {
  index: number | null;
  byKey: boolean;
}

interface CursorOptions {
  plan: PlotPlan;
  frame: ChartFrame;
  plot: UsagePlotProps;
  reached: number;
}

function useCursor(box: RefObject<HTMLElement | null>, keys: string, options: CursorOptions): CursorState {
  const [state, setState] = useState<CursorState>({ index: null, byKey: false });
  const latest = useRef({ options, state });
  useLayoutEffect(() => {
    latest.current = { options, state };
  });
  const handle = useCallback((event: Event) => {
    const {
      options: { plan, frame, plot, reached },
      state: { index },
    } = latest.current;
    if (event instanceof KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const next = event.key === 'Escape' ? null : moveCursor(event.key, index, reached, pageOf[plot.bucket]);
      if (next === null && (event.key !== 'Escape' || index === null)) return;
      event.preventDefault();
      event.stopPropagation();
      setState({ index: next, byKey: true });
      return;
    }
    if (event.type === 'blur' || event.type === 'pointerleave') {
      const isTouch = event instanceof PointerEvent && event.pointerType !== 'mouse';
      if (!isTouch)
        setState((now) => (event.type === 'blur' || !now.byKey ? { index: null, byKey: false } : now));
      return;
    }
    const { clientX, currentTarget } = event as PointerEvent;
    const at = clientX - (currentTarget as HTMLElement).getBoundingClientRect().left;
    const ratio = (at - frame.left) / (frame.right - frame.left);
    const atMs = plan.span.startMs + ratio * (plan.span.endMs - plan.span.startMs);
    const found = bucketAt(plot.series[0]?.buckets ?? [], atMs);
    const next = ratio < -0.05 || ratio > 1.05 || found >= reached ? null : found;
    setState((now) => (now.index === next && !now.byKey ? now : { index: next, byKey: false }));
  }, []);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const kinds = ['keydown', 'pointermove', 'pointerdown', 'pointerleave', 'blur'];
    for (const kind of kinds) element.addEventListener(kind, handle);
    // Said only once it is true.
    element.setAttribute('aria-description', keys);
    return () => {
      element.removeAttribute('aria-description');
      for (const kind of kinds) element.removeEventListener(kind, handle);
    };
  }, [box, keys, handle]);
  const { index, byKey } = state;
  return { index: index !== null && index < options.reached ? index : null, byKey };
}

/** Whether the chart library has put its marks into the page, which it does a moment after its first render. */
function useDrawn(drawing: RefObject<HTMLElement | null>): boolean {
  const [isDrawn, setDrawn] = useState(false);
  useLayoutEffect(() => {
    const element = drawing.current;
    if (!element) return;
    const hasMarks = () => element.querySelector('.recharts-curve, .recharts-bar-rectangle') !== null;
    if (hasMarks()) {
      setDrawn(true);
      return;
    }
    const observer = new MutationObserver(() => {
      if (!hasMarks()) return;
      observer.disconnect();
      setDrawn(true);
    });
    observer.observe(element, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [drawing]);
  return isDrawn;
}

/** The same object as long as plan and frame are: a moving cursor does not draw the chart again. */
function useStable<T extends { plan: unknown; frame: unknown }>(value: T): T {
  const kept = useRef(value);
  if (kept.current.plan !== value.plan || kept.current.frame !== value.frame) kept.current = value;
  return kept.current;
}

interface CursorMarkProps extends Omit<CursorOptions, 'reached'> {
  readout: Readout;
  nowMs: number;
}

function CursorMark({ readout: { bucket, parts }, plan, frame, plot, nowMs }: CursorMarkProps) {
  const { startMs, endMs } = bucket;
  const reachedMs = Math.max(startMs, Math.min(endMs, nowMs));
  const isEnd = plan.isLevel || (plot.cumulative && !plan.isLevel);
  const x = frame.x(plan.bars || !isEnd ? (startMs + endMs) / 2 : reachedMs);
  let edge = 0;
  return (
    <svg data-mb="cursor" width={plot.width} height={plot.height} aria-hidden="true">
      <path d={`M${x} ${frame.top}V${frame.bottom}`} />
      {parts.map(({ series, quantity }, place) => {
        if (quantity === null || plan.bars) return null;
        edge += Number(quantity);
        return (
          <circle key={series.meter.eventName} data-series={place + 1} cx={x} cy={frame.y(edge)} r="4" />
        );
      })}
    </svg>
  );
}

/** Beside the cursor, on the side that has more room. Placed by the style object of the page, which a strict policy allows. */
function Tip({ x, width, children }: { x: number; width: number; children: ReactNode }) {
  const isLeft = x > width / 2;
  return (
    <div data-mb="tip" aria-hidden="true" style={isLeft ? { right: width - x + 12 } : { left: x + 12 }}>
      {children}
    </div>
  );
}

interface FallibleProps {
  fallback: ReactNode;
  children: ReactNode;
}

/** Where the chart library throws, the picture from before stands in. */
class Fallible extends Component<FallibleProps, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? this.props.fallback : this.props.children;
  }
}
