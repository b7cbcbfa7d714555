import type Stripe from 'stripe';
import { isCredit, type LedgerEntry } from '../billing/ledger-entry.ts';
import type { Wire } from '../wire.ts';

/** An entry of the credit ledger on the wire. */
export function toStripeCreditBalanceTransaction(entry: LedgerEntry) {
  const amount = {
    monetary: { currency: entry.currency, value: entry.amountMinor },
    type: 'monetary',
  } as const;
  const invoice =
    entry.invoice === null
      ? null
      : { invoice: entry.invoice.invoiceId, invoice_line_item: entry.invoice.lineId };
  const credit = isCredit(entry.kind);
  return {
    id: entry.id,
    object: 'billing.credit_balance_transaction',
    created: entry.createdSec,
    credit: credit ? { amount, credits_application_invoice_voided: invoice, type: entry.kind } : null,
    credit_grant: entry.grantId,
    debit: credit ? null : { amount, credits_applied: invoice, type: entry.kind },
    effective_at: entry.effectiveSec,
    livemode: false,
    test_clock: entry.testClockId,
    type: credit ? 'credit' : 'debit',
  } satisfies Wire<Stripe.Billing.CreditBalanceTransaction>;
}
