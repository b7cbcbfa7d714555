import { BillingError, type UsageSeriesInput } from '@meterboard/contract';
import { act, cleanup, fireEvent, render, renderHook, screen, waitFor, within } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, createFixtureOverview } from '../testing/index.ts';
import { UsageDashboard } from '../usage-dashboard/usage-dashboard.tsx';
import { useUsageSeries } from './use-usage-series.ts';

afterEach(cleanup);

const quarterMs = 15 * 60_000;

function providedBy(client = createFixtureClient()) {
  return ({ children }: { children: ReactNode }) => (
    <MeterboardProvider client={client}>{children}</MeterboardProvider>
  );
}

describe('useUsageSeries', () => {
  it('asks once for a range that ends now, widened outwards to quarters of an hour', async () => {
    const asked: UsageSeriesInput[] = [];
    const client = createFixtureClient();
    const { query } = client.usage.series;
    client.usage.series.query = (input) => {
      asked.push(input);
      return query(input);
    };
    let nowMs = Date.UTC(2026, 10, 22, 12, 1);
    const startMs = Date.UTC(2026, 10, 1, 0, 7);
    const { result } = renderHook(
      () => {
        nowMs += 1;
        return useUsageSeries({ range: { kind: 'between', startMs, endMs: nowMs } });
      },
      { wrapper: providedBy(client) },
    );
    await waitFor(() => expect(result.current.status).toBe('ready'));
    await act(() => new Promise((settled) => setTimeout(settled, 50)));
    expect(asked.map(({ range }) => range)).toEqual([
      {
        kind: 'between',
        startMs: Date.UTC(2026, 10, 1),
        endMs: Date.UTC(2026, 10, 22, 12) + quarterMs,
      },
    ]);
  });

  it('does not carry the error of one meter over to the next', async () => {
    const client = createFixtureClient();
    client.usage.series.query = ({ meters }) =>
      meters?.[0] === 'nope'
        ? Promise.reject(new BillingError('unknown_meter'))
        : new Promise(() => undefined);
    const { result, rerender } = renderHook(({ meter }) => useUsageSeries({ meters: [meter] }), {
      initialProps: { meter: 'nope' },
      wrapper: providedBy(client),
    });
    await waitFor(() => expect(result.current.error?.code).toBe('unknown_meter'));
    rerender({ meter: 'tokens_used' });
    expect(result.current).toMatchObject({ status: 'loading', error: null });
  });

  it('reads a meter itself that the overview above could not tell', async () => {
    const client = createFixtureClient();
    const failed = { ok: false as const, error: new BillingError('provider_rejected').toPublicError() };
    client.overview.query = async () => ({ ...createFixtureOverview(), meters: failed, usage: failed });
    const series = vi.spyOn(client.usage.series, 'query');
    render(<UsageDashboard />, { wrapper: providedBy(client) });
    const usage = within(await screen.findByRole('region', { name: 'Usage' }));
    fireEvent.click(await usage.findByRole('button', { name: 'Try again' }));
    await screen.findByRole('img', { name: 'API requests, per day' });
    expect(series).toHaveBeenCalledTimes(1);
  });
});
