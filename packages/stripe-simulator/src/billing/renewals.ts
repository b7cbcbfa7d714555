import { StripeFault } from '../protocol/errors.ts';
import type { BilledSpan, InvoiceState } from '../resources/invoices.ts';
import { requirePrice } from '../resources/prices.ts';
import {
  nextBillingSec,
  requireSubscription,
  type SubscriptionItemState,
  type SubscriptionState,
  subscriptions,
} from '../resources/subscriptions.ts';
import type { Job, World } from '../world.ts';
import { composeInvoice, openDraft } from './invoicing.ts';
import { nextBoundary, previousBoundary, type Recurrence } from './periods.ts';

function recurrenceOf(world: World, item: SubscriptionItemState): Recurrence {
  const { recurring } = requirePrice(world, item.priceId);
  if (recurring === null) throw new Error(`Subscription item ${item.id} has a one-time price.`);
  return recurring;
}

/** A fee for the item's current period, prorated when that period is shorter than a whole one. */
export function feeSpan(
  world: World,
  subscription: SubscriptionState,
  item: SubscriptionItemState,
): BilledSpan {
  const naturalStartSec = previousBoundary(subscription.anchor, recurrenceOf(world, item), item.periodEndSec);
  const partSec = item.periodEndSec - item.periodStartSec;
  const wholeSec = item.periodEndSec - naturalStartSec;
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

function usageSpan(item: SubscriptionItemState, endSec: number): BilledSpan {
  return {
    itemId: item.id,
    priceId: item.priceId,
    kind: 'usage',
    quantity: null,
    startSec: item.periodStartSec,
    endSec,
    proration: null,
  };
}

/** What is billed when periods end at `atSec`: the usage of those that end, and the fees of those that begin. */
function renewalSpans(world: World, subscription: SubscriptionState, atSec: number): BilledSpan[] {
  const renews = !subscription.cancelAtPeriodEnd;
  return subscription.items
    .filter((item) => item.periodEndSec === atSec)
    .flatMap((item) => {
      if (item.quantity === null) return [usageSpan(item, atSec)];
      return renews ? [feeSpan(world, subscription, advanceItem(world, subscription, item))] : [];
    });
}

function advanceItem(
  world: World,
  { anchor }: SubscriptionState,
  item: SubscriptionItemState,
): SubscriptionItemState {
  return {
    ...item,
    periodStartSec: item.periodEndSec,
    periodEndSec: nextBoundary(anchor, recurrenceOf(world, item), item.periodEndSec),
  };
}

function periodStartAt(subscription: SubscriptionState, atSec: number): number {
  return Math.min(
    ...subscription.items.filter((item) => item.periodEndSec === atSec).map((item) => item.periodStartSec),
  );
}

/** Bills the periods that end and begins the next ones; stops by itself with the subscription. */
export const renewJob: Job = {
  name: 'subscription.renew',
  run(world, id) {
    const subscription = subscriptions(world).get(id);
    if (subscription?.status !== 'active') return;
    const atSec = nextBillingSec(subscription);
    if (atSec > world.nowSec()) return;
    const spans = renewalSpans(world, subscription, atSec);
    const draft =
      spans.length === 0
        ? null
        : openDraft(world, {
            subscription,
            billingReason: 'subscription_cycle',
            spans,
            createdSec: atSec,
            periodStartSec: periodStartAt(subscription, atSec),
            periodEndSec: atSec,
          });
    const latestInvoiceId = draft?.id ?? subscription.latestInvoiceId;
    if (subscription.cancelAtPeriodEnd) {
      subscriptions(world).put({ ...subscription, latestInvoiceId, status: 'canceled', endedSec: atSec });
      return;
    }
    const items = subscription.items.map((item) =>
      item.periodEndSec === atSec ? advanceItem(world, subscription, item) : item,
    );
    const renewed = subscriptions(world).put({ ...subscription, items, latestInvoiceId });
    world.schedule(nextBillingSec(renewed), renewJob, id);
  },
};

/** Ends a subscription now. Usage that was not invoiced is dropped unless `invoiceNow`, as Stripe does. */
export function cancelSubscription(
  world: World,
  subscription: SubscriptionState,
  invoiceNow: boolean,
): SubscriptionState {
  if (subscription.status === 'canceled') {
    throw new StripeFault(`No such subscription: '${subscription.id}'`, {
      status: 404,
      code: 'resource_missing',
      param: 'id',
    });
  }
  const nowSec = world.nowSec();
  const spans = invoiceNow
    ? subscription.items.filter((item) => item.quantity === null).map((item) => usageSpan(item, nowSec))
    : [];
  const draft =
    spans.length === 0
      ? null
      : openDraft(world, {
          subscription,
          billingReason: 'subscription_update',
          spans,
          createdSec: nowSec,
          periodStartSec: Math.min(...spans.map((span) => span.startSec)),
          periodEndSec: nowSec,
        });
  return subscriptions(world).put({
    ...subscription,
    status: 'canceled',
    canceledSec: subscription.canceledSec ?? nowSec,
    endedSec: nowSec,
    latestInvoiceId: draft?.id ?? subscription.latestInvoiceId,
  });
}

/** Ends all of a customer's subscriptions without invoicing, as deleting the customer does. */
export function cancelAllSubscriptions(world: World, customerId: string): void {
  for (const subscription of subscriptions(world).oldestFirst()) {
    if (subscription.customerId === customerId && subscription.status === 'active')
      cancelSubscription(world, subscription, false);
  }
}

/** The invoice that the subscription's next renewal would make if it happened now; nothing is stored. */
export function previewNextInvoice(world: World, subscriptionId: string): InvoiceState {
  const subscription = requireSubscription(world, subscriptionId, 'subscription');
  const atSec = nextBillingSec(subscription);
  const spans = subscription.status === 'active' ? renewalSpans(world, subscription, atSec) : [];
  if (spans.length === 0) {
    throw new StripeFault(`No upcoming invoices for customer: ${subscription.customerId}`, {
      status: 404,
      code: 'invoice_upcoming_none',
    });
  }
  return composeInvoice(world, world.ids.next('upcoming_in_'), {
    subscription,
    billingReason: 'upcoming',
    spans,
    createdSec: atSec,
    periodStartSec: periodStartAt(subscription, atSec),
    periodEndSec: atSec,
  });
}
