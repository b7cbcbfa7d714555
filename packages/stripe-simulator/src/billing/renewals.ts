import { customers } from '../resources/customers.ts';
import { pendingItems } from '../resources/invoice-items.ts';
import type { BilledSpan } from '../resources/invoices.ts';
import { nextBillingSec, renews, type SubscriptionState, subscriptions } from '../resources/subscriptions.ts';
import type { Job, World } from '../world.ts';
import { endSubscription } from './cancel-subscription.ts';
import { composeInvoice, type InvoicePlan, planFor } from './compose-invoice.ts';
import { emitInvoice } from './invoice-events.ts';
import { openDraft } from './invoicing.ts';
import { DRAFT_WINDOW_SEC, scheduleFinalization } from './pay-invoice.ts';
import { advanceItem, feeSpan, usageSpan, withDebits } from './spans.ts';
import { changeSubscription, emitSubscription } from './subscription-events.ts';

/** How long before a renewal `invoice.upcoming` is sent. */
export const UPCOMING_SEC = 7 * 86_400;
/** How long before its end a trial announces it. */
export const TRIAL_NOTICE_SEC = 3 * 86_400;

/** Whether the subscription ends when the periods that end at `atSec` do. */
export function endsAt({ cancelAtPeriodEnd, cancelAtSec }: SubscriptionState, atSec: number): boolean {
  return cancelAtPeriodEnd || (cancelAtSec !== null && cancelAtSec <= atSec);
}

/** Whether what ends at `atSec` is the free trial: its usage is not billed. */
function endsTrial({ status, trial }: SubscriptionState, atSec: number): boolean {
  return status === 'trialing' && trial !== null && trial.endSec <= atSec;
}

function hasPaymentMethod(world: World, subscription: SubscriptionState): boolean {
  const methodId = customers(world).get(subscription.customerId)?.defaultPaymentMethodId ?? null;
  return (subscription.defaultPaymentMethodId ?? methodId) !== null;
}

/** What is billed when periods end at `atSec`: the usage of those that end, and the fees of those that begin. */
export function renewalSpans(world: World, subscription: SubscriptionState, atSec: number): BilledSpan[] {
  const goesOn = !endsAt(subscription, atSec);
  const free = subscription.status === 'trialing';
  return subscription.items
    .filter((item) => item.periodEndSec === atSec)
    .flatMap((item) => {
      if (item.quantity === null) return free ? [] : [usageSpan(item, atSec)];
      return goesOn ? [feeSpan(world, subscription, advanceItem(world, subscription, item))] : [];
    });
}

/** The invoice of the renewal at `atSec`, with the pending items; `null` when there is nothing to bill. */
export function renewalPlan(
  world: World,
  subscription: SubscriptionState,
  atSec: number,
): InvoicePlan | null {
  const spans = renewalSpans(world, subscription, atSec);
  const items = pendingItems(world, subscription.customerId, subscription.currency, subscription.id);
  if (spans.length === 0 && items.length === 0) return null;
  return planFor(subscription, {
    billingReason: 'subscription_cycle',
    spans,
    items,
    createdSec: atSec,
    periodStartSec: Math.min(
      ...subscription.items.filter((item) => item.periodEndSec === atSec).map((item) => item.periodStartSec),
    ),
    periodEndSec: atSec,
  });
}

/** Bills the periods that end and begins the next ones; stops by itself with the subscription. */
export const renewJob: Job = {
  name: 'subscription.renew',
  run(world, id) {
    const subscription = subscriptions(world).get(id);
    if (subscription === undefined || !renews(subscription)) return;
    const atSec = nextBillingSec(subscription);
    if (atSec > world.nowSec()) return;
    const trialEnds = endsTrial(subscription, atSec);
    if (trialEnds && subscription.trial?.ifUnpayable === 'cancel' && !hasPaymentMethod(world, subscription)) {
      endSubscription(world, subscription, { reason: 'cancellation_requested' });
      return;
    }
    const plan = renewalPlan(world, subscription, atSec);
    const draft =
      plan === null
        ? null
        : openDraft(world, plan, { automaticallyFinalizesSec: plan.createdSec + DRAFT_WINDOW_SEC });
    if (draft !== null) scheduleFinalization(world, draft);
    const billed = { ...subscription, latestInvoiceId: draft?.id ?? subscription.latestInvoiceId };
    if (endsAt(subscription, atSec)) {
      endSubscription(world, billed, {});
      return;
    }
    const items = subscription.items.map((item) =>
      item.periodEndSec === atSec ? advanceItem(world, subscription, item) : item,
    );
    const renewed = changeSubscription(world, {
      ...billed,
      items: withDebits(world, subscription.customerId, items, plan?.spans ?? []),
      status: trialEnds ? 'active' : subscription.status,
    });
    scheduleRenewal(world, renewed);
  },
};

/** Puts the next renewal, and the word that it is coming, on the agenda. */
export function scheduleRenewal(world: World, subscription: SubscriptionState): void {
  const { customerId, id, trial, status } = subscription;
  const atSec = nextBillingSec(subscription);
  world.scheduleFor(customerId, atSec, renewJob, id);
  const nowSec = world.nowSecFor(customerId);
  if (atSec - UPCOMING_SEC > nowSec) world.scheduleFor(customerId, atSec - UPCOMING_SEC, upcomingJob, id);
  if (status === 'trialing' && trial !== null)
    world.scheduleFor(customerId, Math.max(nowSec, trial.endSec - TRIAL_NOTICE_SEC), trialEndsJob, id);
}

const upcomingJob: Job = {
  name: 'invoice.upcoming',
  run(world, id) {
    const subscription = subscriptions(world).get(id);
    if (subscription === undefined || !renews(subscription)) return;
    const atSec = nextBillingSec(subscription);
    if (atSec - UPCOMING_SEC !== world.nowSec() || subscription.upcomingSec === atSec) return;
    subscriptions(world).put({ ...subscription, upcomingSec: atSec });
    const plan = renewalPlan(world, subscription, atSec);
    if (plan === null) return;
    const preview = composeInvoice(world, world.ids.stable('upcoming_in_', `${id} ${atSec}`), {
      ...plan,
      billingReason: 'upcoming',
    });
    emitInvoice(world, preview, 'invoice.upcoming');
  },
};

const trialEndsJob: Job = {
  name: 'subscription.trial_will_end',
  run(world, id) {
    const subscription = subscriptions(world).get(id);
    if (subscription?.status !== 'trialing' || subscription.trial === null) return;
    const { trial } = subscription;
    if (trial.announced || Math.max(trial.endSec - TRIAL_NOTICE_SEC, trial.startSec) > world.nowSec()) return;
    const told = subscriptions(world).put({ ...subscription, trial: { ...trial, announced: true } });
    emitSubscription(world, told, 'customer.subscription.trial_will_end');
  },
};
