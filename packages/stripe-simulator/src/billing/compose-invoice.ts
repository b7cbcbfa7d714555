import Big from 'big.js';
import type { InvoiceItemState } from '../resources/invoice-items.ts';
import type { BilledSpan, InvoiceLineState, InvoiceState } from '../resources/invoices.ts';
import { requireMeter } from '../resources/meters.ts';
import { type PriceState, requirePrice } from '../resources/prices.ts';
import { requireProduct } from '../resources/products.ts';
import type { SubscriptionState } from '../resources/subscriptions.ts';
import type { World } from '../world.ts';
import { formatAmount } from './money.ts';
import { type PricedPart, priceQuantity, roundMinor } from './pricing.ts';
import { aggregate, usageBetween } from './usage.ts';

export interface InvoicePlan {
  customerId: string;
  subscriptionId: string | null;
  currency: string;
  billingReason: InvoiceState['billingReason'];
  collectionMethod: InvoiceState['collectionMethod'];
  daysUntilDue: number | null;
  defaultPaymentMethodId: string | null;
  spans: BilledSpan[];
  items: InvoiceItemState[];
  createdSec: number;
  periodStartSec: number;
  periodEndSec: number;
}

/** What an invoice of this subscription has from it. */
export function planFor(
  subscription: SubscriptionState,
  rest: Pick<
    InvoicePlan,
    'billingReason' | 'spans' | 'items' | 'createdSec' | 'periodStartSec' | 'periodEndSec'
  >,
): InvoicePlan {
  return {
    customerId: subscription.customerId,
    subscriptionId: subscription.id,
    currency: subscription.currency,
    collectionMethod: subscription.collectionMethod,
    daysUntilDue: subscription.daysUntilDue,
    defaultPaymentMethodId: subscription.defaultPaymentMethodId,
    ...rest,
  };
}

/** An invoice that is not stored: a preview as it is, a draft once `openDraft` keeps it. */
export function composeInvoice(world: World, id: string, plan: InvoicePlan): InvoiceState {
  const { items, ...kept } = plan;
  return {
    ...kept,
    id,
    status: 'draft',
    dueSec: null,
    lines: composeLines(world, id, plan, items),
    applied: [],
    frozen: null,
    autoAdvance: true,
    automaticallyFinalizesSec: null,
    nextAttemptSec: null,
    number: null,
    finalizedSec: null,
    finalizationFailed: false,
    paidSec: null,
    voidedSec: null,
    uncollectibleSec: null,
    amountPaidMinor: 0,
    attempts: 0,
    description: null,
    footer: null,
    deleted: false,
    metadata: {},
  };
}

/** Items that waited for the invoice, then what the subscription bills, then items added by hand. */
export function composeLines(
  world: World,
  invoiceId: string,
  billed: { customerId: string; subscriptionId: string | null; spans: readonly BilledSpan[] },
  items: readonly InvoiceItemState[],
): InvoiceLineState[] {
  const ofItem = (item: InvoiceItemState): InvoiceLineState => itemLine(world, invoiceId, item);
  return [
    ...items.filter((item) => !item.addedLater).map(ofItem),
    ...billed.spans.flatMap((span) => spanLines(world, invoiceId, billed, span)),
    ...items.filter((item) => item.addedLater).map(ofItem),
  ];
}

function itemLine(world: World, invoiceId: string, item: InvoiceItemState): InvoiceLineState {
  const key = `item ${item.id}`;
  return {
    id: world.ids.stable('il_', `${invoiceId} ${key}`),
    key,
    subscriptionId: item.subscriptionId,
    subscriptionItemId: item.subscriptionItemId,
    invoiceItemId: item.id,
    priceId: item.priceId,
    productId: item.productId,
    metered: item.metered,
    proration: item.proration,
    startSec: item.startSec,
    endSec: item.endSec,
    description: item.description,
    quantityDecimal: item.quantityDecimal,
    unitAmountDecimal: item.unitAmountDecimal,
    amountMinor: item.amountMinor,
    discountable: item.discountable,
    adjustment: item.adjustment ?? null,
    metadata: item.metadata,
  };
}

function spanLines(
  world: World,
  invoiceId: string,
  billed: { customerId: string; subscriptionId: string | null },
  span: BilledSpan,
): InvoiceLineState[] {
  const price = requirePrice(world, span.priceId);
  const { name } = requireProduct(world, price.productId);
  return partsOf(world, billed.customerId, price, span).map((part) => {
    const key = `${span.itemId} ${span.kind} ${span.startSec} ${part.key}`;
    return {
      id: world.ids.stable('il_', `${invoiceId} ${key}`),
      key,
      subscriptionId: billed.subscriptionId,
      subscriptionItemId: span.itemId,
      invoiceItemId: null,
      priceId: price.id,
      productId: price.productId,
      metered: span.kind === 'usage',
      proration: span.proration !== null,
      startSec: span.startSec,
      endSec: span.endSec,
      description:
        span.kind === 'trial'
          ? `Free trial for ${part.quantityDecimal} × ${name}`
          : describe(price, name, part),
      quantityDecimal: part.quantityDecimal,
      unitAmountDecimal: part.unitAmountDecimal,
      amountMinor: part.amountMinor,
      discountable: true,
      metadata: {},
    };
  });
}

/** What a span costs, one part per line. Usage is what the meter counts now. */
export function partsOf(world: World, customerId: string, price: PriceState, span: BilledSpan): PricedPart[] {
  const meterId = price.recurring?.meterId ?? null;
  if (span.kind === 'trial') {
    const [part] = priceQuantity(price, new Big(span.quantity ?? 1));
    return part === undefined ? [] : [{ ...part, key: 'unit', unitAmountDecimal: '0', amountMinor: 0 }];
  }
  if (span.kind === 'fee' || meterId === null) {
    const parts = priceQuantity(price, new Big(span.quantity ?? 1));
    const { proration } = span;
    return proration === null ? parts : parts.map((part) => prorate(part, proration));
  }
  const meter = requireMeter(world, meterId);
  const events = usageBetween(world, meter, customerId, span.startSec, span.endSec);
  return priceQuantity(price, aggregate(events, meter));
}

function prorate(part: PricedPart, { partSec, wholeSec }: { partSec: number; wholeSec: number }): PricedPart {
  return { ...part, amountMinor: roundMinor(new Big(part.amountMinor).times(partSec).div(wholeSec)) };
}

/** A line's words, as Stripe writes them. */
export function describe(price: PriceState, productName: string, part: PricedPart): string {
  const amount = formatAmount(part.unitAmountDecimal, price.currency);
  const per = price.recurring === null ? '' : ` / ${price.recurring.interval}`;
  if (part.flat) return `${productName} (Tier ${part.tierNumber} flat fee: ${amount}${per})`;
  const tier = part.tierNumber === null ? '' : `Tier ${part.tierNumber} `;
  return `${part.quantityDecimal} × ${productName} (${tier}at ${amount}${per})`;
}
