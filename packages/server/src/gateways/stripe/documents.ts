import type Stripe from 'stripe';
import type { RawDocument, RawDocumentLine } from '../../gateway.ts';
import { fromDecimal, fromMinor, fromPeriod, fromSec, idOf } from './from-stripe.ts';
import { listAll, pageSize } from './list-all.ts';
import type { PriceBook } from './prices.ts';

export async function listDrafts(
  stripe: Stripe,
  customerId: string,
  prices: PriceBook,
): Promise<RawDocument[]> {
  const drafts = await listAll(
    stripe.invoices.list({ customer: customerId, status: 'draft', limit: pageSize }),
  );
  return Promise.all(drafts.map((draft) => fromStripeInvoice(stripe, draft, 'draft', prices)));
}

/** `null` when the subscription ends with its current period and nothing is left to bill. */
export async function previewInvoice(
  stripe: Stripe,
  { customerId, subscriptionId }: { customerId: string; subscriptionId: string },
  prices: PriceBook,
): Promise<RawDocument | null> {
  try {
    const preview = await stripe.invoices.createPreview({
      customer: customerId,
      subscription: subscriptionId,
    });
    return await fromStripeInvoice(stripe, preview, 'preview', prices, subscriptionId);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'invoice_upcoming_none') return null;
    throw error;
  }
}

/** All lines: Stripe embeds only the first page of them. */
export async function linesOf(
  stripe: Stripe,
  { id, lines }: Stripe.Invoice,
): Promise<Stripe.InvoiceLineItem[]> {
  if (!lines.has_more) return lines.data;
  return listAll(stripe.invoices.listLineItems(id, { limit: pageSize }));
}

/** Billing credits among pre-tax credits; discounts are listed there too. */
export function creditsAmong(credits: readonly { type: string; amount: number }[] | null): number {
  return (credits ?? [])
    .filter(({ type }) => type === 'credit_balance_transaction')
    .reduce((sum, { amount }) => sum + amount, 0);
}

async function fromStripeInvoice(
  stripe: Stripe,
  invoice: Stripe.Invoice,
  kind: RawDocument['kind'],
  prices: PriceBook,
  previewedId: string | null = null,
): Promise<RawDocument> {
  const parentId = invoice.parent?.subscription_details?.subscription;
  const lines = await linesOf(stripe, invoice);
  return {
    kind,
    documentId: previewedId === null ? invoice.id : `preview:${previewedId}`,
    subscriptionId: previewedId ?? (parentId ? idOf(parentId) : null),
    currency: invoice.currency,
    periodEndMs: fromSec(invoice.period_end, 'invoice.period_end'),
    createdAtMs: fromSec(invoice.created, 'invoice.created'),
    totalMinor: fromMinor(invoice.total, 'invoice.total'),
    startingBalanceMinor: fromMinor(invoice.starting_balance, 'invoice.starting_balance'),
    providerCreditMinor: creditsAmong(invoice.total_pretax_credit_amounts),
    lines: await Promise.all(lines.map((line) => fromStripeLine(line, prices))),
  };
}

async function fromStripeLine(line: Stripe.InvoiceLineItem, prices: PriceBook): Promise<RawDocumentLine> {
  const details = line.parent?.subscription_item_details;
  const priceReference = line.pricing?.price_details?.price;
  const priceId = priceReference ? idOf(priceReference) : null;
  const subscription = details?.subscription ?? line.subscription;
  const discountMinor = (line.discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
  return {
    priceId,
    meterId: details && priceId !== null ? await prices.meterOf(priceId) : null,
    subscriptionId: subscription ? idOf(subscription) : null,
    netAmountMinor: fromMinor(line.amount, 'line.amount') - discountMinor,
    discountMinor,
    providerCreditMinor: creditsAmong(line.pretax_credit_amounts),
    quantity: line.quantity_decimal === null ? null : fromDecimal(line.quantity_decimal),
    period: fromPeriod(line.period),
  };
}
