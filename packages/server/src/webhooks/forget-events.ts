import type { Database } from '../store/store.ts';
import { defaultKeepDays, maxKeepDays } from './webhook-options.ts';

const dayMs = 86_400_000;

/**
 * Forgets handled events that were received more than `keepDays` ago, and those that still want handling after 400
 * days. Resolves to how many.
 */
export async function forgetEvents(
  db: Database,
  { nowMs, keepDays = defaultKeepDays }: { nowMs: number; keepDays?: number },
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('webhook_events')
    .where((row) =>
      row.or([
        row.and([
          row('state', 'in', ['done', 'ignored']),
          row('received_at_ms', '<', nowMs - keepDays * dayMs),
        ]),
        row('received_at_ms', '<', nowMs - maxKeepDays * dayMs),
      ]),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
