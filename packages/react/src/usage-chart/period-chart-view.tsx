'use client';
import type { Bucket, MeterSeries } from '@meterboard/contract';
import { type ComponentPropsWithRef, useMemo, useState } from 'react';
import { ChartBox, fetchInteractive } from '../charts/chart-box.tsx';
import { UsageChartStatic } from '../charts/usage-chart-static.tsx';
import { joinFacts } from '../format/facts.ts';
import { usageWords } from '../i18n/usage.ts';
import { Amount } from '../parts/amount.tsx';
import { AsOf, type AsOfProps } from '../parts/as-of.tsx';
import { usePart } from '../parts/use-part.ts';
import { useWords } from '../provider/use-words.ts';

export interface PeriodChartViewProps extends ComponentPropsWithRef<'div'> {
  series: MeterSeries;
  bucket: Bucket;
  /** The zone in which the buckets were made. */
  timeZone: string;
  /** The server's clock when it answered. */
  nowMs: number;
  asOf?: AsOfProps;
}

/** A meter's total in the billing period, its chart and, one key away, its table; lighter than `UsageChartView`. Renders a `<div>`. Styling: `data-view="chart | table"`. */
export function PeriodChartView({ series, bucket, timeZone, nowMs, asOf, ...rest }: PeriodChartViewProps) {
  const m = useWords(usageWords);
  const [wantsTable, setTable] = useState(false);
  const { loaded, load } = usePart(fetchInteractive);
  const isTable = wantsTable && loaded !== undefined;
  const { meter, buckets } = series;
  const what = { series, bucket, timeZone, nowMs };
  const plot = useMemo(
    () => ({ series: [series], shape: 'area' as const, cumulative: false, bare: true }),
    [series],
  );
  const known = buckets.filter(({ quantity }) => quantity !== null);
  const note =
    known.length === 0 ? m.noReading : known.every(({ quantity }) => Number(quantity) === 0) && m.noUsage;
  return (
    <div data-mb="usage-chart" data-view={isTable ? 'table' : 'chart'} {...rest}>
      <div data-mb="row">
        <p>
          <strong data-mb="total">
            <Amount quantity={series.total} meter={meter} />
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
          <button
            type="button"
            data-mb="button"
            onClick={() => {
              load();
              setTable(!isTable);
            }}
          >
            {isTable ? m.asChart : m.asTable}
          </button>
        </p>
      </div>
      {isTable ? (
        <loaded.UsageTable {...what} series={plot.series} label={m.usageOf(meter.label)} />
      ) : (
        <ChartBox label={`${meter.label}, ${m.per[bucket]}`} plot={{ ...what, ...plot }}>
          {(size) => <UsageChartStatic {...what} {...size} />}
        </ChartBox>
      )}
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
