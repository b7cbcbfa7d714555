'use client';
import { useState } from 'react';
import { useMeters } from '../hooks/use-meters.ts';
import { useUsageSeries } from '../hooks/use-usage-series.ts';
import { usageWords } from '../i18n/usage.ts';
import { Card } from '../parts/card.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { useWords } from '../provider/use-words.ts';
import { PeriodChartView } from './period-chart-view.tsx';

/** Usage in the billing period by day, one tab per meter, in a card: what the dashboard shows. */
export function PeriodChart() {
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
                <OneMeter key={selected.eventName} meter={selected.eventName} />
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

function OneMeter({ meter }: { meter: string }) {
  const m = useWords(usageWords);
  const resource = useUsageSeries({ meters: [meter] });
  return (
    <Loaded resource={resource} title={m.usage} rows={3}>
      {(data, asOf) =>
        data.series.map((series) => (
          <PeriodChartView
            key={series.meter.eventName}
            series={series}
            bucket={data.bucket}
            timeZone={data.timeZone}
            nowMs={data.servedAtMs}
            asOf={asOf}
          />
        ))
      }
    </Loaded>
  );
}
