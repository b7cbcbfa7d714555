'use client';
import { useId } from 'react';
import { usageWords } from '../i18n/usage.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { gutterIn } from './chart-axes.tsx';
import { keepExtremes } from './down-sample.ts';
import { type ChartFrame, layoutFrame, round } from './geometry.ts';
import { type Bar, type PlotPlan, planPlot } from './plan.ts';
import { fillOf, PlotBack, PlotFront } from './plot-marks.tsx';
import { strokesOf } from './strokes.ts';
import type { UsagePlotProps } from './usage-plot-props.ts';

export interface UsagePlotStaticProps extends UsagePlotProps {
  /** Names the picture. */
  label: string;
  /** What it shows, in words. */
  summary: string;
}

/**
 * Usage over time with everything that belongs to it, as an SVG that is complete without JavaScript: an area, a line
 * or bars, stacked where there are several meters; the time before as a dotted ghost; limits; the forecast dashed with
 * its band; changes of plan. Renders an `<svg role="img">`. Unknown is a gap, never zero.
 */
export function UsagePlotStatic({ label, summary, ...plot }: UsagePlotStaticProps) {
  const { print } = useMeterboard();
  const m = useWords(usageWords);
  const id = useId();
  const plan = planPlot(plot);
  const { width, height } = plot;
  const frame = layoutFrame(plan.span, plan.extent, plot, gutterIn(print, plan.meter));
  const marks = { plan, frame, plot, id };
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-labelledby={`${id}t`}
      aria-describedby={`${id}d`}
    >
      <title id={`${id}t`}>{label}</title>
      <desc id={`${id}d`}>{summary || m.noReading}</desc>
      <PlotBack {...marks} />
      {plan.bars ? <BarLayers {...marks} /> : <TraceLayers {...marks} />}
      <PlotFront {...marks} />
    </svg>
  );
}

interface LayersProps {
  plan: PlotPlan;
  frame: ChartFrame;
  id: string;
}

function TraceLayers({ plan, frame, id }: LayersProps) {
  const isStacked = plan.traces.length > 1;
  return plan.traces.map((trace, place) => {
    const { line, tail, area, lone } = strokesOf(trace, frame, keepExtremes);
    const key = `${place}`;
    return (
      <g key={key} data-series={place + 1}>
        {area && (plan.shape !== 'line' || isStacked) ? (
          <path d={area} fill={fillOf(id, place, isStacked)} />
        ) : null}
        {line ? <path data-mb="line" data-series={place + 1} d={line} /> : null}
        {tail ? <path data-mb="line" data-series={place + 1} data-loose="" d={tail} /> : null}
        {lone.map(({ x, y }) => (
          <circle key={x} data-mb="dot" data-series={place + 1} cx={x} cy={y} r="3" />
        ))}
      </g>
    );
  });
}

/** One path of rectangles. */
export function barsPath(bars: Bar[], { x, y }: ChartFrame): string {
  return bars
    .map(({ startMs, endMs, base, top }) => {
      const [from, to] = [x(startMs), x(endMs)];
      const gap = Math.min(3, Math.max(0.5, (to - from) * 0.1));
      const [low, high] = [y(base), y(top)];
      return `M${round(from + gap)} ${low}V${high}H${round(to - gap)}V${low}Z`;
    })
    .join('');
}

function BarLayers({ plan, frame, id }: LayersProps) {
  return plan.bars?.map((bars, place) => {
    const key = `${place}`;
    const solid = bars.filter(({ isLoose }) => !isLoose);
    const loose = bars.filter(({ isLoose }) => isLoose);
    const fill = place > 0 ? fillOf(id, place, true) : undefined;
    return (
      <g key={key}>
        <path data-mb="bars" data-series={place + 1} fill={fill} d={barsPath(solid, frame)} />
        {loose.length ? (
          <path data-mb="bars" data-series={place + 1} data-loose="" d={barsPath(loose, frame)} />
        ) : null}
      </g>
    );
  });
}
