import { StripeFault } from '../protocol/errors.ts';
import { createInvoiceItem, pendingItems } from '../resources/invoice-items.ts';
import { hasEnded, type SubscriptionState, subscriptions } from '../resources/subscriptions.ts';
import type { World } from '../world.ts';
import { planFor } from './compose-invoice.ts';
import { openDraft } from './invoicing.ts';
import { DRAFT_WINDOW_SEC, scheduleFinalization } from './pay-invoice.ts';
import { creditFor } from './proration.ts';
import { usageSpan } from './spans.ts';
import { emitSubscription } from './subscription-events.ts';

export interface CancelOptions {
  /** Bills the usage so far and what is pending; otherwise unbilled usage is dropped, as at Stripe. */
  invoiceNow: boolean;
  /** Returns the unused part of fees, as pending items. */
  prorate: boolean;
  comment?: string | null | undefined;
  feedback?: string | null | undefined;
}

/** Stores the end of a subscription and tells of it. */
export function endSubscription(
  world: World,
  subscription: SubscriptionState,
  details: Partial<SubscriptionState['cancellation']>,
): SubscriptionState {
  const nowSec = world.nowSecFor(subscription.customerId);
  const ended = subscriptions(world).put({
    ...subscription,
    status: 'canceled',
    canceledSec: subscription.canceledSec ?? nowSec,
    endedSec: nowSec,
    cancellation: { ...subscription.cancellation, ...details },
  });
  emitSubscription(world, ended, 'customer.subscription.deleted');
  return ended;
}

/** Ends a subscription now. */
export function cancelSubscription(
  world: World,
  subscription: SubscriptionState,
  options: CancelOptions,
): SubscriptionState {
  if (hasEnded(subscription)) {
    throw new StripeFault(`No such subscription: '${subscription.id}'`, {
      status: 404,
      code: 'resource_missing',
      param: 'id',
    });
  }
  const nowSec = world.nowSecFor(subscription.customerId);
  if (options.prorate) {
    for (const item of subscription.items) {
      for (const credit of creditFor(world, subscription, item, nowSec)) createInvoiceItem(world, credit);
    }
  }
  const draft = options.invoiceNow ? openFinalDraft(world, subscription, nowSec) : null;
  return endSubscription(
    world,
    { ...subscription, latestInvoiceId: draft?.id ?? subscription.latestInvoiceId },
    {
      reason: 'cancellation_requested',
      ...(options.comment === undefined ? {} : { comment: options.comment }),
      ...(options.feedback === undefined ? {} : { feedback: options.feedback }),
    },
  );
}

/** What an end at `atSec` with `invoice_now` bills: the usage so far, that second's included, and everything pending. */
export function finalPlan(world: World, subscription: SubscriptionState, atSec: number) {
  const spans =
    subscription.status === 'trialing'
      ? []
      : subscription.items.filter((item) => item.quantity === null).map((item) => usageSpan(item, atSec + 1));
  return planFor(subscription, {
    billingReason: 'subscription_update',
    spans,
    items: pendingItems(world, subscription.customerId, subscription.currency, subscription.id),
    createdSec: atSec,
    periodStartSec: Math.min(...subscription.items.map((item) => item.periodStartSec)),
    periodEndSec: atSec,
  });
}

function openFinalDraft(world: World, subscription: SubscriptionState, nowSec: number) {
  const plan = finalPlan(world, subscription, nowSec);
  if (plan.spans.length === 0 && plan.items.length === 0) return null;
  const draft = openDraft(world, plan, { automaticallyFinalizesSec: nowSec + DRAFT_WINDOW_SEC });
  scheduleFinalization(world, draft);
  return draft;
}

/** Ends all of a customer's subscriptions without invoicing, as deleting the customer does. */
export function cancelAllSubscriptions(world: World, customerId: string): void {
  for (const subscription of subscriptions(world).oldestFirst()) {
    if (subscription.customerId === customerId && !hasEnded(subscription))
      cancelSubscription(world, subscription, { invoiceNow: false, prorate: false });
  }
}
