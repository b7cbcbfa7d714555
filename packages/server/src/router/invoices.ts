import type { Invoice, InvoiceList, InvoiceListInput, Money } from '@meterboard/contract';
import { invoiceList, invoiceListInput } from '@meterboard/contract/schemas';
import type { RawInvoice } from '../gateway.ts';
import { type CustomerContext, customerProcedure, measure, router } from './init.ts';

const defaultLimit = 10;

/** One page of invoices, newest first, of a customer that the provider still knows. */
export async function readInvoices(ctx: CustomerContext, input: InvoiceListInput): Promise<InvoiceList> {
  const { customerId } = ctx;
  const [page] = await Promise.all([
    ctx.gateway.listInvoices({
      customerId,
      limit: input.limit ?? defaultLimit,
      cursor: input.cursor ?? null,
    }),
    ctx.gateway.listSubscriptions(customerId),
  ]);
  return {
    ...measure(ctx, 'stripe'),
    invoices: page.items.map(describeInvoice),
    nextCursor: page.nextCursor,
  };
}

function describeInvoice(raw: RawInvoice): Invoice {
  const money = (amountMinor: number): Money => ({ amountMinor, currency: raw.currency });
  return {
    invoiceId: raw.invoiceId,
    number: raw.number,
    status: raw.status,
    createdAtMs: raw.createdAtMs,
    servicePeriod: raw.servicePeriod,
    subtotal: money(raw.subtotalMinor),
    creditsApplied: money(raw.creditsAppliedMinor),
    total: money(raw.totalMinor),
    amountDue: money(raw.amountDueMinor),
    amountPaid: money(raw.amountPaidMinor),
    amountRemaining: money(raw.amountRemainingMinor),
    hostedUrl: raw.hostedUrl,
    pdfUrl: raw.pdfUrl,
  };
}

export const invoicesRouter = router({
  /** Newest first, drafts included; rejects with `not_found` for a cursor of another customer. */
  list: customerProcedure('view_money')
    .input(invoiceListInput)
    .output(invoiceList)
    .query(({ ctx, input }) => readInvoices(ctx, input)),
});
