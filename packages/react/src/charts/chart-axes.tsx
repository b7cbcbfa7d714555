'use client';
import type { Bucket, UsageBucket } from '@meterboard/contract';
import { formatBucket, type Year } from '../format/dates.ts';
import { formatTick, type Measure, type PrintQuantity } from '../format/quantity.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { type ChartFrame, thinLabels } from './geometry.ts';

export interface ChartAxesProps {
  frame: ChartFrame;
  /** Whose quantities stand at the vertical axis. */
  meter: Measure;
  buckets: readonly UsageBucket[];
  bucket: Bucket;
  timeZone: string;
  /** Left out: the same day comes once. */
  year?: Year;
  width: number;
  height: number;
}

const charWidth = 6.8;

/** How wide a text of the picture's size is, roughly; never less than it is. */
export function widthOf(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length)) * charWidth;
}

function tickIn(print: PrintQuantity, meter: Measure) {
  return (value: number) => print(String(value), meter, formatTick);
}

/** How much room a meter's ticks need. */
export function gutterIn(print: PrintQuantity, meter: Measure): (ticks: number[]) => number {
  return (ticks) => Math.ceil(widthOf(ticks.map(tickIn(print, meter)))) + 12;
}

/** The fill below a line: it fades towards zero. Renders SVG. */
export function AreaFill({ id }: { id: string }) {
  return (
    <linearGradient id={id} x1="0" y1="0" x2="0" y2="1">
      <stop data-mb="area-top" offset="0" />
      <stop data-mb="area-bottom" offset="1" />
    </linearGradient>
  );
}

/** Grid lines and the words of both axes. Renders SVG. Many hours are labelled by their days. */
export function ChartAxes({ frame, meter, buckets, bucket, timeZone, year, width, height }: ChartAxesProps) {
  const { print, language } = useMeterboard();
  const { left, right, ticks, x } = frame;
  const unit = bucket === 'hour' && buckets.length > 48 ? 'day' : bucket;
  const nameOf = ({ startMs }: UsageBucket) => formatBucket(startMs, unit, language, timeZone, year);
  const dayOf = ({ startMs }: UsageBucket) => formatBucket(startMs, 'day', language, timeZone);
  let next = 0;
  // No day has fewer than 23 hours: most hours need no look at the calendar, which is slow.
  const candidates = [...buckets.keys()].filter((index) => {
    if (unit === bucket) return true;
    const [before, one] = [buckets[index - 1], buckets[index]];
    if (index < next || !one || (before && nameOf(before) === nameOf(one))) return false;
    next = index + 22;
    return true;
  });
  const samples = buckets.filter((_, index) => index % Math.ceil(buckets.length / 12) === 0);
  const labels = thinLabels(candidates, unit, right - left, widthOf(samples.map(nameOf)) + 20);
  return (
    <>
      {ticks.map(({ value, y }) => (
        <g key={value}>
          <path data-mb="grid" d={`M${left} ${y}H${right}`} />
          <text x={left - 8} y={y + 4} textAnchor="end">
            {tickIn(print, meter)(value)}
          </text>
        </g>
      ))}
      {labels.map((index, label) => {
        const one = buckets[index];
        if (!one) return null;
        const before = buckets[labels[label - 1] ?? -1];
        const isNewDay = bucket === 'hour' && (!before || dayOf(before) !== dayOf(one));
        const name = isNewDay ? dayOf(one) : nameOf(one);
        const middle = x(unit === bucket ? (one.startMs + one.endMs) / 2 : one.startMs);
        const half = widthOf([name]) / 2;
        return (
          <text
            key={index}
            x={Math.round(Math.min(Math.max(middle, left + half - 12), width - half))}
            y={height - 6}
            textAnchor="middle"
          >
            {name}
          </text>
        );
      })}
    </>
  );
}
