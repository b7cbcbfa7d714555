import { createHash, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Configuration } from '../configuration.ts';
import type { BillingGateway } from '../gateway.ts';
import { createGatewayCache, type GatewayCache, type Touched } from '../gateways/cached.ts';
import { limitGateway } from '../gateways/limit-gateway.ts';
import { memoiseGateway } from '../gateways/memoise-gateway.ts';
import type { Logger } from '../logger.ts';
import type { SnapshotGateways } from '../snapshot.ts';
import type { Database } from '../store/store.ts';
import { createAllowance } from './allowance.ts';
import { countReadings } from './count-readings.ts';
import { createKeptWindows, noKeptWindows } from './kept-windows.ts';
import { createMarks, type Marks, noMarks } from './marks.ts';
import { type CallCounts, createProviderCalls, type ProviderCalls } from './provider-calls.ts';
import { createReadingLedger, type ReadingLedger } from './reading.ts';
import type { RealTime } from './real-time.ts';
import type { CacheCounts } from './shelf.ts';
import { createMemoryTurns, createSharedTurns } from './turn-holder.ts';

/** What was asked of the provider, and what did not have to be, since this process started. */
export interface MeterboardStats {
  sinceMs: number;
  /** Calls to the provider, every page and every write. */
  calls: CallCounts;
  /** What became of questions; `null` without a cache. */
  cache: (CacheCounts & { customers: number; bytes: number }) | null;
  /** Readings (GET) within 30 days, by all processes that share the store, and how many there may be. */
  month: { gets: number; budget: number | null };
}

/** What one part of a request reads through, and how old that is. */
export interface ReadingScope {
  /** Reads each thing once per request. */
  gateway: BillingGateway;
  snapshotGateways: SnapshotGateways;
  ledger: ReadingLedger;
}

/** The provider as the rest of the server knows it. */
export interface Provider {
  /** Never from memory: for work that decides about money. */
  gateway: BillingGateway;
  /** `null`: the host wants none. */
  cache: GatewayCache | null;
  /** For one request: each call of the result is a scope of its own over the same readings. `direct` asks each time. */
  openRequest(signal: AbortSignal | null, direct: BillingGateway): () => ReadingScope;
  /** Tells this process, and all that share the store, that something changed. */
  invalidate(touched: Touched): void;
  /** Hears what other processes changed. Never rejects. */
  catchUp(): Promise<void>;
  stats(): MeterboardStats;
  /** Tells the others what was counted here. */
  stop(): Promise<void>;
}

export interface ProviderParts {
  configuration: Pick<Configuration, 'cache' | 'budget'>;
  /** Makes the gateway whose every call passes `calls`. */
  createGateway(calls: ProviderCalls): BillingGateway;
  /** Which account is read, as far as it can be known; `null`: it cannot. */
  account: string | null;
  livemode: boolean | null;
  /** Whether calls are held back: the limits are Stripe's. */
  isPaced: boolean;
  /** `null`: there is no store. `isShared`: other processes use it too. */
  store: { isShared: boolean; openDb(): Promise<Database> } | null;
  nowMs(): number;
  /** The clock that the provider's limits run on, and waiting on it. */
  realTime?: RealTime | undefined;
  logger: Logger;
}

/** The most calls under way at a time, for all requests together. */
const maxInFlight = 32;

/** A little more than the provider's second: calls do not arrive as evenly as they leave. */
const windowMs = 1_100;

/** Wires counting, budgets and memory around a gateway. Opens the store only when something is asked. */
export function createProvider(parts: ProviderParts): Provider {
  const { configuration, store, nowMs, logger } = parts;
  const { cache: settings, budget } = configuration;
  const { nowMs: realNowMs, sleep } = parts.realTime ?? {
    nowMs: Date.now,
    sleep: (ms: number) => setTimeout(ms),
  };
  const known = settings?.account ?? parts.account;
  const account = fingerprint(parts.livemode, known ?? `process ${randomUUID()}`);
  const openDb = store?.openDb ?? null;
  const limits = {
    perEndpoint: budget?.perEndpoint ?? 0,
    inAll: budget?.inAll ?? (parts.livemode ? 80 : 20),
    windowMs,
  };
  const local = createMemoryTurns(limits, realNowMs);
  const turns =
    store?.isShared && known !== null
      ? createSharedTurns(limits, { account, openDb: store.openDb, otherwise: local })
      : local;
  const allowance = createAllowance({ account, openDb: known === null || !budget ? null : openDb, nowMs });
  const calls = createProviderCalls({
    turns: budget && parts.isPaced ? turns : null,
    allowance,
    monthlyGets: budget?.monthlyGets ?? null,
    customerDailyGets: budget?.customerDailyGets ?? null,
    maxWaitMs: budget?.maxWaitMs ?? 0,
    nowMs,
    sleep,
  });
  const gateway = parts.createGateway(calls);
  const read = (direct: BillingGateway) => countReadings(direct, calls.readFor);

  const cache =
    settings &&
    createGatewayCache({
      gateway: limitGateway(read(gateway), { maxInFlight, maxCalls: Number.POSITIVE_INFINITY }),
      settings,
      kept: openDb && known !== null ? createKeptWindows({ account, openDb, nowMs, logger }) : noKeptWindows,
      stretch: calls.stretch,
      onInvalidated: (touched) => void marks.leave(touched),
      nowMs,
    });
  const marks: Marks =
    cache && store?.isShared
      ? createMarks({ self: randomUUID(), openDb: store.openDb, hear: cache.hear, nowMs, logger })
      : noMarks;
  const watched =
    cache && gateway.topUps ? { ...gateway, topUps: cache.watchTopUps(gateway.topUps) } : gateway;
  const sinceMs = nowMs();

  return {
    gateway: watched,
    cache,
    openRequest(signal, direct) {
      if (!cache) {
        const memoised = memoiseGateway(read(direct));
        const snapshotGateways = { first: memoised, fresh: read(direct) };
        return () => ({ gateway: memoised, snapshotGateways, ledger: createReadingLedger() });
      }
      const view = cache.openView(signal, read(direct));
      return () => {
        const ledger = createReadingLedger();
        const snapshotGateways = view.gatewaysFor(ledger);
        return { gateway: snapshotGateways.first, snapshotGateways, ledger };
      };
    },
    invalidate: (touched) => cache?.invalidate(touched),
    catchUp: marks.catchUp,
    stats: () => ({
      sinceMs,
      calls: { ...calls.counts, byEndpoint: { ...calls.counts.byEndpoint } },
      cache: cache && { ...cache.counts, ...cache.size() },
      month: { gets: allowance.spent(), budget: budget?.monthlyGets ?? null },
    }),
    stop: async () => {
      if (calls.counts.gets > 0) await allowance.sync();
    },
  };
}

/** Stands for an account in the store, without naming it. */
function fingerprint(livemode: boolean | null, account: string): string {
  return createHash('sha256')
    .update(JSON.stringify([livemode, account]))
    .digest('base64url')
    .slice(0, 22);
}
