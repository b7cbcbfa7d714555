import type { RawCreditTransaction } from '../gateway.ts';
import { needTopUps, type TopUpParts } from '../top-ups/parts.ts';
import type { GrantRow } from '../top-ups/rows.ts';

/**
 * Ends a grant and answers what was unused then: what the ledger says was voided or expired. May be called again after a crash.
 * One that expired by itself is left as it is. Never more than the grant.
 */
export async function takeBackGrant({ gateway, nowMs }: TopUpParts, row: GrantRow): Promise<number> {
  const { grant_id: grantId, customer_id: customerId } = row;
  if (grantId === null)
    throw new Error(`grant ${row.owner_id}:${row.generation} is taken back before it is made`);
  const isOver = row.expires_at_ms !== null && row.expires_at_ms <= nowMs();
  if (!isOver) await needTopUps(gateway).endGrant({ customerId, grantId, nowMs: nowMs() });
  return takenBackOf(await gateway.listCreditTransactions(customerId), row);
}

/**
 * What is unused of a grant that is over: all that no invoice has taken for good. It grows when such an invoice is voided: what
 * comes back then is gone at once.
 */
export function takenBackOf(ledger: readonly RawCreditTransaction[], row: GrantRow): number {
  const usedMinor = ledger
    .filter(
      ({ grantId, kind }) => grantId === row.grant_id && (kind === 'applied' || kind === 'invoice_voided'),
    )
    .reduce((sum, { signedMinor }) => sum - signedMinor, 0);
  return Math.min(row.amount_minor, Math.max(0, row.amount_minor - usedMinor));
}
