import { dayMs, floorTo } from '../domain/time-units.ts';
import type { Database } from '../store/store.ts';

/** Stripe counts readings over 30 days, per account. */
const spanDays = 30;
const flushEveryMs = 1_000;

/** How many readings the account has left this month. */
export interface Allowance {
  /** Counts one reading. */
  count(): void;
  /** Readings within the last 30 days, as far as this process knows. */
  spent(): number;
  /** When the oldest day leaves the count, Unix ms: the soonest that there is more. */
  nextAtMs(): number;
  /** Brings what was counted here to the others, and what they counted here. Never rejects. */
  sync(): Promise<void>;
}

/** Counts by UTC day; with a database, together with all processes on it and across restarts. */
export function createAllowance(parts: {
  account: string;
  openDb: (() => Promise<Database>) | null;
  nowMs(): number;
}): Allowance {
  const { account, openDb, nowMs } = parts;
  const own = new Map<number, number>();
  let others = new Map<number, number>();
  let syncing: Promise<void> | undefined;
  let syncedAtMs = Number.NEGATIVE_INFINITY;

  const today = () => floorTo(dayMs, nowMs());
  const isRecent = (day: number) => day > today() - spanDays * dayMs;

  async function exchange(open: () => Promise<Database>): Promise<void> {
    const db = await open();
    for (const [day, gets] of [...own]) {
      await db
        .insertInto('provider_calls')
        .values({ account, day_ms: day, gets })
        .onConflict((conflict) =>
          conflict.columns(['account', 'day_ms']).doUpdateSet((row) => ({
            gets: row('provider_calls.gets', '+', gets),
          })),
        )
        .execute();
      const left = (own.get(day) ?? 0) - gets;
      if (left > 0) own.set(day, left);
      else own.delete(day);
      others.set(day, (others.get(day) ?? 0) + gets);
    }
    const rows = await db
      .selectFrom('provider_calls')
      .select(['day_ms', 'gets'])
      .where('account', '=', account)
      .where('day_ms', '>', today() - spanDays * dayMs)
      .execute();
    others = new Map(rows.map((row) => [row.day_ms, row.gets]));
  }

  function sync(): Promise<void> {
    if (!openDb) return Promise.resolve();
    syncing ??= exchange(openDb)
      .catch(() => undefined)
      .finally(() => {
        syncing = undefined;
        syncedAtMs = performance.now();
      });
    return syncing;
  }

  return {
    count() {
      own.set(today(), (own.get(today()) ?? 0) + 1);
      if (performance.now() - syncedAtMs > flushEveryMs) void sync();
    },
    spent() {
      let sum = 0;
      for (const counts of [own, others]) for (const [day, gets] of counts) if (isRecent(day)) sum += gets;
      return sum;
    },
    nextAtMs() {
      const days = [...own.keys(), ...others.keys()].filter(isRecent);
      return Math.min(...days, today()) + spanDays * dayMs;
    },
    sync,
  };
}
