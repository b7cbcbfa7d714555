import { BillingError } from '@meterboard/contract';
import { hourMs } from '../domain/time-units.ts';
import { describeCause } from '../logger.ts';
import type { StuckReason } from '../store/tables.ts';
import type { SettleParts } from './reading.ts';
import { changeTopUp, lockPurchase } from './rows.ts';
import { settleTopUp } from './settle-top-up.ts';

/** How a sweep went. */
export interface SweepCounts {
  looked: number;
  failed: number;
}

/** The most purchases of one sweep; the others are due at the next. */
const maxLooks = 1_000;

/** Waits after looks that failed, one after the other. */
const waitsMs = [hourMs / 6, hourMs, 6 * hourMs, 24 * hourMs];

/**
 * Settles every purchase whose time to be looked at has come, longest due first, whether or not an event told of it. One that cannot
 * be read does not stop the others and is looked at ever more rarely; one that the provider does not know any more is shown to the
 * operator. `openParts` gives each purchase a provider budget of its own.
 */
export async function sweepTopUps(openParts: () => Promise<SettleParts>): Promise<SweepCounts> {
  const counts: SweepCounts = { looked: 0, failed: 0 };
  const { db, gateway, nowMs } = await openParts();
  const livemode = gateway.topUps?.livemode ?? null;
  let query = db
    .selectFrom('top_ups')
    .select('top_up_id')
    .where('look_at_ms', '<=', nowMs())
    .where('customer_id', '!=', '');
  if (livemode !== null) query = query.where('livemode', '=', livemode);
  const due = await query.orderBy('look_at_ms').limit(maxLooks).execute();
  for (const { top_up_id: topUpId } of due) {
    const parts = await openParts();
    counts.looked += 1;
    try {
      await settleTopUp(parts, topUpId, 'sweep');
    } catch (error) {
      counts.failed += 1;
      parts.logger.warn('A top-up could not be looked at; it is tried again later.', {
        topUpId,
        cause: describeCause(error),
      });
      await putOff(parts, topUpId, error);
    }
  }
  return counts;
}

async function putOff({ db, nowMs }: SettleParts, topUpId: string, error: unknown): Promise<void> {
  const isUnknown =
    error instanceof BillingError && (error.code === 'not_found' || error.code === 'customer_not_found');
  await db.transaction().execute(async (transaction) => {
    const purchase = await lockPurchase(transaction, topUpId);
    if (!purchase) return;
    const { row } = purchase;
    const atMs = nowMs();
    const stuck: StuckReason | null = isUnknown ? 'unreadable' : row.stuck;
    const waitMs = waitsMs[Math.min(row.looks, waitsMs.length - 1)] ?? hourMs;
    const values = { stuck, looks: row.looks + 1, look_at_ms: atMs + waitMs };
    await changeTopUp(transaction, row, values, { actor: 'sweep', atMs });
  });
}
