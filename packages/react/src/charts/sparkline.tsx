'use client';
import { round } from './geometry.ts';
import { strokesOf } from './strokes.ts';

export interface SparklineProps {
  /** Decimal strings or `null` for what is not known, ascending in time; the last one is today and still counts. */
  days: readonly (string | null)[];
  /** What it shows. */
  label: string;
  width?: number;
  height?: number;
}

/** A row of days, small: a line with gaps that ends in an open dot. Renders an `<svg role="img">`. */
export function Sparkline({ days, label, width = 240, height = 40 }: SparklineProps) {
  const top = days.map((day) => (day === null ? Number.NaN : Number(day)));
  const high = top.reduce((most, value) => (value > most ? value : most), 0);
  const low = top.reduce((least, value) => (value < least ? value : least), 0);
  const last = Math.max(1, days.length - 1);
  const { line, tail, area, lone, open } = strokesOf(
    { at: top.map((_, day) => day), top, base: null, looseFrom: top.length - 1 },
    {
      ...{ left: 5, right: width - 5, top: 5, bottom: height - 3, ticks: [] },
      x: (day) => round(5 + (day / last) * (width - 10)),
      y: (value) => round(height - 3 - ((value - low) / (high - low || 1)) * (height - 8)),
    },
  );
  return (
    <svg
      data-mb="sparkline"
      viewBox={`0 0 ${width} ${height}`}
      width="100%"
      height={height}
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
    >
      {area ? <path data-mb="spark-area" d={area} /> : null}
      {line ? <path data-mb="line" d={line} vectorEffect="non-scaling-stroke" /> : null}
      {tail ? <path data-mb="line" data-loose="" d={tail} vectorEffect="non-scaling-stroke" /> : null}
      {lone.map(({ x, y }) => (
        <path key={x} data-mb="spark-now" d={`M${x} ${y}h0`} vectorEffect="non-scaling-stroke" />
      ))}
      {open ? (
        <>
          <path data-mb="spark-now" d={`M${open.x} ${open.y}h0`} vectorEffect="non-scaling-stroke" />
          <path
            data-mb="spark-now"
            data-inner=""
            d={`M${open.x} ${open.y}h0`}
            vectorEffect="non-scaling-stroke"
          />
        </>
      ) : null}
    </svg>
  );
}
