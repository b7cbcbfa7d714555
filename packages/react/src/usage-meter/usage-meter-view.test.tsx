import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, fixtureUsage } from '../testing/index.ts';
import { UsageMeterView } from './usage-meter-view.tsx';

afterEach(cleanup);

const [requests] = fixtureUsage;
if (!requests) throw new Error('fixtures hold meters');

function show(rest: Partial<typeof requests>) {
  const { container } = render(
    <MeterboardProvider client={createFixtureClient()}>
      <UsageMeterView usage={{ ...requests, ...rest } as NonNullable<typeof requests>} />
    </MeterboardProvider>,
  );
  return container;
}

describe('UsageMeterView', () => {
  it('measures against the included quantity', () => {
    show({ total: '14208', included: '20000', usedRatio: 0.7104 });
    expect(screen.getByRole('meter', { name: 'API requests' }).getAttribute('aria-valuetext')).toBe(
      '14,208 of 20,000',
    );
  });

  it('measures against the limit where there is one', () => {
    const container = show({ limit: '30000', status: 'near' });
    expect(container.textContent).toContain('30,000');
    expect(container.textContent).toContain('close to your limit');
  });

  it.each([
    [{ status: 'over' as const }, 'beyond what your plan includes'],
    [{ status: 'over' as const, limit: '10' }, 'over your limit'],
    [{ status: 'ok' as const }, 'in your plan'],
  ])('says what %j means', (rest, words) => {
    expect(show(rest).textContent).toContain(words);
  });

  it('draws no bar where there is nothing to measure against', () => {
    const container = show({ included: null, limit: null, usedRatio: null });
    expect(screen.queryByRole('meter')).toBeNull();
    expect(container.querySelector('data')?.getAttribute('value')).toBe(requests?.total);
  });

  it('never shows an unknown total as zero', () => {
    const container = show({ total: null, usedRatio: null });
    expect(container.textContent).toContain('–');
    expect(container.querySelector('data[value="0"]')).toBeNull();
    expect(container.textContent).not.toMatch(/(^|\s)0/);
  });

  it('keeps the exact figure within reach of a shortened one', () => {
    const data = show({ total: '10412345.5' }).querySelector('data');
    expect(data?.textContent).toBe('10.4M');
    expect(data?.title).toBe('10,412,345.5');
    expect(data?.value).toBe('10412345.5');
  });
});
