'use client';
import type { Meter, MeterSeries, UsageRange } from '@meterboard/contract';
import { type ReactNode, useMemo, useState } from 'react';
import { useMeters } from '../hooks/use-meters.ts';
import { type UrlAdapter, useUrlState } from '../hooks/use-url-state.ts';
import { useZonedSeries } from '../hooks/use-zoned-series.ts';
import { baseWords } from '../i18n/base.ts';
import { usageWords } from '../i18n/usage.ts';
import { explorerWords } from '../i18n/usage-explorer.ts';
import { Card } from '../parts/card.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { useWords } from '../provider/use-words.ts';
import { UsageChartView } from '../usage-chart/usage-chart-view.tsx';
import { CostBreakdown } from '../usage-cost/cost-breakdown.tsx';
import { UsageSummary } from '../usage-summary/usage-summary.tsx';
import { type ExplorerState, readState, writeState } from './explorer-state.ts';
import { UsageExplorerView } from './usage-explorer-view.tsx';

export interface UsageExplorerProps {
  /** Default: "Usage and cost". */
  title?: ReactNode;
  /**
   * Keeps what is chosen in the address of the page, so that a link opens the same view: `true` for the address bar
   * itself, or a router's `read` and `write`. Default false.
   */
  url?: boolean | UrlAdapter;
  /** Without the summary above. Default: with it. */
  hideSummary?: boolean;
  /** Without the cost below, e.g. for people who may not see money. Default: with it. */
  hideCost?: boolean;
}

const format = { parse: readState, format: writeState };

/**
 * Usage as one explores it: how much, of what, when, whether that is normal, and what it costs. A summary, then
 * pictures of any meters, time, bucket and comparison, then the cost part by part. Each part has its own loading,
 * error, empty and stale states.
 */
export function UsageExplorer({
  title,
  url = false,
  hideSummary = false,
  hideCost = false,
}: UsageExplorerProps) {
  const m = useWords(explorerWords);
  const words = useWords(usageWords);
  const [state, setState] = useUrlState(url, format);
  const resource = useMeters();
  return (
    <div data-mb="usage-explorer">
      <div data-mb="dashboard-head">
        <h2>{title ?? m.explorerTitle}</h2>
      </div>
      {hideSummary ? null : <UsageSummary />}
      <Loaded resource={resource} part="usage" title={m.explorer} rows={3}>
        {({ meters, servedAtMs }) => (
          <Card part="usage" title={m.explorer}>
            {meters.length > 0 ? (
              <Explored {...{ meters, state, setState }} nowMs={servedAtMs} />
            ) : (
              <p data-mb="empty">{words.usageEmpty}</p>
            )}
          </Card>
        )}
      </Loaded>
      {hideCost ? null : <CostBreakdown />}
    </div>
  );
}

interface ExploredProps {
  meters: Meter[];
  state: ExplorerState;
  setState: (state: ExplorerState) => void;
  nowMs: number;
}

function Explored({ meters, state, setState, nowMs }: ExploredProps): ReactNode {
  const m = useWords(explorerWords);
  const base = useWords(baseWords);
  const known = useMemo(() => knownMeters(meters, state.meters), [meters, state.meters]);
  const shown = { ...state, meters: known };
  const { range, bucket, compare, forecast, shape, cumulative, table } = shown;
  const { resource, isInterim, refusedZone } = useZonedSeries({
    meters: known,
    range,
    bucket,
    compare,
    forecast,
  });
  const periodDays = usePeriodDays(range, resource.data?.series);
  const { data, error } = resource;
  const isWrong = data === undefined && error?.code === 'invalid_range';
  return (
    <UsageExplorerView
      {...{ meters, nowMs, periodDays }}
      state={shown}
      onChange={setState}
      timeZone={data?.timeZone}
      rangeError={isWrong ? (base.errors[error.code] ?? error.message) : null}
    >
      {isWrong ? null : (
        <Loaded resource={resource} title={m.explorer} rows={3}>
          {(usage, asOf) => (
            <UsageChartView
              {...{ shape, cumulative, isInterim, refusedZone, asOf }}
              series={usage.series}
              bucket={usage.bucket}
              timeZone={usage.timeZone}
              nowMs={usage.servedAtMs}
              isTable={table}
              onTableChange={(isTable) => setState({ ...shown, table: isTable })}
            />
          )}
        </Loaded>
      )}
    </UsageExplorerView>
  );
}

/** How many days billing periods have, of the longest among the meters; stays while the next answer is on its way. */
function usePeriodDays({ kind }: UsageRange, series: MeterSeries[] | undefined): number | undefined {
  const [known, setKnown] = useState<number>();
  const isPeriod = kind === 'period' || kind === 'previous_period';
  const days = (series ?? []).map(({ range }) => Math.round((range.endMs - range.startMs) / 86_400_000));
  const longest = isPeriod && days.length > 0 ? Math.max(...days) : known;
  if (longest !== known) setKnown(longest);
  return longest;
}

/** Of the chosen meters those that there are; the first one where that is none. */
function knownMeters(meters: Meter[], chosen: string[] | null): string[] {
  const names = meters.map(({ eventName }) => eventName);
  const known = names.filter((name) => chosen?.includes(name));
  return known.length > 0 ? known : names.slice(0, 1);
}
