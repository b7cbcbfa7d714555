import type { CreditGrantState } from '@meterboard/contract';
import type { RawCreditGrant, RawCreditTransaction } from '../gateway.ts';

/**
 * The order in which Stripe uses grants: priority, earliest expiry (none last), promotional before paid, earliest
 * effective, earliest created (docs "Billing credits", 2026-05). The id decides where all of these are equal.
 */
export function compareGrants(a: RawCreditGrant, b: RawCreditGrant): number {
  return (
    a.priority - b.priority ||
    compareExpiry(a.expiresAtMs, b.expiresAtMs) ||
    Number(a.category === 'paid') - Number(b.category === 'paid') ||
    a.effectiveAtMs - b.effectiveAtMs ||
    a.createdAtMs - b.createdAtMs ||
    (a.grantId < b.grantId ? -1 : 1)
  );
}

/** A grant with what is left of it in the ledger. */
export interface LedgerGrant {
  grant: RawCreditGrant;
  /** Minor units, never negative. */
  ledgerMinor: number;
  state: CreditGrantState;
}

/**
 * Folds the ledger into what each grant still holds: the sum of its credits less its debits. A grant without an
 * entry holds its whole amount: it takes effect later, or was made after the ledger was read.
 */
export function foldLedger(
  grants: readonly RawCreditGrant[],
  transactions: readonly RawCreditTransaction[],
  nowMs: number,
): LedgerGrant[] {
  const sums = new Map<string, number>();
  for (const { grantId, signedMinor } of transactions) {
    sums.set(grantId, (sums.get(grantId) ?? 0) + signedMinor);
  }
  return grants.map((grant) => {
    const ledgerMinor = Math.max(0, sums.get(grant.grantId) ?? grant.amount.amountMinor);
    return { grant, ledgerMinor, state: grantState(grant, ledgerMinor, nowMs) };
  });
}

/**
 * The provider stores no state: it follows from voiding, dates and the ledger, in this order. A grant that was made
 * to take effect at once is active, also where the provider's clock is ahead of ours.
 */
export function grantState(grant: RawCreditGrant, ledgerMinor: number, nowMs: number): CreditGrantState {
  if (grant.voidedAtMs !== null) return 'voided';
  if (grant.expiresAtMs !== null && grant.expiresAtMs <= nowMs) return 'expired';
  if (grant.effectiveAtMs > Math.max(nowMs, grant.createdAtMs)) return 'upcoming';
  return ledgerMinor > 0 ? 'active' : 'depleted';
}

function compareExpiry(a: number | null, b: number | null): number {
  if (a === b) return 0;
  return (a ?? Number.POSITIVE_INFINITY) < (b ?? Number.POSITIVE_INFINITY) ? -1 : 1;
}
