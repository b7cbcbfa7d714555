import { describeCause } from '../logger.ts';
import type { SettleParts } from './reading.ts';
import { settleTopUp } from './settle-top-up.ts';

/** How a sweep went. */
export interface SweepCounts {
  looked: number;
  failed: number;
}

const pageSize = 100;

/**
 * Settles every purchase whose time to be looked at has come, whether or not an event told of it. One that cannot be read does not
 * stop the others: it is looked at again by the next sweep.
 */
export async function sweepTopUps(parts: SettleParts): Promise<SweepCounts> {
  const counts: SweepCounts = { looked: 0, failed: 0 };
  const untilMs = parts.nowMs();
  for (let after = ''; ; ) {
    const due = await parts.db
      .selectFrom('top_ups')
      .select('top_up_id')
      .where('look_at_ms', '<=', untilMs)
      .where('top_up_id', '>', after)
      .where('customer_id', '!=', '')
      .orderBy('top_up_id')
      .limit(pageSize)
      .execute();
    for (const { top_up_id: topUpId } of due) {
      counts.looked += 1;
      try {
        await settleTopUp(parts, topUpId, 'sweep');
      } catch (error) {
        counts.failed += 1;
        parts.logger.warn('A top-up could not be looked at; the next sweep tries again.', {
          topUpId,
          cause: describeCause(error),
        });
      }
    }
    const last = due.at(-1);
    if (!last || due.length < pageSize) return counts;
    after = last.top_up_id;
  }
}
