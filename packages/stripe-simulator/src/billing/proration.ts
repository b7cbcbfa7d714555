import Big from 'big.js';
import type { InvoiceItemInput } from '../resources/invoice-items.ts';
import { type PriceState, requirePrice } from '../resources/prices.ts';
import { requireProduct } from '../resources/products.ts';
import type { SubscriptionItemState, SubscriptionState } from '../resources/subscriptions.ts';
import type { World } from '../world.ts';
import { describe, partsOf } from './compose-invoice.ts';
import { priceQuantity, roundMinor } from './pricing.ts';
import { recurrenceOf, usageSpan, wholePeriodSec } from './spans.ts';

/** What a whole period of a licensed item costs, in minor units. */
function wholeFee(price: PriceState, quantity: number): number {
  return priceQuantity(price, new Big(quantity)).reduce((sum, part) => sum + part.amountMinor, 0);
}

/** `part/whole` of an amount, rounded half away from zero. */
function share(amountMinor: number, partSec: number, wholeSec: number): number {
  return roundMinor(new Big(amountMinor).times(partSec).div(wholeSec));
}

/** `11 Sep 2026`, UTC. */
function dayInWords(atSec: number): string {
  const [, day, month, year] = new Date(atSec * 1000).toUTCString().split(' ');
  return `${day} ${month} ${year}`;
}

function feeItem(
  world: World,
  subscription: SubscriptionState,
  item: SubscriptionItemState,
  part: { amountMinor: number; startSec: number; endSec: number; words: string },
): InvoiceItemInput {
  const price = requirePrice(world, item.priceId);
  const { name } = requireProduct(world, price.productId);
  const quantity = item.quantity ?? 1;
  return {
    customerId: subscription.customerId,
    currency: subscription.currency,
    description: `${part.words} ${quantity === 1 ? '' : `${quantity} × `}${name} after ${dayInWords(part.startSec)}`,
    amountMinor: part.amountMinor,
    quantityDecimal: String(quantity),
    unitAmountDecimal: price.unitAmountDecimal,
    priceId: price.id,
    productId: price.productId,
    subscriptionId: subscription.id,
    subscriptionItemId: item.id,
    proration: true,
    metered: false,
    startSec: part.startSec,
    endSec: part.endSec,
  };
}

/**
 * The credit for the unused rest of a licensed item. The flexible billing mode returns a share of what was really
 * charged, the classic one a share of what the item costs now. Metered items and trials have nothing to return.
 */
export function creditFor(
  world: World,
  subscription: SubscriptionState,
  item: SubscriptionItemState,
  atSec: number,
): InvoiceItemInput[] {
  if (item.quantity === null || subscription.status === 'trialing' || atSec >= item.periodEndSec) return [];
  const { debited } = item;
  const endSec = item.periodEndSec;
  let amountMinor = 0;
  if (subscription.billingMode === 'classic') {
    const wholeSec = wholePeriodSec(
      subscription.anchor,
      recurrenceOf(world, item.priceId),
      item.periodStartSec,
    );
    amountMinor = -share(
      wholeFee(requirePrice(world, item.priceId), item.quantity),
      endSec - atSec,
      wholeSec,
    );
  } else if (debited !== null && atSec < debited.endSec) {
    amountMinor = -share(
      debited.amountMinor,
      debited.endSec - Math.max(atSec, debited.startSec),
      debited.endSec - debited.startSec,
    );
  }
  if (amountMinor === 0) return [];
  return [
    feeItem(world, subscription, item, { amountMinor, startSec: atSec, endSec, words: 'Unused time on' }),
  ];
}

/** The charge for the rest of a licensed item's period, from `atSec`. */
export function debitFor(
  world: World,
  subscription: SubscriptionState,
  item: SubscriptionItemState,
  atSec: number,
): InvoiceItemInput[] {
  if (item.quantity === null || subscription.status === 'trialing' || atSec >= item.periodEndSec) return [];
  const price = requirePrice(world, item.priceId);
  const wholeSec = wholePeriodSec(subscription.anchor, recurrenceOf(world, item.priceId), atSec);
  const endSec = item.periodEndSec;
  const amountMinor = share(wholeFee(price, item.quantity), endSec - atSec, wholeSec);
  return [
    feeItem(world, subscription, item, { amountMinor, startSec: atSec, endSec, words: 'Remaining time on' }),
  ];
}

/** The usage of a metered item up to `atSec` at the price that was in force, when it leaves that price. */
export function usageItemsFor(
  world: World,
  subscription: SubscriptionState,
  item: SubscriptionItemState,
  atSec: number,
): InvoiceItemInput[] {
  if (item.quantity !== null || subscription.status === 'trialing') return [];
  const price = requirePrice(world, item.priceId);
  const { name } = requireProduct(world, price.productId);
  const span = usageSpan(item, atSec);
  return partsOf(world, subscription.customerId, price, span)
    .filter((part) => part.flat || part.quantityDecimal !== '0')
    .map((part) => ({
      customerId: subscription.customerId,
      currency: subscription.currency,
      description: describe(price, name, part),
      amountMinor: part.amountMinor,
      quantityDecimal: part.quantityDecimal,
      unitAmountDecimal: part.unitAmountDecimal,
      priceId: price.id,
      productId: price.productId,
      subscriptionId: subscription.id,
      subscriptionItemId: item.id,
      proration: false,
      metered: true,
      startSec: span.startSec,
      endSec: span.endSec,
    }));
}
