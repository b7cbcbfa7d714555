'use client';
import type { Bucket, MeterSeries } from '@meterboard/contract';
import type { ReactNode } from 'react';
import type { ChartShape } from '../charts/plan.ts';
import { usageWords } from '../i18n/usage.ts';
import { plotWords } from '../i18n/usage-plot.ts';
import { useWords } from '../provider/use-words.ts';

export interface PlotLegendProps {
  series: MeterSeries[];
  bucket: Bucket;
  shape: ChartShape;
  cumulative: boolean;
  /** How the time before is called. */
  then: string;
}

const words = { ...usageWords, ...plotWords };

/** What each kind of line means, as short samples of it. Renders a `<p>`. */
export function PlotLegend({ series, bucket, shape, cumulative, then }: PlotLegendProps) {
  const m = useWords(words);
  const isLoose = series.some(({ buckets }) =>
    buckets.some((one) => one.quantity !== null && one.provisional),
  );
  return (
    <p data-mb="legend">
      <Key name={cumulative ? m.runningTotal : m.per[bucket]}>
        {shape === 'bar' ? (
          <path data-mb="bars" data-series="1" d="M3 8V3h5v5zM11 8V0h5v8z" />
        ) : (
          <path data-mb="line" data-series="1" d="M1 4H21" />
        )}
      </Key>
      {isLoose ? (
        <Key name={m.stillCounting}>
          <path data-mb="line" data-loose="" d="M1 4H14" />
          <circle data-mb="open-dot" cx="17" cy="4" r="3" />
        </Key>
      ) : null}
      {series.every(({ previous }) => previous !== null) ? (
        <Key name={then}>
          <path data-mb="previous" d="M1 4H21" />
        </Key>
      ) : null}
      {series.every(({ forecast }) => forecast?.kind === 'forecast') ? (
        <Key name={m.forecastLine}>
          <path data-mb="forecast-band" d="M0 0H22V8H0Z" />
          <path data-mb="forecast" d="M1 4H21" />
        </Key>
      ) : null}
      {series.some(({ changes }) => changes.length > 0) ? (
        <Key name={m.planChange}>
          <g data-mb="change">
            <path d="M11 0V8" />
            <path d="M7 0h8l-4 6z" />
          </g>
        </Key>
      ) : null}
    </p>
  );
}

function Key({ name, children }: { name: string; children: ReactNode }) {
  return (
    <span data-mb="key">
      <svg width="22" height="8" aria-hidden="true">
        {children}
      </svg>
      {name}
    </span>
  );
}
