'use client';
import type { Bucket, MeterSeries, UsageBucket } from '@meterboard/contract';
import { useId } from 'react';
import { formatBucket, formatSpan } from '../format/dates.ts';
import { formatExact } from '../format/quantity.ts';
import { usageWords } from '../i18n/usage.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { AreaFill, ChartAxes, gutterIn } from './chart-axes.tsx';
import { layoutFrame, round } from './geometry.ts';
import { strokesOf } from './strokes.ts';
import { quantityOf, traceOf } from './trace.ts';

export interface UsageChartStaticProps {
  series: MeterSeries;
  bucket: Bucket;
  /** The zone in which the buckets were made. */
  timeZone: string;
  /** The server's clock when it answered: where time has got to. */
  nowMs: number;
  width: number;
  height: number;
}

/** Up to here a pointer can tell buckets apart, and each says its figure. */
const maxReadable = 100;

/**
 * One meter over time as an SVG that is complete without JavaScript. Renders an `<svg role="img">` with a name and a
 * summary. Unknown buckets are gaps; what may still change is dashed and ends in an open dot; a bucket that the range
 * cuts short is a small ring.
 */
export function UsageChartStatic(props: UsageChartStaticProps) {
  const { series, bucket, timeZone, nowMs, width, height } = props;
  const { print, language } = useMeterboard();
  const m = useWords(usageWords);
  const id = useId();
  const { meter, buckets, range, total } = series;
  const weekday = bucket === 'month' ? undefined : 'short';
  const long = ({ startMs }: UsageBucket) => formatBucket(startMs, bucket, language, timeZone, { weekday });
  const amount = (quantity: string) =>
    print(quantity, meter, formatExact) + (meter.unit ? ` ${meter.unit}` : '');
  const isLevel = meter.aggregation === 'last';
  const trace = traceOf(buckets, isLevel ? 'along' : 'middle', nowMs);
  const known = buckets.filter(({ quantity }) => quantity !== null);
  const values = known.map(quantityOf);
  const extent = [Math.min(...values), Math.max(...values)] as const;
  const most = known[values.indexOf(extent[1])];
  const frame = layoutFrame(range, extent, { width, height }, gutterIn(print, meter));
  const { top, bottom, x, y } = frame;
  const { line, tail, area, lone, open } = strokesOf(trace, frame);
  const columns = buckets.length > maxReadable ? [] : known;
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-labelledby={`${id}t`}
      aria-describedby={`${id}d`}
    >
      <title id={`${id}t`}>{`${meter.label}, ${m.per[bucket]}`}</title>
      <desc id={`${id}d`}>
        {most?.quantity
          ? m.chartSummary(
              formatSpan(range, language, timeZone),
              total === null ? m.unknown : amount(total),
              amount(most.quantity),
              long(most),
            )
          : m.noReading}
      </desc>
      <AreaFill id={`${id}g`} />
      <ChartAxes {...{ frame, meter, buckets, bucket, timeZone, width, height }} />
      {area ? <path d={area} fill={`url(#${id}g)`} /> : null}
      {open && nowMs < range.endMs ? <path data-mb="now" d={`M${open.x} ${top}V${bottom}`} /> : null}
      {line ? <path data-mb="line" d={line} /> : null}
      {tail ? <path data-mb="line" data-loose="" d={tail} /> : null}
      {lone.map((point) => (
        <circle key={point.x} data-mb="dot" cx={point.x} cy={point.y} r="3" />
      ))}
      {columns.map((one) => (
        <g key={one.startMs} data-mb="point">
          <rect x={x(one.startMs)} y={top} width={round(x(one.endMs) - x(one.startMs))} height={bottom - top}>
            <title>{`${long(one)}: ${amount(one.quantity as string)}`}</title>
          </rect>
          <circle
            data-mb={one.partial && !one.provisional ? 'part-dot' : undefined}
            cx={x(
              isLevel ? Math.max(one.startMs, Math.min(one.endMs, nowMs)) : (one.startMs + one.endMs) / 2,
            )}
            cy={y(quantityOf(one))}
            r="3.5"
          />
        </g>
      ))}
      {open ? <circle data-mb="open-dot" cx={open.x} cy={open.y} r="4" /> : null}
    </svg>
  );
}
