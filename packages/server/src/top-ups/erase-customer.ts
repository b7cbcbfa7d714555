import { BillingError } from '@meterboard/contract';
import { sql } from 'kysely';
import { needTopUps, type TopUpParts } from './parts.ts';

/** What was left of a customer. */
export interface Erasure {
  /** How many purchases and bonuses lost their owner. */
  erased: number;
}

/**
 * Forgets who bought: purchases, grants, bonuses and their audit keep amounts and dates, and lose the customer, the names of
 * those who clicked, the host's words and the addresses to return to; events that name the customer lose their body, and kept usage is
 * removed. Payment pages
 * that are still open are closed before, so that nobody pays for an account that is gone; what is under way is not followed any
 * more. Rejects with the provider's error, and erases nothing, while such a page cannot be closed.
 */
export async function eraseCustomer(parts: TopUpParts, customerId: string): Promise<Erasure> {
  const { db, nowMs } = parts;
  if (customerId === '') return { erased: 0 };
  await closeOpenPages(parts, customerId);
  return db.transaction().execute(async (transaction) => {
    const topUps = await transaction
      .updateTable('top_ups')
      .set((row) => ({
        customer_id: '',
        actor: null,
        look_at_ms: null,
        version: row('version', '+', 1),
        updated_at_ms: nowMs(),
      }))
      .where('customer_id', '=', customerId)
      .returning('top_up_id as id')
      .execute();
    const bonuses = await transaction
      .updateTable('bonuses')
      .set({ customer_id: '', reason: '', look_at_ms: null })
      .where('customer_id', '=', customerId)
      .returning('bonus_id as id')
      .execute();
    const bonusIds = bonuses.map(({ id }) => id);
    const ids = [...topUps.map(({ id }) => id), ...bonusIds];
    await transaction
      .updateTable('credit_grants')
      .set((row) => ({
        customer_id: '',
        name: row
          .case()
          .when('owner_id', 'in', [...bonusIds, ''])
          .then('')
          .else(row.ref('name'))
          .end(),
      }))
      .where('customer_id', '=', customerId)
      .execute();
    if (ids.length > 0) {
      await transaction
        .updateTable('top_up_payments')
        .set({ success_url: '', cancel_url: '', card_id: null })
        .where('top_up_id', 'in', ids)
        .execute();
      // The host's words stand in the changes of bonuses; those of purchases are amounts and codes of ours.
      await transaction
        .updateTable('audit')
        .set((row) => ({
          actor: row.fn<string>('split_part', ['actor', row.val(':'), sql.lit(1)]),
          reason: row
            .case()
            .when('subject_id', 'in', [...bonusIds, ''])
            .then('')
            .else(row.ref('reason'))
            .end(),
        }))
        .where('subject_id', 'in', ids)
        .execute();
    }
    // The ids stay, so that a sweep does not take the events for missed ones and fetches them again.
    await transaction
      .updateTable('webhook_events')
      .set({ body: '', state: 'ignored', reason: 'the customer was erased' })
      .where('body', 'like', `%"${likeText(customerId)}"%`)
      .execute();
    await transaction.deleteFrom('usage_windows').where('customer_id', '=', customerId).execute();
    await transaction.deleteFrom('cache_marks').where('customer_id', '=', customerId).execute();
    return { erased: ids.length };
  });
}

async function closeOpenPages({ db, gateway }: TopUpParts, customerId: string): Promise<void> {
  const open = await db
    .selectFrom('top_up_payments')
    .innerJoin('top_ups', 'top_ups.top_up_id', 'top_up_payments.top_up_id')
    .select(['kind', 'payment_id'])
    .where('customer_id', '=', customerId)
    .where('paid_at_ms', 'is', null)
    .where('is_closed', '=', false)
    .execute();
  for (const { kind, payment_id: paymentId } of open) {
    if (paymentId === null) continue;
    const closed = await needTopUps(gateway).closePayment({ customerId, kind, paymentId });
    const isOver = closed.isFinal || closed.state === 'paid' || closed.state === 'canceled';
    if (!isOver) throw new BillingError('provider_unavailable');
  }
}

function likeText(text: string): string {
  return text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`);
}
