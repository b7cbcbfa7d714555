import type { Touched } from '../gateways/cached.ts';
import { describeCause, type Logger } from '../logger.ts';
import type { Database } from '../store/store.ts';
import { orElse } from './patience.ts';

/** What one process drops, the others drop too. */
export interface Marks {
  /** Tells the others. Never rejects. */
  leave(touched: Touched): Promise<void>;
  /** Hears what the others left, at most once a second. Never rejects. */
  catchUp(): Promise<void>;
}

const keepMs = 3_600_000;
/** A mark with a smaller number may become visible after one with a larger. */
const overlap = 200;

/** For hosts of one process. */
export const noMarks: Marks = { leave: async () => undefined, catchUp: async () => undefined };

/** Marks in the store of all processes, `self` being this one. Ids are those of the provider: no two accounts share one. */
export function createMarks(parts: {
  self: string;
  openDb(): Promise<Database>;
  hear(touched: Touched): void;
  nowMs(): number;
  logger: Logger;
  everyMs?: number;
}): Marks {
  const { everyMs = 1_000 } = parts;
  const { self, openDb, hear, nowMs, logger } = parts;
  let last: number | null = null;
  let heard = new Set<number>();
  let heardAtMs = Number.NEGATIVE_INFINITY;
  let listening: Promise<void> | undefined;

  async function listen(): Promise<void> {
    const db = await openDb();
    if (last === null) {
      const newest = await db
        .selectFrom('cache_marks')
        .select((row) => row.fn.max('seq').as('seq'))
        .executeTakeFirst();
      // What was read before this process first listened was not in its memory for long: it began with nothing.
      last = newest?.seq ?? 0;
      hear({});
      return;
    }
    const rows = await db
      .selectFrom('cache_marks')
      .selectAll()
      .where('seq', '>', last - overlap)
      .orderBy('seq')
      .execute();
    for (const { seq, sender, customer_id, meter_id, what } of rows) {
      if (heard.has(seq)) continue;
      last = Math.max(last, seq);
      if (sender === self) continue;
      hear({
        ...(customer_id === null ? {} : { customerId: customer_id }),
        ...(meter_id === null ? {} : { meterId: meter_id }),
        ...(what === null ? {} : { what }),
      });
    }
    heard = new Set(rows.map(({ seq }) => seq));
  }

  function complain(error: unknown): void {
    logger.warn(
      'What other processes changed could not be exchanged; readings serve as long as they are fresh.',
      {
        cause: describeCause(error),
      },
    );
  }

  return {
    async leave({ customerId, meterId, what }) {
      try {
        const db = await openDb();
        await db
          .insertInto('cache_marks')
          .values({
            sender: self,
            customer_id: customerId ?? null,
            meter_id: meterId ?? null,
            what: what ?? null,
            at_ms: nowMs(),
          })
          .execute();
        if (Math.random() < 0.01)
          await db
            .deleteFrom('cache_marks')
            .where('at_ms', '<', nowMs() - keepMs)
            .execute();
      } catch (error) {
        complain(error);
      }
    },
    catchUp() {
      if (performance.now() - heardAtMs <= everyMs && everyMs > 0) return Promise.resolve();
      listening ??= listen()
        .catch(complain)
        .finally(() => {
          listening = undefined;
          heardAtMs = performance.now();
        });
      return orElse(listening, () => undefined);
    },
  };
}
