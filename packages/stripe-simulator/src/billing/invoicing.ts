import Big from 'big.js';
import { invalidRequest } from '../protocol/errors.ts';
import { reinstateCredits, requireGrant } from '../resources/credit-grants.ts';
import { customers } from '../resources/customers.ts';
import {
  type BilledSpan,
  type InvoiceLineState,
  type InvoiceState,
  invoiceAmounts,
  invoices,
  provisionalCredits,
} from '../resources/invoices.ts';
import { requireMeter } from '../resources/meters.ts';
import { type PriceState, requirePrice } from '../resources/prices.ts';
import { requireProduct } from '../resources/products.ts';
import type { SubscriptionState } from '../resources/subscriptions.ts';
import type { Job, World } from '../world.ts';
import { post } from './credit-ledger.ts';
import { formatAmount } from './money.ts';
import { type PricedPart, priceQuantity, roundMinor } from './pricing.ts';
import { aggregate, usageBetween } from './usage.ts';

/** How long a renewal's invoice stays a draft. */
export const DRAFT_WINDOW_SEC = 3_600;
/** How long after a finalisation by hand the automatic charge follows (assumption). */
export const COLLECT_DELAY_SEC = 3_600;

export interface InvoicePlan {
  subscription: SubscriptionState;
  billingReason: InvoiceState['billingReason'];
  spans: BilledSpan[];
  createdSec: number;
  periodStartSec: number;
  periodEndSec: number;
}

/** An invoice that is not stored: a preview as it is, a draft once `openDraft` keeps it. */
export function composeInvoice(world: World, id: string, plan: InvoicePlan): InvoiceState {
  const { subscription } = plan;
  return {
    id,
    customerId: subscription.customerId,
    subscriptionId: subscription.id,
    currency: subscription.currency,
    createdSec: plan.createdSec,
    status: 'draft',
    billingReason: plan.billingReason,
    collectionMethod: subscription.collectionMethod,
    daysUntilDue: subscription.daysUntilDue,
    periodStartSec: plan.periodStartSec,
    periodEndSec: plan.periodEndSec,
    spans: plan.spans,
    lines: composeLines(world, id, subscription.customerId, plan.spans),
    applied: [],
    autoAdvance: true,
    automaticallyFinalizesSec: null,
    number: null,
    finalizedSec: null,
    paidSec: null,
    voidedSec: null,
    amountPaidMinor: 0,
    attempts: 0,
    metadata: {},
  };
}

/** Keeps an invoice as a draft that finalises by itself an hour later. */
export function openDraft(world: World, plan: InvoicePlan): InvoiceState {
  const draft = composeInvoice(world, world.ids.next('in_'), plan);
  const automaticallyFinalizesSec = draft.createdSec + DRAFT_WINDOW_SEC;
  world.schedule(automaticallyFinalizesSec, finalizeJob, draft.id);
  return invoices(world).put({ ...draft, automaticallyFinalizesSec });
}

const finalizeJob: Job = {
  name: 'invoice.finalize',
  run(world, id) {
    const draft = invoices(world).get(id);
    if (draft?.status !== 'draft') return;
    const finalized = finalizeInvoice(world, draft);
    if (finalized.status === 'open' && finalized.collectionMethod === 'charge_automatically')
      payInvoice(world, finalized);
  },
};

/**
 * Closes a draft: recomputes its usage lines, applies credits for good, gives it a number. With nothing left to pay
 * it is paid at once, otherwise open. Throws Stripe's 400 for an invoice that is no draft.
 */
export function finalizeInvoice(world: World, draft: InvoiceState): InvoiceState {
  if (draft.status !== 'draft')
    throw invalidRequest('This invoice is already finalized, you cannot finalize it again.', {
      code: 'invoice_not_editable',
    });
  const recomputed = { ...draft, lines: composeLines(world, draft.id, draft.customerId, draft.spans) };
  const applied = provisionalCredits(world, recomputed).map((allocation) => {
    const grant = requireGrant(world, allocation.grantId);
    const entry = post(world, {
      grantId: grant.id,
      customerId: grant.customerId,
      currency: grant.currency,
      kind: 'credits_applied',
      amountMinor: allocation.amountMinor,
      invoice: { invoiceId: draft.id, lineId: allocation.lineId },
    });
    return { ...allocation, transactionId: entry.id };
  });
  const open: InvoiceState = {
    ...recomputed,
    applied,
    status: 'open',
    number: takeNumber(world, draft.customerId),
    finalizedSec: world.nowSec(),
    automaticallyFinalizesSec: null,
  };
  const { dueMinor } = invoiceAmounts(world, open);
  return invoices(world).put(dueMinor === 0 ? { ...open, status: 'paid', paidSec: world.nowSec() } : open);
}

/** Charges an open invoice; the charge succeeds. Throws Stripe's 400 when it is paid, void or still a draft. */
export function payInvoice(world: World, invoice: InvoiceState): InvoiceState {
  if (invoice.status === 'paid')
    throw invalidRequest('Invoice is already paid', { code: 'invoice_already_paid' });
  if (invoice.status === 'void') throw invalidRequest('Invoice is voided and cannot be paid.');
  const open = invoice.status === 'draft' ? finalizeInvoice(world, invoice) : invoice;
  if (open.status === 'paid') return open;
  return invoices(world).put({
    ...open,
    status: 'paid',
    paidSec: world.nowSec(),
    amountPaidMinor: invoiceAmounts(world, open).dueMinor,
    attempts: open.attempts + 1,
  });
}

/** Voids an open invoice and gives back the credits that it took, in the order in which they were applied. */
export function voidInvoice(world: World, invoice: InvoiceState): InvoiceState {
  if (invoice.status !== 'open') {
    throw invalidRequest(`You can only void an open invoice; this invoice is ${invoice.status}.`, {
      code: 'status_transition_invalid',
    });
  }
  for (const { grantId, amountMinor, lineId } of invoice.applied) {
    reinstateCredits(world, grantId, amountMinor, { invoiceId: invoice.id, lineId });
  }
  return invoices(world).put({ ...invoice, status: 'void', voidedSec: world.nowSec() });
}

/** Puts the automatic charge of an invoice that was finalised by hand on the agenda. */
export function scheduleCollection(world: World, invoice: InvoiceState): void {
  if (
    invoice.status !== 'open' ||
    invoice.collectionMethod !== 'charge_automatically' ||
    !invoice.autoAdvance
  )
    return;
  world.schedule(world.nowSec() + COLLECT_DELAY_SEC, collectJob, invoice.id);
}

const collectJob: Job = {
  name: 'invoice.collect',
  run(world, id) {
    const invoice = invoices(world).get(id);
    if (invoice?.status === 'open') payInvoice(world, invoice);
  },
};

function takeNumber(world: World, customerId: string): string {
  const customer = customers(world).get(customerId);
  if (customer === undefined) throw new Error(`Invoice for ${customerId}, which does not exist.`);
  customers(world).put({ ...customer, nextInvoiceSequence: customer.nextInvoiceSequence + 1 });
  return `${customer.invoicePrefix}-${String(customer.nextInvoiceSequence).padStart(4, '0')}`;
}

function composeLines(
  world: World,
  invoiceId: string,
  customerId: string,
  spans: readonly BilledSpan[],
): InvoiceLineState[] {
  return spans.flatMap((span) => {
    const price = requirePrice(world, span.priceId);
    return partsOf(world, customerId, price, span).map((part) => lineOf(world, invoiceId, price, span, part));
  });
}

function partsOf(world: World, customerId: string, price: PriceState, span: BilledSpan): PricedPart[] {
  const meterId = price.recurring?.meterId ?? null;
  if (span.kind === 'fee' || meterId === null) {
    const parts = priceQuantity(price, new Big(span.quantity ?? 1));
    return span.proration === null
      ? parts
      : parts.map((part) => prorate(part, span.proration ?? { partSec: 1, wholeSec: 1 }));
  }
  const meter = requireMeter(world, meterId);
  return priceQuantity(
    price,
    aggregate(usageBetween(world, meterId, customerId, span.startSec, span.endSec), meter),
  );
}

function prorate(part: PricedPart, { partSec, wholeSec }: { partSec: number; wholeSec: number }): PricedPart {
  return { ...part, amountMinor: roundMinor(new Big(part.amountMinor).times(partSec).div(wholeSec)) };
}

function lineOf(
  world: World,
  invoiceId: string,
  price: PriceState,
  span: BilledSpan,
  part: PricedPart,
): InvoiceLineState {
  const key = `${span.itemId} ${span.kind} ${span.startSec} ${part.key}`;
  return {
    id: world.ids.stable('il_', `${invoiceId} ${key}`),
    key,
    span,
    productId: price.productId,
    metered: span.kind === 'usage',
    description: describe(price, requireProduct(world, price.productId).name, part),
    quantityDecimal: part.quantityDecimal,
    unitAmountDecimal: part.unitAmountDecimal,
    amountMinor: part.amountMinor,
  };
}

function describe(price: PriceState, productName: string, part: PricedPart): string {
  const amount = formatAmount(part.unitAmountDecimal, price.currency);
  const per = price.recurring === null ? '' : ` / ${price.recurring.interval}`;
  if (part.flat) return `${productName} (Tier ${part.tierNumber} flat fee: ${amount}${per})`;
  const tier = part.tierNumber === null ? '' : `Tier ${part.tierNumber} `;
  return `${part.quantityDecimal} × ${productName} (${tier}at ${amount}${per})`;
}
