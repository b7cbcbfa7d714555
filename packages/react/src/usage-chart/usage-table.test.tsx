import type { MeterSeries } from '@meterboard/contract';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, fixtureNowMs, fixtureSeries } from '../testing/index.ts';
import { UsageTable } from './usage-table.tsx';

afterEach(cleanup);

const dayMs = 86_400_000;
const [requests] = fixtureSeries as [MeterSeries];

/** Each figure says its day: month and day of the month in UTC. */
function daysFrom(eventName: string, startMs: number): MeterSeries {
  const buckets = Array.from({ length: 3 }, (_, day) => {
    const date = new Date(startMs + day * dayMs);
    return {
      startMs: date.getTime(),
      endMs: date.getTime() + dayMs,
      quantity: `${date.getUTCMonth() + 1}${String(date.getUTCDate()).padStart(2, '0')}`,
      cumulative: null,
      carriedForward: false,
      partial: false,
      provisional: false,
    };
  });
  return { ...requests, meter: { ...requests.meter, eventName, label: eventName }, buckets };
}

it('keeps each figure in the row of its own day, whatever the periods of its meters are', () => {
  const series = [daysFrom('one', Date.UTC(2026, 9, 9)), daysFrom('two', Date.UTC(2026, 9, 11))];
  render(
    <MeterboardProvider client={createFixtureClient()}>
      <UsageTable series={series} bucket="day" timeZone="UTC" nowMs={fixtureNowMs} label="Usage" />
    </MeterboardProvider>,
  );
  const [, ...rows] = screen.getAllByRole('row');
  expect(rows.map(({ children }) => [...children].map(({ textContent }) => textContent))).toEqual([
    ['Tue, Oct 13', 'no data', '1,013'],
    ['Mon, Oct 12', 'no data', '1,012'],
    ['Sun, Oct 11', '1,011', '1,011'],
    ['Sat, Oct 10', '1,010', 'no data'],
    ['Fri, Oct 9', '1,009', 'no data'],
  ]);
});
