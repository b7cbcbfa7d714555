'use client';
import type { Bucket, UsageRange } from '@meterboard/contract';
import { useZonedSeries } from '../hooks/use-zoned-series.ts';
import { usageWords } from '../i18n/usage.ts';
import { Card } from '../parts/card.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { useWords } from '../provider/use-words.ts';
import { MeterTabs } from './meter-tabs.tsx';
import { UsageChartView } from './usage-chart-view.tsx';
import type { PlotLook } from './usage-plot-view.tsx';

export interface UsageChartProps extends PlotLook {
  /** Event name of one meter; left out, like `meters`: all meters that the host shows, one tab each. */
  meter?: string;
  /** Event names of several, in one card: stacked where their units agree. */
  meters?: string[];
  /** Default: the current billing period. */
  range?: UsageRange;
  /** Default `day`. */
  bucket?: Bucket;
  /** Also the time before the range, as long as it is. Default false. */
  compare?: boolean;
  /** Also how the range will end, where it still runs. Default false. */
  forecast?: boolean;
}

/** Usage over time, in a card. Loading, error, empty and stale states included. */
export function UsageChart({ meter, meters, ...what }: UsageChartProps) {
  const chosen = meters ?? (meter === undefined ? undefined : [meter]);
  return chosen ? <Chosen meters={chosen} {...what} /> : <AllMeters {...what} />;
}

type Rest = Omit<UsageChartProps, 'meter' | 'meters'>;

function AllMeters(what: Rest) {
  return <MeterTabs>{(meter) => <Chosen key={meter} meters={[meter]} isInCard {...what} />}</MeterTabs>;
}

function Chosen(props: Rest & { meters: string[]; isInCard?: boolean }) {
  const { meters, range, bucket, compare, forecast, isInCard = false, shape, cumulative } = props;
  const m = useWords(usageWords);
  const { resource, isInterim, refusedZone } = useZonedSeries({ meters, range, bucket, compare, forecast });
  return (
    <Loaded resource={resource} part={isInCard ? undefined : 'usage'} title={m.usage} rows={3}>
      {(data, asOf) => {
        const view = (
          <UsageChartView
            {...{ shape, cumulative, isInterim, refusedZone, asOf }}
            series={data.series}
            bucket={data.bucket}
            timeZone={data.timeZone}
            nowMs={data.servedAtMs}
          />
        );
        if (isInCard) return view;
        return (
          <Card part="usage" title={data.series.map(({ meter }) => meter.label).join(', ')}>
            {view}
          </Card>
        );
      }}
    </Loaded>
  );
}
