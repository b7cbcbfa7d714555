/** What the order and eligibility rules look at. */
export interface CreditSource {
  grantId: string;
  currency: string;
  priority: number;
  category: 'paid' | 'promotional';
  effectiveSec: number;
  expiresSec: number | null;
  createdSec: number;
  /** Prices that it is limited to; `null` for every metered price. */
  priceIds: readonly string[] | null;
  remainingMinor: number;
}

/** A line that may take credits: only metered lines of subscriptions ever do. */
export interface CreditableLine {
  lineId: string;
  priceId: string;
  metered: boolean;
  amountMinor: number;
}

export interface Allocation {
  lineId: string;
  grantId: string;
  amountMinor: number;
}

/** Stripe's order: priority, earliest expiry (none last), promotional first, earliest effective, earliest created. */
export function compareGrants(a: CreditSource, b: CreditSource): number {
  return (
    a.priority - b.priority ||
    (a.expiresSec ?? Number.MAX_SAFE_INTEGER) - (b.expiresSec ?? Number.MAX_SAFE_INTEGER) ||
    Number(b.category === 'promotional') - Number(a.category === 'promotional') ||
    a.effectiveSec - b.effectiveSec ||
    a.createdSec - b.createdSec
  );
}

/**
 * Spreads credits over an invoice's lines, in invoice order and grant order. A grant is eligible if its currency and
 * scope fit and `effective_at ≤ periodEndSec < expires_at`. Pure: what it returns still has to be posted.
 */
export function allocateCredits(
  invoice: { currency: string; periodEndSec: number; lines: readonly CreditableLine[] },
  sources: readonly CreditSource[],
): Allocation[] {
  const eligible = sources
    .filter(
      (source) =>
        source.currency === invoice.currency &&
        source.effectiveSec <= invoice.periodEndSec &&
        (source.expiresSec === null || invoice.periodEndSec < source.expiresSec),
    )
    .sort(compareGrants)
    .map((source) => ({ ...source }));
  const allocations: Allocation[] = [];
  for (const line of invoice.lines) {
    let openMinor = line.metered ? line.amountMinor : 0;
    for (const source of eligible) {
      if (source.priceIds !== null && !source.priceIds.includes(line.priceId)) continue;
      const amountMinor = Math.min(openMinor, source.remainingMinor);
      if (amountMinor <= 0) continue;
      allocations.push({ lineId: line.lineId, grantId: source.grantId, amountMinor });
      source.remainingMinor -= amountMinor;
      openMinor -= amountMinor;
    }
  }
  return allocations;
}
