import type { BilledSpan } from '../resources/invoices.ts';
import { requirePrice } from '../resources/prices.ts';
import type { SubscriptionItemState, SubscriptionState } from '../resources/subscriptions.ts';
import type { World } from '../world.ts';
import { partsOf } from './compose-invoice.ts';
import { type Anchor, nextBoundary, previousBoundary, type Recurrence } from './periods.ts';

/** How often an item bills. */
export function recurrenceOf(world: World, priceId: string): Recurrence {
  const { recurring } = requirePrice(world, priceId);
  if (recurring === null) throw new Error(`The price ${priceId} of a subscription item is a one-time price.`);
  return recurring;
}

/** A fee for the item's current period, prorated when that period is shorter than a whole one. */
export function feeSpan(
  world: World,
  { anchor }: SubscriptionState,
  item: SubscriptionItemState,
): BilledSpan {
  const partSec = item.periodEndSec - item.periodStartSec;
  const wholeSec = wholePeriodSec(anchor, recurrenceOf(world, item.priceId), item.periodStartSec);
  return {
    itemId: item.id,
    priceId: item.priceId,
    kind: 'fee',
    quantity: item.quantity,
    startSec: item.periodStartSec,
    endSec: item.periodEndSec,
    proration: partSec === wholeSec ? null : { partSec, wholeSec },
  };
}

/** How long the natural period around an instant lasts. */
export function wholePeriodSec(anchor: Anchor, recurrence: Recurrence, atSec: number): number {
  const endSec = nextBoundary(anchor, recurrence, atSec);
  return endSec - previousBoundary(anchor, recurrence, endSec);
}

/** The usage of a metered item up to `endSec`, as far as the item has to pay for it. */
export function usageSpan(item: SubscriptionItemState, endSec: number): BilledSpan {
  return {
    itemId: item.id,
    priceId: item.priceId,
    kind: 'usage',
    quantity: null,
    startSec: Math.min(Math.max(item.periodStartSec, item.usageStartSec), endSec),
    endSec,
    proration: null,
  };
}

/** A free trial of an item, on the invoice of nothing that begins it. */
export function trialSpan(item: SubscriptionItemState): BilledSpan {
  return {
    ...usageSpan(item, item.periodEndSec),
    kind: 'trial',
    quantity: item.quantity,
    startSec: item.periodStartSec,
  };
}

/** The end of the period that begins at `startSec`: the next boundary, or the end of the subscription before it. */
export function periodEndFrom(
  world: World,
  subscription: Pick<SubscriptionState, 'anchor' | 'cancelAtSec'>,
  priceId: string,
  startSec: number,
): number {
  const naturalSec = nextBoundary(subscription.anchor, recurrenceOf(world, priceId), startSec);
  const { cancelAtSec } = subscription;
  return cancelAtSec !== null && cancelAtSec > startSec ? Math.min(naturalSec, cancelAtSec) : naturalSec;
}

/** The item in its next period. */
export function advanceItem(
  world: World,
  subscription: SubscriptionState,
  item: SubscriptionItemState,
): SubscriptionItemState {
  const startSec = item.periodEndSec;
  return {
    ...item,
    periodStartSec: startSec,
    periodEndSec: periodEndFrom(world, subscription, item.priceId, startSec),
    usageStartSec: startSec,
  };
}

/** The items with what these spans charge for them remembered. */
export function withDebits(
  world: World,
  customerId: string,
  items: readonly SubscriptionItemState[],
  spans: readonly BilledSpan[],
): SubscriptionItemState[] {
  return items.map((item) => {
    const span = spans.find((candidate) => candidate.itemId === item.id && candidate.kind === 'fee');
    if (span === undefined) return item;
    const parts = partsOf(world, customerId, requirePrice(world, span.priceId), span);
    const amountMinor = parts.reduce((sum, part) => sum + part.amountMinor, 0);
    return { ...item, debited: { amountMinor, startSec: span.startSec, endSec: span.endSec } };
  });
}
