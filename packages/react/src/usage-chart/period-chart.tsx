'use client';
import { useUsageSeries } from '../hooks/use-usage-series.ts';
import { usageWords } from '../i18n/usage.ts';
import { Loaded } from '../parts/loaded.tsx';
import { useWords } from '../provider/use-words.ts';
import { MeterTabs } from './meter-tabs.tsx';
import { PeriodChartView } from './period-chart-view.tsx';

/** Usage in the billing period by day, one tab per meter, in a card: what the dashboard shows. */
export function PeriodChart() {
  return <MeterTabs>{(meter) => <OneMeter key={meter} meter={meter} />}</MeterTabs>;
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
