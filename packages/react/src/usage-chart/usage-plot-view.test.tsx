import type { MeterSeries } from '@meterboard/contract';
import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, fixtureNowMs, fixtureSeries } from '../testing/index.ts';
import { UsagePlotView } from './usage-plot-view.tsx';

afterEach(cleanup);

const requests = fixtureSeries.find(({ forecast }) => forecast?.kind === 'forecast') as MeterSeries;

it.each([
  ['day', false, true],
  ['hour', true, true],
  ['hour', false, false],
] as const)(
  'by %s (running total: %s) draws a forecast: %s, and tells its end always',
  (bucket, cumulative, isDrawn) => {
    const { container } = render(
      <MeterboardProvider client={createFixtureClient()}>
        <UsagePlotView
          {...{ bucket, cumulative }}
          series={[requests]}
          timeZone="UTC"
          nowMs={fixtureNowMs}
          isTable={false}
          isNamed={false}
          toggle={null}
        />
      </MeterboardProvider>,
    );
    const drawn = container.querySelectorAll('[data-mb="forecast"], [data-mb="forecast-band"]');
    expect(drawn.length > 0).toBe(isDrawn);
    expect(container.textContent).toMatch(/About [\d,]+ by November 30/);
  },
);

it.each([
  [true, true],
  [false, false],
  [null, false],
])('of a period that is closed (%s) says what becomes of late usage: %s', (isClosed, isSaid) => {
  const { container } = render(
    <MeterboardProvider client={createFixtureClient()}>
      <UsagePlotView
        bucket="day"
        series={[{ ...requests, isClosed }]}
        timeZone="UTC"
        nowMs={fixtureNowMs}
        isTable={false}
        isNamed={false}
        toggle={null}
      />
    </MeterboardProvider>,
  );
  expect(container.textContent?.includes('no longer billed')).toBe(isSaid);
});
