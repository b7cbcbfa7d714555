import { BillingError, type TimeSpan } from '@meterboard/contract';
import type Stripe from 'stripe';
import type { Page, RawInvoice } from '../../gateway.ts';
import { creditsAmong, linesOf } from './documents.ts';
import { fromMinor, fromPeriod, fromSec, idOf, safeUrl, unknownShape } from './from-stripe.ts';
import { isMissing } from './translate-error.ts';

/** One page, newest first, as Stripe sorts them. */
export async function listInvoices(
  stripe: Stripe,
  { customerId, limit, cursor }: { customerId: string; limit: number; cursor: string | null },
): Promise<Page<RawInvoice>> {
  if (cursor !== null) await assertOwnInvoice(stripe, customerId, cursor);
  const page = await stripe.invoices.list({
    customer: customerId,
    limit,
    ...(cursor === null ? {} : { starting_after: cursor }),
  });
  const items = await Promise.all(page.data.map((invoice) => fromStripeInvoice(stripe, invoice)));
  return { items, nextCursor: page.has_more ? (page.data.at(-1)?.id ?? null) : null };
}

async function assertOwnInvoice(stripe: Stripe, customerId: string, invoiceId: string): Promise<void> {
  try {
    const { customer } = await stripe.invoices.retrieve(invoiceId);
    if (customer && idOf(customer) === customerId) return;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  throw new BillingError('not_found', { field: 'cursor' });
}

async function fromStripeInvoice(stripe: Stripe, invoice: Stripe.Invoice): Promise<RawInvoice> {
  const lines = await linesOf(stripe, invoice);
  return {
    invoiceId: invoice.id,
    number: invoice.number,
    status: fromStripeStatus(invoice.status),
    currency: invoice.currency,
    createdAtMs: fromSec(invoice.created, 'invoice.created'),
    servicePeriod: spanOf(lines.map(({ period }) => fromPeriod(period))),
    subtotalMinor: fromMinor(invoice.subtotal, 'invoice.subtotal'),
    creditsAppliedMinor: creditsAmong(invoice.total_pretax_credit_amounts),
    totalMinor: fromMinor(invoice.total, 'invoice.total'),
    amountDueMinor: fromMinor(invoice.amount_due, 'invoice.amount_due'),
    amountPaidMinor: fromMinor(invoice.amount_paid, 'invoice.amount_paid'),
    amountRemainingMinor: fromMinor(invoice.amount_remaining, 'invoice.amount_remaining'),
    hostedUrl: safeUrl(invoice.hosted_invoice_url),
    pdfUrl: safeUrl(invoice.invoice_pdf),
  };
}

function fromStripeStatus(status: string | null): RawInvoice['status'] {
  switch (status) {
    case 'draft':
    case 'open':
    case 'paid':
    case 'uncollectible':
    case 'void':
      return status;
    default:
      throw unknownShape('invoice.status');
  }
}

function spanOf(periods: readonly TimeSpan[]): TimeSpan | null {
  if (periods.length === 0) return null;
  return {
    startMs: Math.min(...periods.map(({ startMs }) => startMs)),
    endMs: Math.max(...periods.map(({ endMs }) => endMs)),
  };
}
