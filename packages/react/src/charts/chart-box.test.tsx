import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, fixtureNowMs, fixtureSeries } from '../testing/index.ts';
import { ChartBox } from './chart-box.tsx';

const asked = vi.hoisted(() => ({ count: 0 }));

vi.mock('./usage-chart-interactive.tsx', () => {
  asked.count += 1;
  throw new Error('the network is down');
});

afterEach(cleanup);

it('keeps the first picture where the code of the interactive one cannot be fetched, and asks again', async () => {
  const plot = {
    series: fixtureSeries.slice(0, 1),
    shape: 'area',
    cumulative: false,
    nowMs: fixtureNowMs,
    bucket: 'day',
    timeZone: 'UTC',
  } as const;
  render(
    <MeterboardProvider client={createFixtureClient()}>
      <ChartBox label="Usage" plot={plot}>
        {({ width, height }) => <svg role="img" aria-label="first" width={width} height={height} />}
      </ChartBox>
    </MeterboardProvider>,
  );
  const box = screen.getByRole('application', { name: 'Usage' });
  expect(box.tabIndex).toBe(0);
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    await act(async () => {
      fireEvent.focus(box);
      await new Promise((settled) => setTimeout(settled, 50));
    });
    expect(screen.getByRole('img', { name: 'first' }).getAttribute('width')).toBe('640');
    expect(asked.count).toBeGreaterThan(0);
  }
});
