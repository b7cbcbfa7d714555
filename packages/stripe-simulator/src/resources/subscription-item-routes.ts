import { updateSubscription } from '../billing/update-subscription.ts';
import { resourceMissing } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import { boolean, mergeMetadata, metadata, oneOf, optional, string, timestamp } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { World } from '../world.ts';
import { prorationBehavior, quantityParam } from './subscription-params.ts';
import {
  requireSubscription,
  type SubscriptionItemState,
  type SubscriptionState,
  subscriptions,
  toStripeSubscriptionItem,
} from './subscriptions.ts';

const returns = { kind: 'subscription_item', list: false };
const payment = optional(
  oneOf(['allow_incomplete'], ['default_incomplete', 'error_if_incomplete', 'pending_if_incomplete']),
);
const missing = ['billing_thresholds', 'current_trial', 'discounts', 'plan', 'price_data', 'tax_rates'];

function requireItem(
  world: World,
  id: string,
): { subscription: SubscriptionState; item: SubscriptionItemState } {
  for (const subscription of subscriptions(world).newestFirst()) {
    const item = subscription.items.find((candidate) => candidate.id === id);
    if (item !== undefined) return { subscription, item };
  }
  throw resourceMissing('subscription_item', id);
}

export const subscriptionItemRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/subscription_items',
    fidelity: 'simplified',
    note: 'with a price and quantity, prorated or not; no discounts, taxes or thresholds',
    returns,
    params: {
      subscription: string(),
      price: string(),
      quantity: optional(quantityParam),
      payment_behavior: payment,
      proration_behavior: optional(prorationBehavior),
      proration_date: optional(timestamp()),
      metadata: metadata(),
    },
    missing,
    handle(world, params) {
      const subscription = requireSubscription(world, params.subscription, 'subscription');
      const known = new Set(subscription.items.map((item) => item.id));
      const changed = updateSubscription(world, subscription, {
        items: [
          {
            priceId: params.price,
            quantity: params.quantity,
            metadata: (current) => mergeMetadata(current, params.metadata),
          },
        ],
        prorationBehavior: params.proration_behavior,
        atSec: params.proration_date,
      });
      const added = changed.items.find((item) => !known.has(item.id));
      if (added === undefined) throw new Error(`No item was added to ${subscription.id}.`);
      return toStripeSubscriptionItem(world, added, subscription.id);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/subscription_items/:id',
    fidelity: 'exact',
    returns,
    handle(world, _params, { id }) {
      const { item, subscription } = requireItem(world, id);
      return toStripeSubscriptionItem(world, item, subscription.id);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/subscription_items/:id',
    fidelity: 'simplified',
    note: 'price, quantity and metadata, prorated or not; no discounts, taxes or thresholds',
    returns,
    params: {
      price: optional(string()),
      quantity: optional(quantityParam),
      off_session: optional(boolean()),
      payment_behavior: payment,
      proration_behavior: optional(prorationBehavior),
      proration_date: optional(timestamp()),
      metadata: metadata(),
    },
    missing,
    handle(world, params, { id }) {
      const { subscription } = requireItem(world, id);
      updateSubscription(world, subscription, {
        items: [
          {
            id,
            priceId: params.price,
            quantity: params.quantity,
            metadata: (current) => mergeMetadata(current, params.metadata),
          },
        ],
        prorationBehavior: params.proration_behavior,
        atSec: params.proration_date,
      });
      return toStripeSubscriptionItem(world, requireItem(world, id).item, subscription.id);
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/subscription_items/:id',
    fidelity: 'exact',
    params: {
      clear_usage: optional(boolean()),
      payment_behavior: payment,
      proration_behavior: optional(prorationBehavior),
      proration_date: optional(timestamp()),
    },
    handle(world, params, { id }) {
      const { subscription } = requireItem(world, id);
      updateSubscription(world, subscription, {
        items: [{ id, deleted: true, clearUsage: params.clear_usage }],
        prorationBehavior: params.proration_behavior,
        atSec: params.proration_date,
      });
      return { id, object: 'subscription_item', deleted: true };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/subscription_items',
    fidelity: 'exact',
    returns: { ...returns, list: true },
    params: { ...pageParams, subscription: string() },
    handle(world, params) {
      const subscription = requireSubscription(world, params.subscription, 'subscription');
      return paginate(subscription.items, params, {
        url: '/v1/subscription_items',
        noun: 'subscription_item',
        toStripe: (item) => toStripeSubscriptionItem(world, item, subscription.id),
      });
    },
  }),
];
