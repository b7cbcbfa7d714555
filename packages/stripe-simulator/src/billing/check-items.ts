import { invalidRequest } from '../protocol/errors.ts';
import { type PriceState, requirePrice } from '../resources/prices.ts';
import type { World } from '../world.ts';
import type { Recurrence } from './periods.ts';

export interface WantedItem {
  priceId: string;
  quantity: number | null | undefined;
  /** The parameter that named it, for errors. */
  at: string;
}

export interface CheckedItem {
  price: PriceState;
  recurrence: Recurrence;
  /** `null` for metered prices, which take no quantity. */
  quantity: number | null;
}

/**
 * Throws Stripe's 400 for items that make no subscription: one-time or inactive prices, a price twice, two currencies, a
 * quantity on a metered price, and, in the classic billing mode, two intervals.
 */
export function checkItems(
  world: World,
  items: readonly WantedItem[],
  billingMode: 'classic' | 'flexible',
): CheckedItem[] {
  if (items.length === 0)
    throw invalidRequest('Missing required param: items.', { code: 'parameter_missing', param: 'items' });
  if (items.length > 20)
    throw invalidRequest('A subscription can have at most 20 items.', { param: 'items' });
  const seen = new Set<string>();
  const checked = items.map(({ priceId, quantity, at }): CheckedItem => {
    const param = `${at}[price]`;
    const price = requirePrice(world, priceId, param);
    if (price.recurring === null) {
      throw invalidRequest(
        'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
        { param },
      );
    }
    if (!price.active)
      throw invalidRequest('The price specified is inactive. This field only accepts active prices.', {
        param,
      });
    if (seen.has(priceId))
      throw invalidRequest(`Cannot add multiple subscription items with the same price: ${priceId}`, {
        param,
      });
    seen.add(priceId);
    if (price.recurring.usageType === 'metered' && quantity !== undefined && quantity !== null) {
      throw invalidRequest('Quantity should not be specified where usage_type is `metered`.', {
        param: `${at}[quantity]`,
      });
    }
    return {
      price,
      recurrence: price.recurring,
      quantity: price.recurring.usageType === 'metered' ? null : (quantity ?? 1),
    };
  });
  const [first] = checked;
  for (const [index, { price, recurrence }] of checked.entries()) {
    if (first === undefined) break;
    const param = `${items[index]?.at ?? 'items'}[price]`;
    if (price.currency !== first.price.currency)
      throw invalidRequest('All prices on a subscription must have the same currency.', { param });
    if (billingMode === 'classic' && !sameRecurrence(recurrence, first.recurrence)) {
      throw invalidRequest(
        'Currency and interval fields must match across all plans on this subscription. Mixed intervals need `billing_mode[type]=flexible`.',
        { param },
      );
    }
  }
  return checked;
}

/** Whether two prices bill equally often. */
export function sameRecurrence(a: Recurrence, b: Recurrence): boolean {
  return a.interval === b.interval && a.intervalCount === b.intervalCount;
}
