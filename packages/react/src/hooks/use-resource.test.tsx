import { BillingError, type CreditBalances } from '@meterboard/contract';
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, createFixtures, fixtureNowMs } from '../testing/index.ts';
import { useCreditBalance } from './use-credit-balance.ts';

/** A server that answers, call by call, what `script` says; the last entry stays. */
function renderWith(script: (CreditBalances | BillingError)[]) {
  let calls = 0;
  const client = createFixtureClient();
  client.credits.balance.query = async () => {
    const step = script[Math.min(calls, script.length - 1)];
    calls += 1;
    if (!step) throw new Error('a script has at least one entry');
    if (step instanceof BillingError) throw step;
    return step;
  };
  const wrapper = ({ children }: { children: ReactNode }) => (
    <MeterboardProvider client={client}>{children}</MeterboardProvider>
  );
  return { ...renderHook(() => useCreditBalance(), { wrapper }), calls: () => calls };
}

const { credits } = createFixtures();
const unavailable = new BillingError('provider_unavailable');
const rejected = new BillingError('provider_rejected');

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

async function pass(ms: number) {
  await act(() => vi.advanceTimersByTimeAsync(ms));
}

describe('useResource', () => {
  it('retries what may succeed later, and says nothing of it', async () => {
    const { result, calls } = renderWith([unavailable, unavailable, credits]);
    await pass(100);
    expect(result.current).toMatchObject({ status: 'loading', error: null, data: undefined });
    await pass(3_000);
    expect(result.current).toMatchObject({ status: 'ready', error: null, isStale: false });
    expect(calls()).toBe(3);
  });

  it('gives up after three retries with the error and no invented data', async () => {
    const { result, calls } = renderWith([unavailable]);
    await pass(5_000);
    expect(result.current).toMatchObject({ status: 'error', data: undefined, ageMs: null });
    expect(result.current.error?.code).toBe('provider_unavailable');
    expect(calls()).toBe(4);
  });

  it('never retries what cannot succeed', async () => {
    const { result, calls } = renderWith([rejected]);
    await pass(5_000);
    expect(result.current).toMatchObject({ status: 'error', error: { code: 'provider_rejected' } });
    expect(calls()).toBe(1);
  });

  it('waits as long as the provider says, and shows the error rather than wait long', async () => {
    const patient = renderWith([new BillingError('provider_rate_limited', { retryAfterMs: 2_000 }), credits]);
    await pass(1_900);
    expect(patient.calls()).toBe(1);
    await pass(200);
    expect(patient.result.current.status).toBe('ready');
    const long = renderWith([new BillingError('provider_rate_limited', { retryAfterMs: 30_000 }), credits]);
    await pass(100);
    expect(long.result.current.error?.code).toBe('provider_rate_limited');
  });

  it('keeps the last good data when a later read fails, and calls it stale', async () => {
    const { result } = renderWith([credits, rejected, credits]);
    await pass(0);
    act(() => {
      result.current.refetch();
    });
    await pass(100);
    expect(result.current).toMatchObject({
      status: 'ready',
      isStale: true,
      error: { code: 'provider_rejected' },
    });
    expect(result.current.data).toEqual(credits);
    act(() => {
      result.current.refetch();
    });
    await pass(100);
    expect(result.current).toMatchObject({ isStale: false, error: null });
  });

  it('calls data stale that the server itself could not read again', async () => {
    const { result } = renderWith([{ ...credits, freshness: 'stale' }]);
    await pass(0);
    expect(result.current).toMatchObject({ status: 'ready', isStale: true, error: null });
  });

  it('reads again every minute', async () => {
    const { calls } = renderWith([credits]);
    await pass(0);
    expect(calls()).toBe(1);
    await pass(60_100);
    expect(calls()).toBe(2);
  });

  it('tells the age by the server clock plus the time since receipt, whatever this clock says', async () => {
    vi.setSystemTime(fixtureNowMs + 400 * 86_400_000);
    const { result } = renderWith([
      { ...credits, asOfMs: fixtureNowMs - 12_000, servedAtMs: fixtureNowMs },
      rejected,
    ]);
    await pass(0);
    expect(result.current.ageMs).toBe(12_000);
    await pass(30_000);
    expect(result.current.ageMs).toBeGreaterThanOrEqual(41_000);
    expect(result.current.ageMs).toBeLessThanOrEqual(43_000);
  });
});

describe('useCreditBalance', () => {
  it('fails loudly without a provider', () => {
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(() => renderHook(() => useCreditBalance())).toThrow(
      'wrap them in <MeterboardProvider client={…}>',
    );
    complaint.mockClear();
  });

  it('resolves on real timers too', async () => {
    vi.useRealTimers();
    const { result } = renderWith([credits]);
    await waitFor(() => expect(result.current.status).toBe('ready'));
  });
});
