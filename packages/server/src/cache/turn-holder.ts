import { sql } from 'kysely';
import type { Database } from '../store/store.ts';
import { orElse } from './patience.ts';
import {
  createTurnState,
  isPaused,
  pauseEndpoint,
  reserveTurn,
  type TurnLimits,
  type TurnState,
} from './turns.ts';

/** Who may call next: for one process, or for all that share a database. */
export interface TurnHolder {
  /** How long to wait before the call; or, where that is longer than allowed, that it is not to be made. */
  reserve(endpoint: string, maxWaitMs: number): Promise<{ waitMs: number; isReserved: boolean }>;
  /** The provider said that it is too much: nobody calls the endpoint for so long. */
  pause(endpoint: string, forMs: number): Promise<void>;
  /** Whether nobody calls the endpoint now: a turn that was reserved before is to be reserved again. */
  isPaused(endpoint: string): Promise<boolean>;
}

const databaseNow = sql<string>`(extract(epoch from clock_timestamp()) * 1000)::bigint::text`.as('now');

/** For one process, on its own clock. */
export function createMemoryTurns(limits: TurnLimits, nowMs: () => number): TurnHolder {
  const state = createTurnState();
  return {
    async reserve(endpoint, maxWaitMs) {
      const now = nowMs();
      const { atMs, isReserved } = reserveTurn(state, endpoint, { nowMs: now, maxWaitMs, limits });
      return { waitMs: atMs - now, isReserved };
    },
    async pause(endpoint, forMs) {
      pauseEndpoint(state, endpoint, nowMs() + forMs);
    },
    isPaused: async (endpoint) => isPaused(state, endpoint, nowMs()),
  };
}

/**
 * For all processes on one database, on the database's clock: one row per account, changed under a lock. While the
 * database does not answer each process keeps to the limits by itself.
 */
export function createSharedTurns(
  limits: TurnLimits,
  parts: { account: string; openDb(): Promise<Database>; otherwise: TurnHolder },
): TurnHolder {
  const { otherwise } = parts;
  async function change<T>(work: (state: TurnState, nowMs: number) => T): Promise<T> {
    const db = await parts.openDb();
    await db
      .insertInto('provider_turns')
      .values({ account: parts.account, state: JSON.stringify(createTurnState()) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return db.transaction().execute(async (trx) => {
      const row = await trx
        .selectFrom('provider_turns')
        .select(['state', databaseNow])
        .where('account', '=', parts.account)
        .forUpdate()
        .executeTakeFirstOrThrow();
      const state = readState(row.state);
      const result = work(state, Number(row.now));
      await trx
        .updateTable('provider_turns')
        .set({ state: JSON.stringify(state) })
        .where('account', '=', parts.account)
        .execute();
      return result;
    });
  }

  async function look(endpoint: string): Promise<boolean> {
    const db = await parts.openDb();
    const row = await db
      .selectFrom('provider_turns')
      .select(['state', databaseNow])
      .where('account', '=', parts.account)
      .executeTakeFirst();
    return row !== undefined && isPaused(readState(row.state), endpoint, Number(row.now));
  }

  return {
    reserve: (endpoint, maxWaitMs) =>
      orElse(
        change((state, nowMs) => {
          const { atMs, isReserved } = reserveTurn(state, endpoint, { nowMs, maxWaitMs, limits });
          return { waitMs: atMs - nowMs, isReserved };
        }),
        () => otherwise.reserve(endpoint, maxWaitMs),
      ),
    pause: (endpoint, forMs) =>
      orElse(
        change((state, nowMs) => pauseEndpoint(state, endpoint, nowMs + forMs)),
        () => otherwise.pause(endpoint, forMs),
      ),
    isPaused: (endpoint) => orElse(look(endpoint), () => otherwise.isPaused(endpoint)),
  };
}

function readState(text: string): TurnState {
  const kept: TurnState = JSON.parse(text);
  const state = createTurnState();
  Object.assign(state.endpoints, kept.endpoints);
  Object.assign(state.pausedUntilMs, kept.pausedUntilMs);
  return { ...state, inAll: kept.inAll };
}
