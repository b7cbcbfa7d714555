import { BillingError, type TopUpRecord } from '@meterboard/contract';
import { sql } from 'kysely';
import { creditTargetMinor } from '../domain/plan-grants.ts';
import type { ArrivingTopUp } from '../domain/summarize-credits.ts';
import type { Database } from '../store/store.ts';
import { describeTopUp } from './describe-top-up.ts';
import type { TopUpRow } from './rows.ts';

/** One page of a customer's purchases. */
export interface HistoryPage {
  topUps: TopUpRecord[];
  nextCursor: string | null;
}

/** Newest first. What was begun and never paid is left out. Rejects with `not_found` on `cursor` for one that is none of ours. */
export async function listHistory(
  db: Database,
  { customerId, limit, cursor }: { customerId: string; limit: number; cursor: string | null },
): Promise<HistoryPage> {
  const before = cursor === null ? null : readCursor(cursor);
  let query = db
    .selectFrom('top_ups')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('state', 'not in', ['created', 'open', 'requires_action', 'expired', 'canceled']);
  if (before) {
    query = query.where(
      sql<boolean>`(created_at_ms, top_up_id) < (${before.createdAtMs}::bigint, ${before.topUpId}::text)`,
    );
  }
  const rows = await query
    .orderBy('created_at_ms', 'desc')
    .orderBy('top_up_id', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { topUps: page.map(describeTopUp), nextCursor: rows.length > limit && last ? cursorOf(last) : null };
}

function cursorOf({ created_at_ms, top_up_id }: TopUpRow): string {
  return `${created_at_ms}_${top_up_id}`;
}

function readCursor(cursor: string): { createdAtMs: number; topUpId: string } {
  const [, createdAtMs, topUpId] = /^(\d{1,15})_(tu_[\w-]{43})$/.exec(cursor) ?? [];
  if (createdAtMs === undefined || topUpId === undefined)
    throw new BillingError('not_found', { field: 'cursor' });
  return { createdAtMs: Number(createdAtMs), topUpId };
}

/** The customer's own purchase. Rejects with `not_found` for an id that is unknown or another customer's. */
export async function requireOwn(db: Database, customerId: string, topUpId: string): Promise<TopUpRow> {
  const row = await db
    .selectFrom('top_ups')
    .selectAll()
    .where('top_up_id', '=', topUpId)
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  if (!row) throw new BillingError('not_found', { field: 'topUpId' });
  return row;
}

/** What a customer has paid and does not have as a credit yet, as far as the store knows. */
export async function listArriving(db: Database, customerId: string): Promise<ArrivingTopUp[]> {
  const rows = await db
    .selectFrom('top_ups')
    .select(['top_up_id', 'credit_currency', 'credit_minor', 'charged_minor', 'lost_minor'])
    .where('customer_id', '=', customerId)
    .where('state', 'in', ['paid', 'granting'])
    .where((where) => where.or([where('stuck', 'is', null), where('stuck', '!=', 'not_as_agreed')]))
    .execute();
  return rows.map((row) => ({
    topUpId: row.top_up_id,
    currency: row.credit_currency,
    amountMinor: creditTargetMinor(row.credit_minor, {
      currency: row.credit_currency,
      chargedMinor: row.charged_minor ?? 0,
      refundedMinor: row.lost_minor,
      disputedMinor: 0,
    }),
  }));
}
