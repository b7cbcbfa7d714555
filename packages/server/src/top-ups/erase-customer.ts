import type { Database } from '../store/store.ts';

/**
 * Forgets who bought: purchases, grants, bonuses and their audit keep amounts and dates, and lose the customer, the names of
 * those who clicked, the host's reasons and the addresses to return to; stored events that name the customer, and
 * their usage, are removed. What is under way for them is not followed any more. Answers how many purchases and bonuses lost their owner.
 */
export async function eraseCustomer(db: Database, customerId: string): Promise<{ erased: number }> {
  if (customerId === '') return { erased: 0 };
  return db.transaction().execute(async (transaction) => {
    const topUps = await transaction
      .updateTable('top_ups')
      .set({ customer_id: '', actor: null, look_at_ms: null })
      .where('customer_id', '=', customerId)
      .returning('top_up_id as id')
      .execute();
    const bonuses = await transaction
      .updateTable('bonuses')
      .set({ customer_id: '', reason: '', look_at_ms: null })
      .where('customer_id', '=', customerId)
      .returning('bonus_id as id')
      .execute();
    await transaction
      .updateTable('credit_grants')
      .set({ customer_id: '' })
      .where('customer_id', '=', customerId)
      .execute();
    const ids = [...topUps, ...bonuses].map(({ id }) => id);
    if (ids.length > 0) {
      await transaction
        .updateTable('top_up_payments')
        .set({ success_url: '', cancel_url: '', card_id: null })
        .where('top_up_id', 'in', ids)
        .execute();
      await transaction
        .updateTable('audit')
        .set((row) => ({
          actor: row.fn<string>('split_part', ['actor', row.val(':'), row.val(1)]),
          reason: row.case().when('actor', 'like', '%:%').then('').else(row.ref('reason')).end(),
        }))
        .where('subject_id', 'in', ids)
        .execute();
    }
    await transaction
      .deleteFrom('webhook_events')
      .where('body', 'like', `%${likeText(customerId)}%`)
      .execute();
    await transaction.deleteFrom('usage_windows').where('customer_id', '=', customerId).execute();
    await transaction.deleteFrom('cache_marks').where('customer_id', '=', customerId).execute();
    return { erased: ids.length };
  });
}

function likeText(text: string): string {
  return text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`);
}
