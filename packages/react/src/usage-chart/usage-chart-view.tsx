'use client';
import type { Bucket, MeterSeries } from '@meterboard/contract';
import { type ComponentPropsWithRef, useState } from 'react';
import { UsageChartStatic } from '../charts/usage-chart-static.tsx';
import { joinFacts } from '../format/facts.ts';
import { usageWords } from '../i18n/usage.ts';
import { Amount } from '../parts/amount.tsx';
import { AsOf, type AsOfProps } from '../parts/as-of.tsx';
import { useWords } from '../provider/use-words.ts';
import { UsageTable } from './usage-table.tsx';

export interface UsageChartViewProps extends ComponentPropsWithRef<'div'> {
  series: MeterSeries;
  bucket: Bucket;
  /** The zone in which the buckets were made. */
  timeZone: string;
  /** The server's clock when it answered. */
  nowMs: number;
  asOf?: AsOfProps;
}

/** A meter's total, its chart and, one key away, its table. Renders a `<div>`. Styling: `data-view="chart | table"`. */
export function UsageChartView({ series, bucket, timeZone, nowMs, asOf, ...rest }: UsageChartViewProps) {
  const m = useWords(usageWords);
  const [isTable, setTable] = useState(false);
  const { meter, buckets } = series;
  const what = { series, bucket, timeZone, nowMs };
  const known = buckets.filter(({ quantity }) => quantity !== null);
  const note =
    known.length === 0 ? m.noReading : known.every(({ quantity }) => Number(quantity) === 0) && m.noUsage;
  return (
    <div data-mb="usage-chart" data-view={isTable ? 'table' : 'chart'} {...rest}>
      <div data-mb="row">
        <p>
          <strong data-mb="total">
            <Amount quantity={series.total} />
          </strong>{' '}
          <span data-mb="sub">{joinFacts(meter.unit, meter.aggregation === 'last' && m.latestValue)}</span>
        </p>
        <p data-mb="legend">
          <span data-mb="key">
            <LineSample />
            {m.per[bucket]}
          </span>
          {known.some(({ provisional }) => provisional) ? (
            <span data-mb="key">
              <LineSample isLoose />
              {m.stillCounting}
            </span>
          ) : null}
          {known.some(({ partial, provisional }) => partial && !provisional) ? (
            <span data-mb="key">
              <svg width="8" height="8" aria-hidden="true">
                <circle data-mb="part-dot" cx="4" cy="4" r="3" />
              </svg>
              {m.partOf[bucket]}
            </span>
          ) : null}
          <button type="button" data-mb="button" onClick={() => setTable(!isTable)}>
            {isTable ? m.asChart : m.asTable}
          </button>
        </p>
      </div>
      {isTable ? <UsageTable {...what} label={m.usageOf(meter.label)} /> : <UsageChartStatic {...what} />}
      <p data-mb="row">
        <span data-mb="sub">{joinFacts(note, m.zone(timeZone))}</span>
        <AsOf {...asOf} />
      </p>
    </div>
  );
}

function LineSample({ isLoose = false }: { isLoose?: boolean }) {
  return (
    <svg width="22" height="8" aria-hidden="true">
      <path data-mb="line" data-loose={isLoose ? '' : undefined} d={`M1 4H${isLoose ? 14 : 21}`} />
      {isLoose ? <circle data-mb="open-dot" cx="17" cy="4" r="3" /> : null}
    </svg>
  );
}
