import { createInvoiceItem } from '../resources/invoice-items.ts';
import type { LineAdjustment } from '../resources/invoices.ts';
import { prices } from '../resources/prices.ts';
import type { World } from '../world.ts';
import { finalizeInvoice, openDraft } from './invoicing.ts';
import { markPaid, recordInvoicePayment } from './settle-invoice.ts';

export interface ReceiptInput {
  customerId: string;
  currency: string;
  lines: Array<{
    priceId: string | null;
    quantity: number;
    amountMinor: number;
    description: string | null;
    adjustment?: LineAdjustment | null;
  }>;
  paymentIntentId: string;
  metadata?: Record<string, string>;
  description?: string | null | undefined;
}

/** A paid invoice for a payment that was made elsewhere, as Checkout's `invoice_creation` makes them. */
export function createReceiptInvoice(world: World, input: ReceiptInput): { id: string } {
  const { customerId, currency } = input;
  const nowSec = world.nowSecFor(customerId);
  const items = input.lines.map((line) => {
    const price = line.priceId === null ? undefined : prices(world).get(line.priceId);
    return createInvoiceItem(world, {
      customerId,
      currency,
      description: line.description,
      amountMinor: line.amountMinor,
      quantityDecimal: String(line.quantity),
      unitAmountDecimal: price?.unitAmountDecimal ?? null,
      priceId: price?.id ?? null,
      productId: price?.productId ?? null,
      subscriptionId: null,
      subscriptionItemId: null,
      proration: false,
      metered: false,
      startSec: nowSec,
      endSec: nowSec,
      adjustment: line.adjustment ?? null,
    });
  });
  const draft = openDraft(
    world,
    {
      customerId,
      subscriptionId: null,
      currency,
      billingReason: 'manual',
      collectionMethod: 'charge_automatically',
      daysUntilDue: null,
      defaultPaymentMethodId: null,
      spans: [],
      items,
      createdSec: nowSec,
      periodStartSec: nowSec,
      periodEndSec: nowSec,
    },
    { description: input.description ?? null, metadata: input.metadata ?? {}, autoAdvance: false },
  );
  const open = finalizeInvoice(world, draft, { withBalance: false });
  if (open.status !== 'open') return { id: open.id };
  recordInvoicePayment(world, open, input.paymentIntentId);
  markPaid(world, open, input.paymentIntentId);
  return { id: open.id };
}
