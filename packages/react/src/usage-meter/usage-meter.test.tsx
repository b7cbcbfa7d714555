import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, type FixtureState } from '../testing/index.ts';
import { UsageMeter } from './usage-meter.tsx';

afterEach(cleanup);

function renderMeter(meter: string, state?: FixtureState) {
  render(
    <MeterboardProvider client={createFixtureClient({ state })}>
      <UsageMeter meter={meter} />
    </MeterboardProvider>,
  );
}

describe('UsageMeter', () => {
  it('says so where no meter has that name', async () => {
    renderMeter('api_request');
    expect((await screen.findByRole('alert')).textContent).toContain('There is no such meter.');
  });

  it('does not blame the name where the plan measures nothing at all', async () => {
    renderMeter('api_requests', 'empty');
    await screen.findByText(/^Meters appear here/);
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
