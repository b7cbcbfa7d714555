import { type Allocation, allocateCredits } from '../billing/allocate-credits.ts';
import { minimumCharge } from '../billing/money.ts';
import { resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { World } from '../world.ts';
import { creditSources } from './credit-grants.ts';
import { customerBalance } from './customer-balance.ts';
import { customers } from './customers.ts';

/** What a subscription item is billed for: its usage in `[startSec, endSec)`, its fee, or its free trial. */
export interface BilledSpan {
  itemId: string;
  priceId: string;
  kind: 'usage' | 'fee' | 'trial';
  quantity: number | null;
  startSec: number;
  endSec: number;
  /** Set when a fee covers only a part of a whole period. */
  proration: { partSec: number; wholeSec: number } | null;
}

/** What a discount and a tax did to a line, in minor units; an exclusive tax comes on top of the line's amount. */
export interface LineAdjustment {
  discount: { id: string; amountMinor: number } | null;
  tax: { amountMinor: number; inclusive: boolean } | null;
}

export interface InvoiceLineState {
  id: string;
  /** Names the line within its invoice, so that it keeps its id when usage is recomputed. */
  key: string;
  subscriptionId: string | null;
  subscriptionItemId: string | null;
  /** The invoice item that it comes from; `null` for what the subscription bills by itself. */
  invoiceItemId: string | null;
  priceId: string | null;
  productId: string | null;
  metered: boolean;
  proration: boolean;
  startSec: number;
  endSec: number;
  description: string | null;
  quantityDecimal: string;
  unitAmountDecimal: string | null;
  amountMinor: number;
  discountable: boolean;
  adjustment?: LineAdjustment | null;
  metadata: Record<string, string>;
}

/** Credits that were applied for good, with the ledger entry that says so. */
export interface AppliedCredit extends Allocation {
  transactionId: string;
}

/** What finalisation fixed: later changes of the customer balance no longer show on the invoice. */
export interface FrozenAmounts {
  startingBalanceMinor: number;
  endingBalanceMinor: number;
  dueMinor: number;
}

export interface InvoiceState {
  id: string;
  customerId: string;
  subscriptionId: string | null;
  currency: string;
  createdSec: number;
  status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
  billingReason: 'manual' | 'subscription_create' | 'subscription_cycle' | 'subscription_update' | 'upcoming';
  collectionMethod: 'charge_automatically' | 'send_invoice';
  daysUntilDue: number | null;
  /** A due date chosen by the caller; otherwise it follows from `daysUntilDue`. */
  dueSec: number | null;
  periodStartSec: number;
  periodEndSec: number;
  spans: BilledSpan[];
  lines: InvoiceLineState[];
  applied: AppliedCredit[];
  frozen: FrozenAmounts | null;
  autoAdvance: boolean;
  automaticallyFinalizesSec: number | null;
  nextAttemptSec: number | null;
  number: string | null;
  finalizedSec: number | null;
  /** True when the last try to finalise it found more than Stripe takes. */
  finalizationFailed: boolean;
  paidSec: number | null;
  voidedSec: number | null;
  uncollectibleSec: number | null;
  amountPaidMinor: number;
  attempts: number;
  description: string | null;
  footer: string | null;
  defaultPaymentMethodId: string | null;
  deleted: boolean;
  metadata: Record<string, string>;
}

export const invoices = defineTable<InvoiceState>();

export function requireInvoice(world: World, id: string, param = 'id'): InvoiceState {
  const invoice = invoices(world).get(id);
  if (invoice === undefined || invoice.deleted) throw resourceMissing('invoice', id, param);
  return invoice;
}

export interface InvoiceAmounts {
  credits: Array<Allocation & { transactionId: string | null }>;
  subtotalMinor: number;
  totalMinor: number;
  startingBalanceMinor: number;
  /** `null` until finalisation. */
  endingBalanceMinor: number | null;
  /** What is or was asked of the customer. */
  dueMinor: number;
}

/**
 * The amounts of an invoice. Drafts and previews show, provisionally and each as if it were alone, the credits and the
 * customer balance that could pay now; from finalisation on both are those that were applied.
 */
export function invoiceAmounts(world: World, invoice: InvoiceState): InvoiceAmounts {
  const credits =
    invoice.finalizedSec === null
      ? provisionalCredits(world, invoice).map((allocation) => ({ ...allocation, transactionId: null }))
      : invoice.applied;
  const subtotalMinor = sum(invoice.lines);
  const totalMinor = linesTotal(invoice.lines) - sum(credits);
  if (invoice.frozen !== null) return { credits, subtotalMinor, totalMinor, ...invoice.frozen };
  const due = applyBalance(world, invoice, totalMinor);
  return { credits, subtotalMinor, totalMinor, ...due, endingBalanceMinor: null };
}

/**
 * What the customer balance makes of a total: a credit lowers what is due, a debt raises it, and what is below the
 * currency's minimum charge is left for the next invoice. Only a balance in the invoice's currency counts.
 */
export function applyBalance(world: World, invoice: InvoiceState, totalMinor: number): FrozenAmounts {
  const customer = customers(world).get(invoice.customerId);
  const own = customer?.currency === null || customer?.currency === invoice.currency;
  const startingBalanceMinor = own ? customerBalance(world, invoice.customerId) : 0;
  const dueMinor = totalMinor + startingBalanceMinor;
  const leastMinor = world.assumptions.minimumCharge && own ? minimumCharge(invoice.currency) : 0;
  return dueMinor <= 0 || dueMinor < leastMinor
    ? { startingBalanceMinor, endingBalanceMinor: dueMinor, dueMinor: 0 }
    : { startingBalanceMinor, endingBalanceMinor: 0, dueMinor };
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
      priceId: line.priceId ?? '',
      metered: line.metered,
      amountMinor: line.amountMinor,
    })),
  };
}

/** A customer's drafts, oldest first. */
export function draftsOf(world: World, customerId: string): InvoiceState[] {
  return invoices(world)
    .oldestFirst()
    .filter((invoice) => invoice.customerId === customerId && invoice.status === 'draft' && !invoice.deleted);
}

/** What lines come to after discounts and with taxes, before credits. */
export function linesTotal(lines: readonly InvoiceLineState[]): number {
  return lines.reduce((total, { amountMinor, adjustment }) => {
    const tax = adjustment?.tax ?? null;
    const onTopMinor = tax === null || tax.inclusive ? 0 : tax.amountMinor;
    return total + amountMinor - (adjustment?.discount?.amountMinor ?? 0) + onTopMinor;
  }, 0);
}

function sum(parts: ReadonlyArray<{ amountMinor: number }>): number {
  return parts.reduce((total, { amountMinor }) => total + amountMinor, 0);
}
