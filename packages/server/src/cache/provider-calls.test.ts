import { BillingError } from '@meterboard/contract';
import { expect, it } from 'vitest';
import { createAllowance } from './allowance.ts';
import { createProviderCalls } from './provider-calls.ts';
import { createMemoryTurns } from './turn-holder.ts';

it('makes no call of an endpoint before the time that the provider named, those included that had a turn', async () => {
  let nowMs = 0;
  const sleepers: { atMs: number; wake(): void }[] = [];
  const madeAtMs: number[] = [];
  const calls = createProviderCalls({
    turns: createMemoryTurns({ perEndpoint: 4, inAll: 100, windowMs: 1_000 }, () => nowMs),
    allowance: createAllowance({ account: 'a', openDb: null, nowMs: () => nowMs }),
    monthlyGets: null,
    maxWaitMs: 60_000,
    nowMs: () => nowMs,
    sleep: (ms) => new Promise<void>((wake) => sleepers.push({ atMs: nowMs + ms, wake })),
  });
  const call = { method: 'GET', endpoint: 'e', isReading: true } as const;
  const made = Array.from({ length: 24 }, () =>
    calls
      .make(call, async () => {
        madeAtMs.push(nowMs);
        if (nowMs < 30_000) throw new BillingError('provider_rate_limited', { retryAfterMs: 30_000 });
      })
      .catch(() => undefined),
  );
  for (let step = 0; step < 450; step += 1) {
    await new Promise((done) => setImmediate(done));
    nowMs += 100;
    for (const sleeper of sleepers.splice(0)) {
      if (sleeper.atMs <= nowMs) sleeper.wake();
      else sleepers.push(sleeper);
    }
  }
  await Promise.all(made);
  expect(madeAtMs.filter((atMs) => atMs > 0 && atMs < 30_000)).toEqual([]);
  expect(madeAtMs).toHaveLength(24);
  expect(calls.counts.rateLimited).toBe(4);
});
