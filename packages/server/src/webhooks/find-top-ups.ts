import type { RawProviderEvent, TopUpGateway } from '../gateway.ts';
import type { Database } from '../store/store.ts';

/**
 * The purchases in the store that a payment in an event belongs to: the one that it names, and those whose payments
 * they are. Asks the provider only where the event names none and the store knows none of the payments. Being named
 * is no proof of anything: whoever settles asks the provider about the purchase's own payments.
 */
export async function findTopUps(
  db: Database,
  topUps: Pick<TopUpGateway, 'findTopUpOf'>,
  { topUpId, paymentIds }: NonNullable<RawProviderEvent['payment']>,
): Promise<string[]> {
  const found = new Set(await ownersOf(db, paymentIds));
  if (topUpId !== null && (await isKnown(db, topUpId))) found.add(topUpId);
  if (found.size > 0 || topUpId !== null) return [...found];
  for (const paymentId of paymentIds) {
    const owner = await topUps.findTopUpOf(paymentId);
    if (owner !== null && (await isKnown(db, owner))) found.add(owner);
  }
  return [...found];
}

async function ownersOf(db: Database, paymentIds: readonly string[]): Promise<string[]> {
  if (paymentIds.length === 0) return [];
  const rows = await db
    .selectFrom('top_up_payments')
    .select('top_up_id')
    .distinct()
    .where((row) => row.or([row('payment_id', 'in', paymentIds), row('intent_id', 'in', paymentIds)]))
    .execute();
  return rows.map((row) => row.top_up_id);
}

async function isKnown(db: Database, topUpId: string): Promise<boolean> {
  const row = await db
    .selectFrom('top_ups')
    .select('top_up_id')
    .where('top_up_id', '=', topUpId)
    .executeTakeFirst();
  return row !== undefined;
}
