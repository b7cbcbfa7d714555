'use client';
import type { Bucket, MeterSeries } from '@meterboard/contract';
import { type ComponentPropsWithRef, useMemo, useState } from 'react';
import { groupByUnit } from '../charts/plan.ts';
import { usageWords } from '../i18n/usage.ts';
import { plotWords } from '../i18n/usage-plot.ts';
import { AsOf, type AsOfProps } from '../parts/as-of.tsx';
import { useWords } from '../provider/use-words.ts';
import { type PlotLook, UsagePlotView } from './usage-plot-view.tsx';

export interface UsageChartViewProps extends ComponentPropsWithRef<'div'>, PlotLook {
  /** Meters whose units and buckets agree are stacked, each other one has a picture of its own. */
  series: MeterSeries[];
  bucket: Bucket;
  /** The zone in which the buckets were made. */
  timeZone: string;
  /** The server's clock when it answered. */
  nowMs: number;
  asOf?: AsOfProps;
  /** These are days in UTC, shown until those of the customer's zone are here. */
  isInterim?: boolean;
  /** The customer's zone, where this range is too long for it: these are days or hours in UTC. */
  refusedZone?: string | null;
  /** Whether the table is shown. Left out: the view keeps it itself. */
  isTable?: boolean;
  onTableChange?: (isTable: boolean) => void;
}

const words = { ...usageWords, ...plotWords };

/**
 * Usage over time with totals, comparison and forecast in words, its pictures and, one key away, the same figures as a
 * table. Renders a `<div>`. Decides nothing: figures, forecast and limits arrive from the server. Time runs from left
 * to right in every language.
 *
 * Styling: `data-view="chart | table"`.
 */
export function UsageChartView(props: UsageChartViewProps) {
  const {
    series,
    bucket,
    timeZone,
    nowMs,
    asOf,
    shape,
    cumulative,
    isInterim,
    refusedZone,
    isTable,
    onTableChange,
    ...rest
  } = props;
  const m = useWords(words);
  const [ownIsTable, setOwnIsTable] = useState(false);
  const showsTable = isTable ?? ownIsTable;
  const toggle = () => {
    setOwnIsTable(!showsTable);
    onTableChange?.(!showsTable);
  };
  const groups = useMemo(() => groupByUnit(series), [series]);
  return (
    <div data-mb="usage-chart" data-view={showsTable ? 'table' : 'chart'} {...rest}>
      {groups.map((group, place) => (
        <UsagePlotView
          key={group.map(({ meter }) => meter.eventName).join()}
          {...{ bucket, timeZone, nowMs, shape, cumulative, isTable: showsTable }}
          series={group}
          isNamed={groups.length > 1 || group.length > 1}
          toggle={
            place > 0 ? null : (
              <button type="button" data-mb="button" onClick={toggle}>
                {showsTable ? m.asChart : m.asTable}
              </button>
            )
          }
        />
      ))}
      <p data-mb="row">
        <span data-mb="sub" role={isInterim || refusedZone ? 'status' : undefined}>
          {refusedZone ? m.shownInUtcOnly(refusedZone) : isInterim ? m.shownInUtc : m.zone(timeZone)}
        </span>
        <AsOf {...asOf} />
      </p>
    </div>
  );
}
