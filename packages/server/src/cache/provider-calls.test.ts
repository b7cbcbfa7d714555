import { BillingError } from '@meterboard/contract';
import { describe, expect, it } from 'vitest';
import { createAllowance } from './allowance.ts';
import { createProviderCalls } from './provider-calls.ts';
import { createMemoryTurns } from './turn-holder.ts';

const call = { method: 'GET', endpoint: 'e', isReading: true } as const;

/** Calls on a clock that moves when told to. */
function createCalls(maxWaitMs: number, budget: { monthlyGets?: number; customerDailyGets?: number } = {}) {
  let nowMs = 0;
  let sleepers: { atMs: number; wake: () => void }[] = [];
  const time = () => nowMs;
  const calls = createProviderCalls({
    turns: createMemoryTurns({ perEndpoint: 4, inAll: 100, windowMs: 1_000 }, time),
    allowance: createAllowance({ account: 'a', openDb: null, nowMs: time }),
    monthlyGets: budget.monthlyGets ?? null,
    customerDailyGets: budget.customerDailyGets ?? null,
    maxWaitMs,
    nowMs: time,
    sleep: (ms) => new Promise<void>((wake) => sleepers.push({ atMs: nowMs + ms, wake })),
  });
  async function advance(ms: number): Promise<void> {
    const untilMs = nowMs + ms;
    while (nowMs <= untilMs) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      const due = sleepers.filter(({ atMs }) => atMs <= nowMs);
      sleepers = sleepers.filter((sleeper) => !due.includes(sleeper));
      for (const { wake } of due) wake();
      nowMs += 500;
    }
  }
  return { calls, advance, time };
}

it.each([
  ['waits no longer than it may', { isReading: true, method: 'GET' }, 0, 20],
  ['waits as long as it takes where it is not a reading', { isReading: false, method: 'POST' }, 20, 0],
] as const)(
  'a turn that was reserved before the provider said to wait does not hold: it %s',
  async (_, kind, later, refused) => {
    const { calls, advance, time } = createCalls(10_000);
    const madeAtMs: number[] = [];
    const codes: string[] = [];
    for (let index = 0; index < 24; index += 1) {
      calls
        .make({ ...call, ...kind }, async () => {
          madeAtMs.push(time());
          if (time() < 30_000) throw new BillingError('provider_rate_limited', { retryAfterMs: 30_000 });
        })
        .catch((error: BillingError) => codes.push(error.code));
    }
    await advance(60_000);
    expect(madeAtMs.filter((atMs) => atMs > 1_000 && atMs < 30_000)).toEqual([]);
    expect(madeAtMs.filter((atMs) => atMs >= 30_000)).toHaveLength(later);
    expect(calls.counts).toMatchObject({ rateLimited: 4, refused, waited: 20 });
    expect(codes).toHaveLength(24 - later);
  },
);

describe('many calls that begin at once', () => {
  const readAll = async (calls: ReturnType<typeof createCalls>['calls'], customerId: string | null) => {
    const list = Array.from({ length: 20 }, () =>
      calls.readFor(customerId, () => calls.make(call, async () => 'read')),
    );
    const results = await Promise.allSettled(list);
    return results.filter(({ status }) => status === 'fulfilled').length;
  };

  it("take no more than a customer's readings of a day, which are nobody else's", async () => {
    const { calls, advance } = createCalls(60_000, { customerDailyGets: 7 });
    const made = [readAll(calls, 'a'), readAll(calls, 'b'), readAll(calls, null)];
    await advance(60_000);
    expect(await Promise.all(made)).toEqual([7, 7, 20]);
  });

  it('take no more than the readings of a month, which bind only what is read for dashboards', async () => {
    const { calls, advance } = createCalls(60_000, { monthlyGets: 7 });
    const made = readAll(calls, 'a');
    await advance(60_000);
    expect(await made).toBe(7);
    const other = calls.make(call, async () => 'read');
    await advance(10_000);
    expect(await other).toBe('read');
  });
});
