import { BillingError } from '@meterboard/contract';
import type { RawCreditGrant } from '../gateway.ts';
import { describeCause } from '../logger.ts';
import type { StuckReason } from '../store/tables.ts';
import { keyLifeMs, needTopUps, type TopUpParts } from '../top-ups/parts.ts';
import type { GrantRow } from '../top-ups/rows.ts';

/**
 * How a try to make a grant ended. `failed`: it surely made none, and the next one needs a new key. `unknown`: it may have, and the
 * same call has to be made again.
 */
export type GrantOutcome =
  | { kind: 'made'; grantId: string }
  | { kind: 'failed' }
  | { kind: 'unknown'; stuck: StuckReason | null };

/**
 * Makes the grant that a row plans, however often it is called: one that was sent before is looked up first; then the same key
 * is used again until the provider has said no, or could have forgotten it. The row tells all that the call says.
 */
export async function makeGrant(parts: TopUpParts, row: GrantRow): Promise<GrantOutcome> {
  const { db, gateway, nowMs, logger } = parts;
  const { createGrant } = needTopUps(gateway);
  const { owner_id: ownerId, generation, n } = row;
  const update = (values: { sent_at_ms?: number; has_failed?: boolean }) =>
    db
      .updateTable('credit_grants')
      .set(values)
      .where('owner_id', '=', ownerId)
      .where('generation', '=', generation)
      .where('n', '=', n)
      .execute();

  if (row.sent_at_ms !== null) {
    const found = await findGrant(parts, row);
    if (found === 'customer_deleted') return { kind: 'unknown', stuck: found };
    if (found) return { kind: 'made', grantId: found.grantId };
    if (row.has_failed || nowMs() - row.sent_at_ms > keyLifeMs) return { kind: 'failed' };
  } else {
    await update({ sent_at_ms: nowMs() });
  }
  try {
    const made = await createGrant({
      customerId: row.customer_id,
      ownerId,
      generation,
      name: row.name,
      amount: { amountMinor: row.amount_minor, currency: row.currency },
      category: row.category,
      priority: row.priority,
      expiresAtMs: row.expires_at_ms,
      idempotencyKey: row.idempotency_key,
    });
    return { kind: 'made', grantId: made.grantId };
  } catch (error) {
    if (!(error instanceof BillingError)) throw error;
    const hasFailed = error.answered && error.code !== 'provider_rate_limited';
    if (hasFailed) await update({ has_failed: true });
    logger.error('A credit is not given yet; it is tried again.', {
      ownerId,
      code: error.code,
      cause: describeCause(error.cause ?? error),
    });
    return { kind: 'unknown', stuck: hasFailed ? stuckBy(error) : null };
  }
}

/** The provider's grant for a row, by our own notes on it. A deleted customer's cannot be listed. */
async function findGrant(
  { gateway }: TopUpParts,
  row: GrantRow,
): Promise<RawCreditGrant | 'customer_deleted' | undefined> {
  try {
    const grants = await gateway.listCreditGrants(row.customer_id);
    return grants.find(({ owner }) => owner?.ownerId === row.owner_id && owner.generation === row.generation);
  } catch (error) {
    if (error instanceof BillingError && error.code === 'customer_not_found') return 'customer_deleted';
    throw error;
  }
}

function stuckBy({ code, limit }: BillingError): StuckReason | null {
  if (code === 'customer_not_found') return 'customer_deleted';
  if (code !== 'provider_rejected') return null;
  return limit === undefined ? 'grant_refused' : 'grant_cap';
}
