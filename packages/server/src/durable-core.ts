import { BillingError } from '@meterboard/contract';
import type { Configuration } from './configuration.ts';
import type { BillingGateway } from './gateway.ts';
import type { Touched } from './gateways/cached.ts';
import { limitGateway } from './gateways/limit-gateway.ts';
import { settleBonus } from './grants/bonus.ts';
import type { JobHandlers } from './jobs/jobs.ts';
import { createPgBossJobs } from './jobs/pg-boss-jobs.ts';
import { describeCause, type Logger } from './logger.ts';
import { readNotCovered } from './read-not-covered.ts';
import type { Database, Store } from './store/store.ts';
import type { StoreHolder } from './store/store-holder.ts';
import { createStoreHolder } from './store/store-holder.ts';
import type { SettleParts } from './top-ups/reading.ts';
import { settleTopUp } from './top-ups/settle-top-up.ts';
import { type SweepCounts, sweepTopUps } from './top-ups/sweep-top-ups.ts';
import { fetchMissedEvents, type MissedEvents, readCursor } from './webhooks/fetch-missed-events.ts';
import { forgetEvents } from './webhooks/forget-events.ts';
import { createEventHandler } from './webhooks/handle-event.ts';
import type { EventInbox } from './webhooks/store-event.ts';

/** What the durable core is made of. */
export interface DurableCoreParts {
  configuration: Configuration;
  /** Without limits: each piece of work gets its own. */
  gateway: BillingGateway;
  /** What an event tells to have changed. */
  invalidate(touched: Touched): void;
  store: Store;
  /** Carries out a command that another process on this machine sends. */
  operate(command: string, input: unknown): Promise<unknown>;
  nowMs(): number;
  logger: Logger;
}

/** How a sweep went. `events`: `null` where the provider was asked less than an hour ago, or tells no events. */
export interface SweepReport {
  topUps: SweepCounts;
  bonuses: SweepCounts;
  events: MissedEvents | null;
}

/** Everything that outlives a request: the store, the jobs on it, and the work that they do. Opened when first needed. */
export interface DurableCore {
  store: StoreHolder;
  openDb(): Promise<Database>;
  /** An open store with its jobs. Rejects while it is out of reach. */
  openInbox(): Promise<EventInbox>;
  /** What work on purchases needs, with a provider budget of its own. */
  openTopUps(gateway?: BillingGateway): Promise<SettleParts>;
  /** Takes background work in this process until `stop()`, beginning with a sweep. */
  start(): Promise<void>;
  /** Looks for what no event told of. `always`: also asks for missed events when that was done within the hour. */
  sweep(options?: { always?: boolean }): Promise<SweepReport>;
  /** Ends the work and closes the store; what is under way is finished, or taken up elsewhere. */
  stop(options?: { timeoutMs?: number }): Promise<void>;
}

/** Stripe allows 10,000 readings a month to the smallest account: one look an hour takes 720 of them. */
const eventLookMs = 3_600_000;

/** Wires the store, the jobs and what they do. */
export function createDurableCore(parts: DurableCoreParts): DurableCore {
  const { configuration, gateway, invalidate, nowMs, logger, operate } = parts;
  const store = createStoreHolder(parts.store, { logger, operate }, (opened) => jobs.prepare(opened));
  const jobs = createPgBossJobs(() => store.get(), { logger });
  const openDb = async (): Promise<Database> => (await store.get()).db;

  async function openTopUps(given?: BillingGateway): Promise<SettleParts> {
    const db = await openDb();
    const own = given ?? limitGateway(gateway);
    return {
      db,
      jobs,
      gateway: own,
      nowMs,
      logger,
      readNotCovered: (customerId, currency) => readNotCovered(own, { customerId, currency, nowMs: nowMs() }),
      onSettled: (customerId) => invalidate({ customerId, what: 'purchases' }),
    };
  }

  async function settle(topUpId: string, actor: string): Promise<'settled' | 'unknown'> {
    return (await settleTopUp(await openTopUps(), topUpId, actor)) ? 'settled' : 'unknown';
  }

  async function sweep({ always = false } = {}): Promise<SweepReport> {
    const topUps = await sweepTopUps(await openTopUps());
    const bonuses = await sweepBonuses();
    return { topUps, bonuses, events: await lookForEvents(always) };
  }

  async function sweepBonuses(): Promise<SweepCounts> {
    const counts: SweepCounts = { looked: 0, failed: 0 };
    const own = await openTopUps();
    const due = await own.db
      .selectFrom('bonuses')
      .select('bonus_id')
      .where('look_at_ms', '<=', nowMs())
      .where('customer_id', '!=', '')
      .limit(1_000)
      .execute();
    for (const { bonus_id: bonusId } of due) {
      counts.looked += 1;
      try {
        await settleBonus(own, bonusId);
      } catch (error) {
        counts.failed += 1;
        logger.warn('A bonus could not be looked at; the next sweep tries again.', {
          bonusId,
          cause: describeCause(error),
        });
      }
    }
    return counts;
  }

  async function lookForEvents(always: boolean): Promise<MissedEvents | null> {
    const { events, topUps } = gateway;
    if (!events || !configuration.topUps) return null;
    const db = await openDb();
    if (!always && ((await readCursor(db)) ?? 0) > nowMs() - eventLookMs) return null;
    try {
      return await fetchMissedEvents({
        db,
        jobs,
        events,
        livemode: topUps?.livemode ?? null,
        nowMs,
        logger,
      });
    } catch (error) {
      if (!(error instanceof BillingError)) throw error;
      logger.warn('Missed events could not be asked for; the next sweep tries again.', {
        cause: describeCause(error.cause ?? error),
      });
      return null;
    }
  }

  async function handlersOf(): Promise<JobHandlers> {
    const db = await openDb();
    const { events, topUps = null } = gateway;
    const handleEvent =
      events && createEventHandler({ db, events, topUps, settle, invalidate, nowMs, logger });
    return {
      settle_top_up: async ({ topUpId }) => {
        await settle(topUpId, 'sweep');
      },
      settle_bonus: async ({ bonusId }) => {
        await settleBonus(await openTopUps(), bonusId);
      },
      handle_event: async (data, attempt) => {
        if (!handleEvent) throw new Error('an event waits, and the provider of this host tells none');
        await handleEvent(data, attempt);
      },
      sweep: async () => {
        await sweep();
      },
      forget: async () => {
        await forgetEvents(db, { nowMs: nowMs(), keepDays: configuration.webhooks.keepDays });
      },
    };
  }

  return {
    store,
    openDb,
    openTopUps,
    openInbox: async () => ({ db: await openDb(), jobs }),
    async start() {
      await jobs.start(await handlersOf());
      await jobs.send('sweep', {}, { key: 'start' });
    },
    sweep,
    async stop(options) {
      await jobs.stop(options);
      await store.close();
    },
  };
}
