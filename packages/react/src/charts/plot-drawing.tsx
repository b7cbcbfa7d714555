'use client';
import { memo, useId, useMemo } from 'react';
import { Area, Bar, ComposedChart, Line, XAxis, YAxis, ZIndexLayer } from 'recharts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { gutterIn } from './chart-axes.tsx';
import { type ChartFrame, layoutFrame } from './geometry.ts';
import { type Bar as PlotBar, type PlotPlan, planPlot } from './plan.ts';
import { fillOf, PlotBack, PlotFront } from './plot-marks.tsx';
import { type PlotRow, plotRows } from './plot-rows.ts';
import type { UsagePlotProps } from './usage-plot-props.ts';
import { barsPath } from './usage-plot-static.tsx';

/** Above everything that the chart library draws. */
const frontLayer = 2_000;

/** A plan and its frame; the same objects as long as the plot is the same. */
export function usePlan(plot: UsagePlotProps): { plan: PlotPlan; frame: ChartFrame } {
  const { series, shape, cumulative, nowMs, bare, width, height } = plot;
  const { print } = useMeterboard();
  return useMemo(() => {
    const plan = planPlot({ series, shape, cumulative, nowMs, bare });
    return {
      plan,
      frame: layoutFrame(plan.span, plan.extent, { width, height }, gutterIn(print, plan.meter)),
    };
  }, [series, shape, cumulative, nowMs, bare, width, height, print]);
}

export interface PlotDrawingProps {
  plot: UsagePlotProps;
  plan: PlotPlan;
  frame: ChartFrame;
}

/**
 * The usage drawn by recharts, in the very frame of the picture that it replaces: without animation, on a numeric
 * axis, without dots, and with no more points than pixels can show. Renders nothing on the server.
 */
export const PlotDrawing = memo(function PlotDrawing({ plot, plan, frame }: PlotDrawingProps) {
  const id = useId();
  const { width, height } = plot;
  const rows = useMemo(() => (plan.bars ? barRows(plan.bars) : plotRows(plan, frame)), [plan, frame]);
  const marks = { plan, frame, plot, id };
  const { left, right, bottom, ticks } = frame;
  const count = plan.traces.length;
  const isStacked = count > 1;
  return (
    <ComposedChart
      width={width}
      height={height}
      data={rows as object[]}
      margin={{ left, right: width - right, top: frame.top, bottom: height - bottom }}
      accessibilityLayer={false}
      barGap={0}
    >
      <PlotBack {...marks} />
      <XAxis
        hide
        type="number"
        dataKey="at"
        domain={[plan.span.startMs, plan.span.endMs]}
        allowDataOverflow
        height={0}
      />
      <YAxis hide domain={[ticks[0]?.value ?? 0, ticks.at(-1)?.value ?? 1]} allowDataOverflow width={0} />
      {plan.bars
        ? plan.traces.map((_, place) => (
            <Bar
              key={keyOf(place)}
              dataKey="top"
              isAnimationActive={false}
              shape={({ payload }: { payload?: BarRow }) => {
                const bar = payload?.bars[place];
                return bar ? <BarMark bar={bar} place={place} frame={frame} id={id} /> : <g />;
              }}
            />
          ))
        : plan.traces.map((_, place) => (
            <Area
              key={keyOf(place)}
              type="linear"
              dataKey={(row: PlotRow) => row.areas[place]}
              stroke="none"
              fill={plan.shape === 'line' && !isStacked ? 'none' : fillOf(id, place, isStacked)}
              fillOpacity={1}
              dot={false}
              activeDot={false}
              isAnimationActive={false}
            />
          ))}
      {plan.bars
        ? null
        : plan.traces.flatMap((_, place) =>
            (['lines', 'tails'] as const).map((part) => (
              <Line
                key={part + keyOf(place)}
                type="linear"
                dataKey={(row: PlotRow) => row[part][place]}
                stroke={`var(--mb-series-${(place % 6) + 1})`}
                strokeWidth={2}
                strokeDasharray={part === 'tails' ? '5 4' : undefined}
                strokeLinejoin="round"
                dot={false}
                activeDot={false}
                isAnimationActive={false}
              />
            )),
          )}
      <ZIndexLayer zIndex={frontLayer}>
        <PlotFront {...marks} />
      </ZIndexLayer>
    </ComposedChart>
  );
});

function keyOf(place: number): string {
  return `layer ${place}`;
}

interface BarRow {
  at: number;
  top: number;
  bars: (PlotBar | null)[];
}

function barRows(layers: PlotBar[][]): BarRow[] {
  const [first = []] = layers;
  return first.map((bar, index) => ({
    at: (bar.startMs + bar.endMs) / 2,
    top: layers.at(-1)?.[index]?.top ?? bar.top,
    bars: layers.map((layer) => layer[index] ?? null),
  }));
}

function BarMark({ bar, place, frame, id }: { bar: PlotBar; place: number; frame: ChartFrame; id: string }) {
  const fill = place > 0 && !bar.isLoose ? fillOf(id, place, true) : undefined;
  return (
    <path
      data-mb="bars"
      data-series={place + 1}
      data-loose={bar.isLoose ? '' : undefined}
      fill={fill}
      d={barsPath([bar], frame)}
    />
  );
}
