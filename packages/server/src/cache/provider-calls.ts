import { AsyncLocalStorage } from 'node:async_hooks';
import { BillingError } from '@meterboard/contract';
import type { Allowance } from './allowance.ts';
import { createCustomerShares } from './customer-shares.ts';
import { stretchOf } from './stretch.ts';
import type { TurnHolder } from './turn-holder.ts';

/** One call to the provider, as it is counted. */
export interface ProviderCall {
  method: 'GET' | 'POST';
  /** What the provider limits, for example `billing.meters.list`. */
  endpoint: string;
  /** A figure for a dashboard: may be refused. What moves money waits as long as it has to. */
  isReading: boolean;
}

/** What has been asked of the provider since the start. */
export interface CallCounts {
  total: number;
  gets: number;
  posts: number;
  byEndpoint: Record<string, number>;
  /** Calls that had to wait for their turn, and for how long in all. */
  waited: number;
  waitedMs: number;
  /** Calls that were not made, because the budget was spent or the wait too long. */
  refused: number;
  /** Calls that the provider itself refused as too many. */
  rateLimited: number;
}

/** Every call to the provider passes here. */
export interface ProviderCalls {
  counts: CallCounts;
  /** Counts a call in and makes it in its turn. Rejects with `provider_rate_limited` where a reading would wait too long. */
  make<T>(call: ProviderCall, run: () => Promise<T>): Promise<T>;
  /**
   * Reads for a customer, to whom all calls within count, or for nobody in particular. They reject with
   * `provider_rate_limited` once the month's readings are spent, or the customer's of a day. What is not read so is
   * counted and never refused for that.
   */
  readFor<T>(customerId: string | null, read: () => Promise<T>): Promise<T>;
  /** How many times as long as usual readings serve. */
  stretch(): number;
}

/** Counts calls, and paces them where `turns` are given. */
export function createProviderCalls(parts: {
  turns: TurnHolder | null;
  allowance: Allowance;
  /** Readings in 30 days; `null`: as many as it takes. */
  monthlyGets: number | null;
  /** Readings of one customer in 24 hours; `null`: as many as there are. */
  customerDailyGets: number | null;
  maxWaitMs: number;
  nowMs(): number;
  sleep(ms: number): Promise<unknown>;
}): ProviderCalls {
  const { turns, allowance, monthlyGets, customerDailyGets, maxWaitMs, nowMs, sleep } = parts;
  const shares = customerDailyGets === null ? null : createCustomerShares(customerDailyGets, nowMs);
  /** For whom is read: one reading may take many pages, each of which is a call. */
  const readers = new AsyncLocalStorage<{ customerId: string | null }>();
  const counts: CallCounts = {
    total: 0,
    gets: 0,
    posts: 0,
    byEndpoint: Object.create(null),
    waited: 0,
    waitedMs: 0,
    refused: 0,
    rateLimited: 0,
  };

  function refuse(why: string, retryAfterMs: number): never {
    counts.refused += 1;
    throw new BillingError('provider_rate_limited', {
      retryAfterMs: Math.max(0, retryAfterMs),
      cause: new Error(why),
    });
  }

  async function awaitTurn(holder: TurnHolder, { endpoint, isReading }: ProviderCall): Promise<void> {
    let leftMs = isReading ? maxWaitMs : Number.POSITIVE_INFINITY;
    let hasWaited = false;
    do {
      const { waitMs, isReserved } = await holder.reserve(endpoint, leftMs);
      if (!isReserved)
        refuse(`the rate budget of ${endpoint} is taken for ${Math.ceil(waitMs)} ms`, Math.ceil(waitMs));
      if (waitMs <= 0) return;
      if (!hasWaited) counts.waited += 1;
      hasWaited = true;
      counts.waitedMs += waitMs;
      leftMs -= waitMs;
      await sleep(waitMs);
      // The provider may have said meanwhile that it is too much.
    } while (await holder.isPaused(endpoint));
  }

  function countGet(): void {
    counts.gets += 1;
    allowance.count();
    const customerId = readers.getStore()?.customerId ?? null;
    if (customerId !== null) shares?.count(customerId);
  }

  function assertAllowance(): void {
    const reader = readers.getStore();
    if (!reader) return;
    const { customerId } = reader;
    if (monthlyGets !== null && allowance.spent() >= monthlyGets) {
      refuse(`the budget of ${monthlyGets} readings in 30 days is spent`, allowance.nextAtMs() - nowMs());
    }
    const nextAtMs = customerId === null ? null : (shares?.nextAtMs(customerId) ?? null);
    if (nextAtMs === null) return;
    refuse(`${customerId} has had its ${customerDailyGets} readings of a day`, nextAtMs - nowMs());
  }

  return {
    counts,
    async make(call, run) {
      assertAllowance();
      if (turns) await awaitTurn(turns, call);
      // Others may have spent the rest while this one waited.
      assertAllowance();
      counts.total += 1;
      if (call.method === 'GET') countGet();
      else counts.posts += 1;
      counts.byEndpoint[call.endpoint] = (counts.byEndpoint[call.endpoint] ?? 0) + 1;
      try {
        return await run();
      } catch (error) {
        const waitMs = rateLimitOf(error);
        if (waitMs !== null) {
          counts.rateLimited += 1;
          await turns?.pause(call.endpoint, waitMs);
        }
        throw error;
      }
    },
    readFor: (customerId, read) => readers.run({ customerId }, read),
    stretch: () => stretchOf(allowance.spent(), monthlyGets),
  };
}

/** For how long the provider wants to be left alone; `null`: it said something else. */
function rateLimitOf(thrown: unknown): number | null {
  if (thrown instanceof BillingError) {
    return thrown.code === 'provider_rate_limited' ? (thrown.retryAfterMs ?? 1_000) : null;
  }
  if (typeof thrown !== 'object' || thrown === null || !('statusCode' in thrown)) return null;
  if (thrown.statusCode !== 429) return null;
  const headers: unknown = 'headers' in thrown ? thrown.headers : null;
  const seconds =
    typeof headers === 'object' && headers !== null
      ? Number(Reflect.get(headers, 'retry-after'))
      : Number.NaN;
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 1_000;
}
