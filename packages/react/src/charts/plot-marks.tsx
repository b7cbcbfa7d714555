'use client';
import { yearIn } from '../format/bucket-name.ts';
import { formatDay } from '../format/dates.ts';
import { formatExact } from '../format/quantity.ts';
import { plotWords } from '../i18n/usage-plot.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { AreaFill, ChartAxes, widthOf } from './chart-axes.tsx';
import { keepExtremes } from './down-sample.ts';
import type { ChartFrame, ChartPoint } from './geometry.ts';
import type { PlotPlan } from './plan.ts';
import { strokesOf } from './strokes.ts';
import type { Trace } from './trace.ts';
import type { UsagePlotProps } from './usage-plot-props.ts';

export interface PlotMarksProps {
  plan: PlotPlan;
  frame: ChartFrame;
  plot: UsagePlotProps;
  /** Prefix of ids within the picture. */
  id: string;
}

/** Which fill a series has, by place: the first a fading area, the others each a pattern of its own. */
export function fillOf(id: string, place: number, isStacked: boolean): string {
  return isStacked && place > 0 ? `url(#${id}p${place % 6})` : `url(#${id}g)`;
}

const hatches = ['', 'M0 6L6 0', 'M0 3H6', 'M3 0V6', 'M0 0L6 6', 'M3 0V6M0 3H6'];

/** What lies behind the usage itself: the axes, the fills, the band of the forecast. Renders SVG. */
export function PlotBack({ plan, frame, plot, id }: PlotMarksProps) {
  const { series, bucket, timeZone, width, height } = plot;
  const buckets = series[0]?.buckets ?? [];
  return (
    <>
      <defs>
        <AreaFill id={`${id}g`} />
        {series.slice(1, 6).map(({ meter }, place) => (
          <pattern
            key={meter.eventName}
            id={`${id}p${place + 1}`}
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            data-mb="hatch"
            data-series={place + 2}
          >
            <rect width="6" height="6" />
            <path d={hatches[place + 1]} />
          </pattern>
        ))}
      </defs>
      <ChartAxes
        {...{ frame, bucket, timeZone, width, height }}
        meter={plan.meter}
        buckets={buckets}
        year={yearIn(buckets)}
      />
      {plan.forecast ? (
        <path data-mb="forecast-band" d={strokesOf(plan.forecast.band, frame, keepExtremes).area} />
      ) : null}
    </>
  );
}

/** What lies before the usage: the time before, the forecast, limits and what the plan includes, changes of plan, now. Renders SVG. */
export function PlotFront({ plan, frame, plot }: PlotMarksProps) {
  const { print, language } = useMeterboard();
  const m = useWords(plotWords);
  const { left, right, top, bottom, x, y } = frame;
  const { nowMs, timeZone } = plot;
  const last = plan.traces.at(-1);
  const open = last && !plan.bars ? openEnd(last, frame) : null;
  const forecast = plan.forecast ? strokesOf(plan.forecast.line, frame, keepExtremes) : null;
  const before = plan.previous ? strokesOf(plan.previous, frame, keepExtremes) : null;
  const { unit } = plan.meter;
  const isRunning = nowMs > plan.span.startMs && nowMs < plan.span.endMs;
  return (
    <>
      {before && plan.bars ? <path data-mb="previous-halo" d={before.line + before.tail} /> : null}
      {before ? <path data-mb="previous" d={before.line + before.tail} /> : null}
      {isRunning && !plan.bars ? <path data-mb="now" d={`M${open?.x ?? x(nowMs)} ${top}V${bottom}`} /> : null}
      {forecast ? <path data-mb="forecast" d={forecast.line + forecast.tail} /> : null}
      {plan.lines.map(({ kind, value, quantity, isBeyond }) => {
        const at = isBeyond ? top : y(value);
        const isRight = kind === 'limit';
        const text = m[kind](print(quantity, plan.meter, formatExact) + (unit ? ` ${unit}` : ''));
        return (
          <g key={kind} data-mb="reach" data-kind={kind}>
            {isBeyond ? null : <path d={`M${left} ${at}H${right}`} />}
            <text
              x={isRight ? right : left + 4}
              y={at < top + 14 ? at + 15 : at - 6}
              textAnchor={isRight ? 'end' : 'start'}
            >
              {isBeyond ? `${text} \u2191` : text}
            </text>
          </g>
        );
      })}
      {plan.changes.map(({ atMs, label }, index) => {
        const at = x(atMs);
        const text = label ?? m.planChange;
        const width = widthOf([text]);
        const next = plan.changes[index + 1];
        const isLeft = at + width + 8 > right;
        const hasRoom = isLeft ? at - width - 8 > left : !next || at + width + 8 < x(next.atMs);
        return (
          <g key={atMs} data-mb="change">
            <path d={`M${at} ${top}V${bottom}`} />
            <path d={`M${at - 4} ${top}h8l-4 6z`} />
            <title>{`${formatDay(atMs, language, timeZone)}: ${text}`}</title>
            {hasRoom ? (
              <text x={isLeft ? at - 7 : at + 7} y={top + 15} textAnchor={isLeft ? 'end' : 'start'}>
                {text}
              </text>
            ) : null}
          </g>
        );
      })}
      {open ? (
        <circle data-mb="open-dot" data-series={plan.traces.length} cx={open.x} cy={open.y} r="4" />
      ) : null}
    </>
  );
}

/** Where a trace ends while time goes on. */
function openEnd({ at, top, looseFrom }: Trace, { x, y }: ChartFrame): ChartPoint | null {
  const last = top.findLastIndex((value) => !Number.isNaN(value));
  return last < looseFrom || last < 0 ? null : { x: x(at[last] as number), y: y(top[last] as number) };
}
