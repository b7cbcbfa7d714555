import { createHash } from 'node:crypto';
import type { RawUsageRow } from '../gateway.ts';
import { describeCause, type Logger } from '../logger.ts';
import type { Database } from '../store/store.ts';
import { orElse } from './patience.ts';

/** Usage that can no longer change, kept for good. Never rejects: what cannot be kept is read again. */
export interface KeptWindows {
  find(customerId: string, questions: readonly string[]): Promise<Map<string, RawUsageRow[]>>;
  keep(customerId: string, question: string, rows: readonly RawUsageRow[]): Promise<void>;
}

/** For hosts without a store: what memory forgets is read again. */
export const noKeptWindows: KeptWindows = {
  find: async () => new Map(),
  keep: async () => undefined,
};

/** In the store, apart by account: ids of one account mean nothing in another. */
export function createKeptWindows(parts: {
  account: string;
  openDb(): Promise<Database>;
  nowMs(): number;
  logger: Logger;
}): KeptWindows {
  const { account, openDb, nowMs, logger } = parts;
  let hasComplained = false;

  async function attempt<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    return orElse(work(), (error) => {
      if (!hasComplained) {
        logger.warn('Usage that is final could not be looked up or kept; it is read from the provider.', {
          cause: describeCause(error ?? 'the store takes too long'),
        });
      }
      hasComplained = true;
      return otherwise;
    });
  }

  return {
    find: (customerId, questions) =>
      attempt(async () => {
        const found = new Map<string, RawUsageRow[]>();
        if (questions.length === 0) return found;
        const keys = new Map(questions.map((question) => [keyOf(account, customerId, question), question]));
        const db = await openDb();
        const rows = await db
          .selectFrom('usage_windows')
          .select(['window_key', 'customer_id', 'body'])
          .where('window_key', 'in', [...keys.keys()])
          .execute();
        for (const row of rows) {
          const question = keys.get(row.window_key);
          // A key is a hash: whose row it is stands in the row as well.
          if (question === undefined || row.customer_id !== customerId) continue;
          found.set(question, JSON.parse(row.body) as RawUsageRow[]);
        }
        return found;
      }, new Map<string, RawUsageRow[]>()),
    keep: (customerId, question, rows) =>
      attempt(async () => {
        const db = await openDb();
        await db
          .insertInto('usage_windows')
          .values({
            window_key: keyOf(account, customerId, question),
            customer_id: customerId,
            body: JSON.stringify(rows),
            read_at_ms: nowMs(),
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }, undefined),
  };
}

function keyOf(account: string, customerId: string, question: string): string {
  return createHash('sha256')
    .update(JSON.stringify([account, customerId, question]))
    .digest('base64url');
}
