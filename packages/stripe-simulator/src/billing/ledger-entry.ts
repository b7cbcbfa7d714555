export type LedgerKind =
  | 'credits_granted'
  | 'credits_application_invoice_voided'
  | 'credits_applied'
  | 'credits_expired'
  | 'credits_voided';

/** One entry of the append-only credit ledger. */
export interface LedgerEntry {
  id: string;
  grantId: string;
  customerId: string;
  testClockId: string | null;
  createdSec: number;
  effectiveSec: number;
  kind: LedgerKind;
  /** Always positive; the kind says the direction. */
  amountMinor: number;
  currency: string;
  invoice: { invoiceId: string; lineId: string } | null;
}

/** True for the two kinds that add to a balance. */
export function isCredit(kind: LedgerKind): boolean {
  return kind === 'credits_granted' || kind === 'credits_application_invoice_voided';
}
