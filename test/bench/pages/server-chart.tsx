import { MeterboardProvider } from '@meterboard/react';
import { createFixtureClient } from '@meterboard/react/testing';
import { renderToString } from 'react-dom/server';
import { Line, LineChart, XAxis, YAxis } from 'recharts';
import { UsagePlotStatic } from '../../../packages/react/src/charts/usage-plot-static.tsx';
import { hourlyFigures, hourlySeries } from './usage.ts';

const dayMs = 86_400_000;
const client = createFixtureClient();

/** A series of days, as in a year's picture. */
function dailySeries(count: number) {
  const hourly = hourlySeries(hourlyFigures(count, 7));
  const { startMs } = hourly.range;
  const span = { startMs, endMs: startMs + count * dayMs };
  return {
    ...hourly,
    range: { ...hourly.range, ...span },
    buckets: hourly.buckets.map((bucket, day) => ({
      ...bucket,
      startMs: startMs + day * dayMs,
      endMs: startMs + (day + 1) * dayMs,
    })),
  };
}

/** The chart of so many days as markup, and what it took. */
export function renderChart(count: number): { html: string; tookMs: number } {
  const series = dailySeries(count);
  const startedMs = performance.now();
  const html = renderToString(
    <MeterboardProvider client={client}>
      <UsagePlotStatic
        series={[series]}
        shape="area"
        cumulative={false}
        nowMs={series.range.endMs}
        bucket="day"
        timeZone="UTC"
        width={720}
        height={260}
        label="Usage"
        summary=""
      />
    </MeterboardProvider>,
  );
  return { html, tookMs: performance.now() - startedMs };
}

/** What recharts makes of it on the server. */
export function renderRival(count: number): string {
  return renderToString(
    <LineChart
      width={720}
      height={260}
      data={hourlyFigures(count, 7).map((value, hour) => ({ hour, value }))}
    >
      <XAxis dataKey="hour" />
      <YAxis />
      <Line dataKey="value" isAnimationActive={false} />
    </LineChart>,
  );
}
