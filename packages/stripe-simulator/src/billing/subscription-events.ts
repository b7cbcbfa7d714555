import { emit, emitUpdate } from '../events/emit.ts';
import { type SubscriptionState, subscriptions, toStripeSubscription } from '../resources/subscriptions.ts';
import type { World } from '../world.ts';

export type SubscriptionEvent =
  | 'customer.subscription.created'
  | 'customer.subscription.deleted'
  | 'customer.subscription.trial_will_end';

/** Tells the account's subscribers about a subscription as it now is. */
export function emitSubscription(
  world: World,
  subscription: SubscriptionState,
  type: SubscriptionEvent,
): void {
  emit(world, {
    type,
    object: toStripeSubscription(world, subscription),
    customerId: subscription.customerId,
  });
}

/** Stores a changed subscription and tells what changed (`customer.subscription.updated`). */
export function changeSubscription(world: World, next: SubscriptionState): SubscriptionState {
  const current = subscriptions(world).get(next.id) ?? next;
  const before = toStripeSubscription(world, current);
  subscriptions(world).put(next);
  emitUpdate(world, {
    type: 'customer.subscription.updated',
    before,
    after: toStripeSubscription(world, next),
    customerId: next.customerId,
  });
  return next;
}
