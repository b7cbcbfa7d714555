import { z } from 'zod';
import type { InvoiceList, InvoiceListInput } from '../invoices.ts';
import { instantMs, measured, money, timeSpan } from './measured.ts';

export const invoiceListInput = z.strictObject({
  cursor: z.string().min(1).max(255).optional(),
  limit: z.number().int().min(1).max(100).optional(),
}) satisfies z.ZodType<InvoiceListInput>;

const invoice = z.object({
  invoiceId: z.string(),
  number: z.string().nullable(),
  status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']),
  createdAtMs: instantMs,
  servicePeriod: timeSpan.nullable(),
  subtotal: money,
  creditsApplied: money,
  total: money,
  amountDue: money,
  amountPaid: money,
  amountRemaining: money,
  hostedUrl: z.string().nullable(),
  pdfUrl: z.string().nullable(),
});

export const invoiceList = measured.extend({
  invoices: z.array(invoice),
  nextCursor: z.string().nullable(),
}) satisfies z.ZodType<InvoiceList>;
