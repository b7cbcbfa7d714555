import type { Measured, TimeSpan } from './measured.ts';
import type { Money } from './money.ts';

export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';

export interface Invoice {
  invoiceId: string;
  /** `null` until finalised. */
  number: string | null;
  status: InvoiceStatus;
  createdAtMs: number;
  /** The time its lines bill, from the first line's start to the last line's end; `null` without lines. */
  servicePeriod: TimeSpan | null;
  /** Before credits, discounts and tax. */
  subtotal: Money;
  /** Billing credits that pay for it, as a positive amount. On drafts provisional. */
  creditsApplied: Money;
  /** After credits, discounts and tax. */
  total: Money;
  /** What the customer is asked to pay, customer balance included. */
  amountDue: Money;
  amountPaid: Money;
  amountRemaining: Money;
  /** https page of the provider; anyone who holds the link can open it. */
  hostedUrl: string | null;
  pdfUrl: string | null;
}

export interface InvoiceListInput {
  /** `nextCursor` of the page before. */
  cursor?: string;
  /** 1..100, default 10. */
  limit?: number;
}

/** Newest first, drafts included. */
export interface InvoiceList extends Measured {
  invoices: Invoice[];
  /** `null` on the last page. */
  nextCursor: string | null;
}
