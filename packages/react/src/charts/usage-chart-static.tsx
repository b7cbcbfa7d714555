'use client';
import type { Bucket, MeterSeries, UsageBucket } from '@meterboard/contract';
import { useId } from 'react';
import { formatBucket, formatBucketLong, formatSpan } from '../format/dates.ts';
import { formatExact, formatTick } from '../format/quantity.ts';
import { usageWords } from '../i18n/usage.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { layoutSeries, thinLabels } from './geometry.ts';
import { useWidth } from './use-width.ts';

export interface UsageChartStaticProps {
  series: MeterSeries;
  bucket: Bucket;
  /** The zone in which the buckets were made. */
  timeZone: string;
  /** The server's clock when it answered: where time has got to. */
  nowMs: number;
  /** Default 260. */
  height?: number;
  /** Drawn on the server and until the container is measured. Default 640. */
  initialWidth?: number;
}

const charWidth = 6.8;

/** Up to here a pointer can tell buckets apart, and each says its figure. */
const maxReadable = 100;

/**
 * Usage over time as an SVG that is complete without JavaScript, drawn at its container's width. Renders a `<div>`
 * around an `<svg role="img">` with a name and a summary. Unknown buckets are gaps; what may still change is dashed
 * and ends in an open dot; a bucket that the range cuts short is a small ring.
 */
export function UsageChartStatic(props: UsageChartStaticProps) {
  const { series, bucket, timeZone, nowMs, height = 260, initialWidth = 640 } = props;
  const { locale, language } = useMeterboard();
  const m = useWords(usageWords);
  const [ref, measured] = useWidth<HTMLDivElement>(initialWidth);
  /** Where there is less, the picture shrinks. */
  const width = Math.max(200, measured);
  const id = useId();
  const { meter, buckets, range, total } = series;
  const long = ({ startMs }: UsageBucket) => formatBucketLong(startMs, bucket, language, timeZone);
  const amount = (quantity: string) => formatExact(quantity, locale) + (meter.unit ? ` ${meter.unit}` : '');
  const widest = (texts: string[]) => Math.max(...texts.map(({ length }) => length)) * charWidth;
  const { left, right, top, bottom, ticks, columns, line, tail, area, lone, open } = layoutSeries(
    series,
    { width, height },
    nowMs,
    (values) => Math.ceil(widest(values.map((value) => formatTick(value, locale)))) + 12,
  );

  /** Many hours are labelled by their days. */
  const unit = bucket === 'hour' && buckets.length > 48 ? 'day' : bucket;
  const nameOf = ({ startMs }: UsageBucket) => formatBucket(startMs, unit, language, timeZone);
  const candidates = [...buckets.keys()].filter((index) => {
    const [before, one] = [buckets[index - 1], buckets[index]];
    return unit === bucket || !before || !one || nameOf(before) !== nameOf(one);
  });
  const samples = buckets.filter((_, index) => index % Math.ceil(buckets.length / 12) === 0);
  const dayOf = ({ startMs }: UsageBucket) => formatBucket(startMs, 'day', language, timeZone);
  const labels = thinLabels(candidates, unit, right - left, widest(samples.map(nameOf)) + 20);
  const most = buckets.reduce<UsageBucket | null>(
    (best, one) =>
      one.quantity !== null && (!best || Number(one.quantity) > Number(best.quantity)) ? one : best,
    null,
  );

  return (
    <div data-mb="chart" ref={ref}>
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
        <linearGradient id={`${id}g`} x1="0" y1="0" x2="0" y2="1">
          <stop data-mb="area-top" offset="0" />
          <stop data-mb="area-bottom" offset="1" />
        </linearGradient>
        {ticks.map(({ value, y }) => (
          <g key={value}>
            <path data-mb="grid" d={`M${left} ${y}H${right}`} />
            <text x={left - 8} y={y + 4} textAnchor="end">
              {formatTick(value, locale)}
            </text>
          </g>
        ))}
        {labels.map((index, label) => {
          const column = columns[index];
          if (!column) return null;
          const before = columns[labels[label - 1] ?? -1];
          const isNewDay = bucket === 'hour' && (!before || dayOf(before.bucket) !== dayOf(column.bucket));
          const name = isNewDay ? dayOf(column.bucket) : nameOf(column.bucket);
          const middle = column.x + (unit === bucket ? column.width / 2 : 0);
          const half = (name.length * charWidth) / 2;
          const x = Math.round(Math.min(Math.max(middle, left + half - 12), width - half));
          return (
            <text key={index} x={x} y={height - 6} textAnchor="middle">
              {name}
            </text>
          );
        })}
        {area ? <path d={area} fill={`url(#${id}g)`} /> : null}
        {open && nowMs < range.endMs ? <path data-mb="now" d={`M${open.x} ${top}V${bottom}`} /> : null}
        {line ? <path data-mb="line" d={line} /> : null}
        {tail ? <path data-mb="line" data-loose="" d={tail} /> : null}
        {lone.map(({ x, y }) => (
          <circle key={x} data-mb="dot" cx={x} cy={y} r="3" />
        ))}
        {columns.map(({ bucket: one, x, width: columnWidth, point }) =>
          point && one.quantity && columns.length <= maxReadable ? (
            <g key={one.startMs} data-mb="point">
              <rect x={x} y={top} width={columnWidth} height={bottom - top}>
                <title>{`${long(one)}: ${amount(one.quantity)}`}</title>
              </rect>
              <circle cx={point.x} cy={point.y} r="4" />
            </g>
          ) : null,
        )}
        {columns.map(({ bucket: { partial, provisional }, point }) =>
          point && partial && !provisional ? (
            <circle key={point.x} data-mb="part-dot" cx={point.x} cy={point.y} r="3" />
          ) : null,
        )}
        {open ? <circle data-mb="open-dot" cx={open.x} cy={open.y} r="4" /> : null}
      </svg>
    </div>
  );
}
