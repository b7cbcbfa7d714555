'use client';
import type { Bucket, UsageRange } from '@meterboard/contract';
import { useState } from 'react';
import { useMeters } from '../hooks/use-meters.ts';
import { useUsageSeries } from '../hooks/use-usage-series.ts';
import { usageWords } from '../i18n/usage.ts';
import { Card } from '../parts/card.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { useWords } from '../provider/use-words.ts';
import { UsageChartView } from './usage-chart-view.tsx';

export interface UsageChartProps {
  /** Event name of one meter; left out: all meters that the host shows, one tab each. */
  meter?: string;
  /** Default: the current billing period. */
  range?: UsageRange;
  /** Default `day`. */
  bucket?: Bucket;
}

/** Usage over time, in a card. Loading, error, empty and stale states included. */
export function UsageChart({ meter, ...what }: UsageChartProps) {
  return meter === undefined ? <AllMeters {...what} /> : <OneMeter meter={meter} {...what} />;
}

function AllMeters(what: Omit<UsageChartProps, 'meter'>) {
  const m = useWords(usageWords);
  const resource = useMeters();
  const [chosen, choose] = useState<string>();
  return (
    <Loaded resource={resource} part="usage" title={m.usage} rows={3}>
      {({ meters }) => {
        const selected = meters.find(({ eventName }) => eventName === chosen) ?? meters[0];
        return (
          <Card part="usage" title={m.usage} hideTitle={meters.length > 0}>
            {selected ? (
              <Tabs
                label={m.meters}
                tabs={meters.map(({ eventName, label }) => ({ id: eventName, label }))}
                selected={selected.eventName}
                onSelect={choose}
              >
                <OneMeter key={selected.eventName} meter={selected.eventName} isInCard {...what} />
              </Tabs>
            ) : (
              <p data-mb="empty">{m.usageEmpty}</p>
            )}
          </Card>
        );
      }}
    </Loaded>
  );
}

function OneMeter(props: UsageChartProps & { meter: string; isInCard?: boolean }) {
  const { meter, range, bucket, isInCard = false } = props;
  const m = useWords(usageWords);
  const resource = useUsageSeries({ meters: [meter], range, bucket });
  return (
    <Loaded resource={resource} part={isInCard ? undefined : 'usage'} title={m.usage} rows={3}>
      {(data, asOf) =>
        data.series.map((series) => {
          const key = series.meter.eventName;
          const view = (
            <UsageChartView
              key={key}
              series={series}
              bucket={data.bucket}
              timeZone={data.timeZone}
              nowMs={data.servedAtMs}
              asOf={asOf}
            />
          );
          return isInCard ? (
            view
          ) : (
            <Card key={key} part="usage" title={series.meter.label}>
              {view}
            </Card>
          );
        })
      }
    </Loaded>
  );
}
