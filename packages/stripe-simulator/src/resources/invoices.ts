import { type Allocation, allocateCredits } from '../billing/allocate-credits.ts';
import { resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { World } from '../world.ts';
import { creditSources } from './credit-grants.ts';

/** What an invoice bills: the usage of an item in `[startSec, endSec)`, or its fee for that period. */
export interface BilledSpan {
  itemId: string;
  priceId: string;
  kind: 'usage' | 'fee';
  quantity: number | null;
  startSec: number;
  endSec: number;
  /** Set when a fee covers only a part of a whole period. */
  proration: { partSec: number; wholeSec: number } | null;
}

export interface InvoiceLineState {
  id: string;
  /** Names the line within its invoice, so that it keeps its id when usage is recomputed. */
  key: string;
  span: BilledSpan;
  productId: string;
  metered: boolean;
  description: string;
  quantityDecimal: string;
  unitAmountDecimal: string;
  amountMinor: number;
}

/** Credits that were applied for good, with the ledger entry that says so. */
export interface AppliedCredit extends Allocation {
  transactionId: string;
}

export interface InvoiceState {
  id: string;
  customerId: string;
  subscriptionId: string;
  currency: string;
  createdSec: number;
  status: 'draft' | 'open' | 'paid' | 'void';
  billingReason: 'subscription_create' | 'subscription_cycle' | 'subscription_update' | 'upcoming';
  collectionMethod: 'charge_automatically' | 'send_invoice';
  daysUntilDue: number | null;
  periodStartSec: number;
  periodEndSec: number;
  spans: BilledSpan[];
  lines: InvoiceLineState[];
  applied: AppliedCredit[];
  autoAdvance: boolean;
  automaticallyFinalizesSec: number | null;
  number: string | null;
  finalizedSec: number | null;
  paidSec: number | null;
  voidedSec: number | null;
  amountPaidMinor: number;
  attempts: number;
  metadata: Record<string, string>;
}

export const invoices = defineTable<InvoiceState>();

export function requireInvoice(world: World, id: string, param = 'id'): InvoiceState {
  const invoice = invoices(world).get(id);
  if (invoice === undefined) throw resourceMissing('invoice', id, param);
  return invoice;
}

export interface InvoiceAmounts {
  credits: Array<Allocation & { transactionId: string | null }>;
  subtotalMinor: number;
  totalMinor: number;
  /** What is or was asked of the customer. */
  dueMinor: number;
}

/**
 * The amounts of an invoice. Drafts and previews show, provisionally and each as if it were alone, the credits that
 * the ledger could pay now; from finalisation on the credits are those that were applied.
 */
export function invoiceAmounts(world: World, invoice: InvoiceState): InvoiceAmounts {
  const credits =
    invoice.status === 'draft'
      ? provisionalCredits(world, invoice).map((allocation) => ({ ...allocation, transactionId: null }))
      : invoice.applied;
  const subtotalMinor = sum(invoice.lines);
  const totalMinor = subtotalMinor - sum(credits);
  return { credits, subtotalMinor, totalMinor, dueMinor: Math.max(0, totalMinor) };
}

/** What the customer's credits would pay of this invoice if it were finalised now. */
export function provisionalCredits(world: World, invoice: InvoiceState): Allocation[] {
  return allocateCredits(creditable(invoice), creditSources(world, invoice.customerId));
}

/** The invoice as the allocation rules see it. */
export function creditable(invoice: InvoiceState) {
  return {
    currency: invoice.currency,
    periodEndSec: invoice.periodEndSec,
    lines: invoice.lines.map((line) => ({
      lineId: line.id,
      priceId: line.span.priceId,
      metered: line.metered,
      amountMinor: line.amountMinor,
    })),
  };
}

/** A customer's drafts, oldest first. */
export function draftsOf(world: World, customerId: string): InvoiceState[] {
  return invoices(world)
    .oldestFirst()
    .filter((invoice) => invoice.customerId === customerId && invoice.status === 'draft');
}

function sum(parts: ReadonlyArray<{ amountMinor: number }>): number {
  return parts.reduce((total, { amountMinor }) => total + amountMinor, 0);
}
