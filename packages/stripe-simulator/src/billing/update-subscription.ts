import { invalidRequest } from '../protocol/errors.ts';
import { createInvoiceItem } from '../resources/invoice-items.ts';
import { hasEnded, renews, type SubscriptionState, subscriptions } from '../resources/subscriptions.ts';
import type { World } from '../world.ts';
import { applyChange, type ItemChange, type ProrationBehavior, planChange } from './change-subscription.ts';
import { creditFor } from './proration.ts';
import { scheduleRenewal } from './renewals.ts';
import { periodEndFrom } from './spans.ts';
import { chooseEnd } from './start-subscription.ts';
import { changeSubscription } from './subscription-events.ts';

export interface SubscriptionChange {
  items?: ItemChange[] | undefined;
  resetAnchor?: boolean | undefined;
  prorationBehavior?: ProrationBehavior | undefined;
  /** When the change counts from; now when left out. */
  atSec?: number | undefined;
  trialEndSec?: number | undefined;
  trialIfUnpayable?: 'cancel' | 'create_invoice' | undefined;
  trialAnchor?: 'now' | 'unchanged' | undefined;
  cancelAt?: number | 'max_period_end' | 'min_period_end' | null | undefined;
  cancelAtPeriodEnd?: boolean | undefined;
  cancellation?: { comment: string | null | undefined; feedback: string | null | undefined } | undefined;
  collectionMethod?: SubscriptionState['collectionMethod'] | undefined;
  daysUntilDue?: number | undefined;
  defaultPaymentMethodId?: string | undefined;
  description?: string | null | undefined;
  billingMode?: 'flexible' | undefined;
  metadata?: Record<string, string> | undefined;
}

/** Changes a subscription: its plain fields, when it ends, and then its items, anchor and trial with what they cost. */
export function updateSubscription(
  world: World,
  subscription: SubscriptionState,
  change: SubscriptionChange,
): SubscriptionState {
  checkOpen(subscription, change);
  const nowSec = world.nowSecFor(subscription.customerId);
  const described = changeSubscription(world, {
    ...subscription,
    billingMode: change.billingMode ?? subscription.billingMode,
    collectionMethod: change.collectionMethod ?? subscription.collectionMethod,
    daysUntilDue: change.daysUntilDue ?? subscription.daysUntilDue,
    defaultPaymentMethodId: change.defaultPaymentMethodId ?? subscription.defaultPaymentMethodId,
    description: change.description === undefined ? subscription.description : change.description,
    metadata: change.metadata ?? subscription.metadata,
    trial:
      subscription.trial === null
        ? null
        : {
            ...subscription.trial,
            ifUnpayable: change.trialIfUnpayable ?? subscription.trial.ifUnpayable,
            anchor: change.trialAnchor ?? subscription.trial.anchor,
          },
    ...endOf(world, subscription, change, nowSec),
  });
  if (described.cancelAtSec !== subscription.cancelAtSec) {
    if (change.prorationBehavior !== 'none') creditCutPeriods(world, subscription, described);
    scheduleRenewal(world, described);
  }
  const touchesItems =
    change.items !== undefined || change.resetAnchor === true || change.trialEndSec !== undefined;
  if (!touchesItems) return subscriptions(world).get(described.id) ?? described;
  const plan = planChange(world, described, change.items ?? [], {
    prorationBehavior: change.prorationBehavior ?? 'create_prorations',
    atSec: change.atSec ?? nowSec,
    resetAnchor: change.resetAnchor,
    trialEndSec: change.trialEndSec,
  });
  return applyChange(world, plan);
}

function checkOpen(subscription: SubscriptionState, change: SubscriptionChange): void {
  const { metadata, cancellation, ...rest } = change;
  const { atSec, prorationBehavior, resetAnchor, ...fields } = rest;
  if (!hasEnded(subscription)) return;
  if (resetAnchor === true || Object.values(fields).some((field) => field !== undefined)) {
    throw invalidRequest('A canceled subscription can only update its cancellation_details and metadata.', {
      code: 'invalid_canceled_subscription_fields',
    });
  }
}

function endOf(
  world: World,
  subscription: SubscriptionState,
  change: SubscriptionChange,
  nowSec: number,
): Pick<SubscriptionState, 'cancelAtPeriodEnd' | 'cancelAtSec' | 'cancellation' | 'canceledSec' | 'items'> {
  const named = change.cancelAt === undefined ? subscription.cancelAtSec : change.cancelAt;
  const cancelAtSec =
    change.cancelAtPeriodEnd === true || (change.cancelAtPeriodEnd === false && change.cancelAt === undefined)
      ? null
      : named === subscription.cancelAtSec
        ? named
        : chooseEnd(change.cancelAt, subscription.items, nowSec);
  const cancelAtPeriodEnd =
    change.cancelAtPeriodEnd ??
    (typeof change.cancelAt === 'number' ? false : subscription.cancelAtPeriodEnd);
  const was = subscription.cancelAtPeriodEnd || subscription.cancelAtSec !== null;
  const is = cancelAtPeriodEnd || cancelAtSec !== null;
  const told = { ...subscription.cancellation };
  if (change.cancellation?.comment !== undefined) told.comment = change.cancellation.comment;
  if (change.cancellation?.feedback !== undefined) told.feedback = change.cancellation.feedback;
  const ended = hasEnded(subscription);
  return {
    cancelAtPeriodEnd,
    cancelAtSec,
    cancellation: ended || was === is ? told : { ...told, reason: is ? 'cancellation_requested' : null },
    canceledSec: ended || was === is ? subscription.canceledSec : is ? nowSec : null,
    items:
      cancelAtSec === subscription.cancelAtSec || !renews(subscription)
        ? subscription.items
        : subscription.items.map((item) => ({
            ...item,
            periodEndSec:
              subscription.status === 'trialing'
                ? Math.min(
                    subscription.trial?.endSec ?? item.periodEndSec,
                    cancelAtSec ?? Number.MAX_SAFE_INTEGER,
                  )
                : periodEndFrom(world, { ...subscription, cancelAtSec }, item.priceId, item.periodStartSec),
          })),
  };
}

/** An end inside a paid period returns the fee from then on. */
function creditCutPeriods(world: World, before: SubscriptionState, after: SubscriptionState): void {
  for (const [index, item] of before.items.entries()) {
    const endSec = after.items[index]?.periodEndSec ?? item.periodEndSec;
    if (endSec >= item.periodEndSec) continue;
    for (const credit of creditFor(world, before, item, endSec)) createInvoiceItem(world, credit);
  }
}
