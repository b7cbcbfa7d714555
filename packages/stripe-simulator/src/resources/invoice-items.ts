import Big from 'big.js';
import type Stripe from 'stripe';
import { emit } from '../events/emit.ts';
import { resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { settleCurrency } from './customers.ts';
import type { LineAdjustment } from './invoices.ts';

/** An amount that waits for an invoice, or stands on one: a charge by hand, or what a plan change costs or returns. */
export interface InvoiceItemState {
  id: string;
  customerId: string;
  createdSec: number;
  currency: string;
  description: string | null;
  amountMinor: number;
  quantityDecimal: string;
  unitAmountDecimal: string | null;
  priceId: string | null;
  productId: string | null;
  subscriptionId: string | null;
  subscriptionItemId: string | null;
  proration: boolean;
  /** True for the usage of a metered price that was taken off its subscription; such lines take credits. */
  metered: boolean;
  startSec: number;
  endSec: number;
  invoiceId: string | null;
  /** True when it joined an invoice that existed already; such lines come last. */
  addedLater: boolean;
  discountable: boolean;
  adjustment?: LineAdjustment | null;
  deleted: boolean;
  metadata: Record<string, string>;
}

export const invoiceItems = defineTable<InvoiceItemState>();

export type InvoiceItemInput = Omit<
  InvoiceItemState,
  'id' | 'createdSec' | 'invoiceId' | 'addedLater' | 'deleted' | 'discountable' | 'metadata'
> & { discountable?: boolean; metadata?: Record<string, string> };

/** An item that is not stored, for previews and for `createInvoiceItem`. */
export function draftInvoiceItem(world: World, input: InvoiceItemInput): InvoiceItemState {
  return {
    ...input,
    id: world.ids.next('ii_'),
    createdSec: world.nowSecFor(input.customerId),
    invoiceId: null,
    addedLater: false,
    deleted: false,
    discountable: input.discountable ?? !input.proration,
    metadata: input.metadata ?? {},
  };
}

/** Adds an item that waits for the next invoice, or stands on the draft that is named. */
export function createInvoiceItem(
  world: World,
  input: InvoiceItemInput,
  draftId: string | null = null,
): InvoiceItemState {
  settleCurrency(world, input.customerId, input.currency);
  const item = { ...draftInvoiceItem(world, input), invoiceId: draftId, addedLater: draftId !== null };
  invoiceItems(world).put(item);
  emit(world, {
    type: 'invoiceitem.created',
    object: toStripeInvoiceItem(world, item),
    customerId: item.customerId,
  });
  return item;
}

export function requireInvoiceItem(world: World, id: string, param = 'id'): InvoiceItemState {
  const item = invoiceItems(world).get(id);
  if (item === undefined || item.deleted) throw resourceMissing('invoiceitem', id, param);
  return item;
}

/**
 * Items that wait for the customer's next invoice in this currency: those of no subscription and, when one is named,
 * its own. Newest first, which is the order of an invoice's lines.
 */
export function pendingItems(
  world: World,
  customerId: string,
  currency: string,
  subscriptionId: string | null,
): InvoiceItemState[] {
  return invoiceItems(world)
    .newestFirst()
    .filter(
      (item) =>
        item.customerId === customerId &&
        item.invoiceId === null &&
        !item.deleted &&
        item.currency === currency &&
        (item.subscriptionId === null || item.subscriptionId === subscriptionId),
    );
}

/** The items that stand on an invoice: those that waited for it newest first, then later ones in order. */
export function itemsOfInvoice(world: World, invoiceId: string): InvoiceItemState[] {
  const own = invoiceItems(world)
    .oldestFirst()
    .filter((item) => item.invoiceId === invoiceId && !item.deleted);
  return [...own.filter((item) => !item.addedLater).reverse(), ...own.filter((item) => item.addedLater)];
}

export function toStripeInvoiceItem(world: World, item: InvoiceItemState) {
  return {
    id: item.id,
    object: 'invoiceitem',
    amount: item.amountMinor,
    currency: item.currency,
    customer: item.customerId,
    customer_account: null,
    date: item.createdSec,
    description: item.description,
    discountable: item.discountable,
    discounts: item.adjustment?.discount == null ? [] : [item.adjustment.discount.id],
    invoice: item.invoiceId,
    livemode: false,
    metadata: item.metadata,
    net_amount: item.amountMinor - (item.adjustment?.discount?.amountMinor ?? 0),
    parent:
      item.subscriptionId === null
        ? null
        : {
            subscription_details: {
              subscription: item.subscriptionId,
              ...(item.subscriptionItemId === null ? {} : { subscription_item: item.subscriptionItemId }),
            },
            type: 'subscription_details',
          },
    period: { end: item.endSec, start: item.startSec },
    pricing:
      item.priceId === null || item.productId === null
        ? item.unitAmountDecimal === null
          ? null
          : { type: 'price_details', unit_amount_decimal: item.unitAmountDecimal }
        : {
            price_details: { price: item.priceId, product: item.productId },
            type: 'price_details',
            unit_amount_decimal: item.unitAmountDecimal,
          },
    proration: item.proration,
    quantity: new Big(item.quantityDecimal).round(0, Big.roundDown).toNumber(),
    quantity_decimal: item.quantityDecimal,
    tax_rates: [],
    test_clock: world.clockIdOf(item.customerId),
  } satisfies Wire<Stripe.InvoiceItem>;
}
