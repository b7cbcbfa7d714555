import { BillingError } from '@meterboard/contract';
import type Stripe from 'stripe';
import type { RawSubscription, RawSubscriptionItem, Recurrence } from '../../gateway.ts';
import { fromSec, unknownShape } from './from-stripe.ts';
import { listAll, pageSize } from './list-all.ts';
import type { PriceBook } from './prices.ts';

const liveStatuses: readonly string[] = ['active', 'trialing', 'past_due', 'unpaid'];

/** Subscriptions that have not ended. An empty list may hide a deleted customer, so then the customer is read. */
export async function listSubscriptions(
  stripe: Stripe,
  customerId: string,
  prices: PriceBook,
): Promise<RawSubscription[]> {
  const subscriptions = await listAll(stripe.subscriptions.list({ customer: customerId, limit: pageSize }));
  if (subscriptions.length === 0) {
    const customer = await stripe.customers.retrieve(customerId);
    if (customer.deleted) throw new BillingError('customer_not_found');
  }
  const raw = await Promise.all(
    subscriptions.map(async (subscription) =>
      fromStripeSubscription(subscription, await itemsOf(stripe, subscription)),
    ),
  );
  for (const { priceId, meterId } of raw.flatMap(({ items }) => items)) prices.noteMeter(priceId, meterId);
  return raw.toSorted(
    (a, b) => a.createdAtMs - b.createdAtMs || (a.subscriptionId < b.subscriptionId ? -1 : 1),
  );
}

async function itemsOf(
  stripe: Stripe,
  { id, items }: Stripe.Subscription,
): Promise<Stripe.SubscriptionItem[]> {
  if (!items.has_more) return items.data;
  return listAll(stripe.subscriptionItems.list({ subscription: id, limit: pageSize }));
}

function fromStripeSubscription(
  subscription: Stripe.Subscription,
  items: Stripe.SubscriptionItem[],
): RawSubscription {
  return {
    subscriptionId: subscription.id,
    live: liveStatuses.includes(subscription.status),
    currency: subscription.currency,
    createdAtMs: fromSec(subscription.created, 'subscription.created'),
    billingAnchorMs: fromSec(subscription.billing_cycle_anchor, 'subscription.billing_cycle_anchor'),
    ...dayOf(subscription.billing_cycle_anchor_config),
    items: items.map(fromStripeItem),
  };
}

function fromStripeItem(item: Stripe.SubscriptionItem): RawSubscriptionItem {
  const { recurring } = item.price;
  if (!recurring) throw unknownShape('price.recurring on a subscription item');
  return {
    itemId: item.id,
    priceId: item.price.id,
    meterId: recurring.meter,
    period: {
      startMs: fromSec(item.current_period_start, 'item.current_period_start'),
      endMs: fromSec(item.current_period_end, 'item.current_period_end'),
    },
    recurrence: { unit: fromStripeInterval(recurring.interval), count: recurring.interval_count },
  };
}

function fromStripeInterval(interval: string): Recurrence['unit'] {
  if (interval === 'day' || interval === 'week' || interval === 'month' || interval === 'year')
    return interval;
  throw unknownShape('recurring.interval');
}

/** An anchor of the 31st that fell into September stands on the 30th, and means the 31st wherever there is one. */
function dayOf(config: Stripe.Subscription['billing_cycle_anchor_config']): { billingAnchorDay?: number } {
  return config ? { billingAnchorDay: config.day_of_month } : {};
}
