import { invalidRequest } from '../protocol/errors.ts';
import { settleCurrency } from '../resources/customers.ts';
import { pendingItems } from '../resources/invoice-items.ts';
import { type BilledSpan, invoiceAmounts, invoices } from '../resources/invoices.ts';
import {
  type SubscriptionItemState,
  type SubscriptionState,
  subscriptions,
} from '../resources/subscriptions.ts';
import type { Job, World } from '../world.ts';
import { checkItems } from './check-items.ts';
import { planFor } from './compose-invoice.ts';
import { amountTooLarge } from './impossible-amounts.ts';
import { attemptFinalization, openDraft } from './invoicing.ts';
import { attemptPayment, cancelAndVoid, declined, openPayment, scheduleCollection } from './pay-invoice.ts';
import { type Anchor, type AnchorConfig, anchorAt, anchorFromConfig, nextBoundary } from './periods.ts';
import { scheduleRenewal } from './renewals.ts';
import { feeSpan, periodEndFrom, trialSpan, usageSpan, withDebits } from './spans.ts';
import { changeSubscription, emitSubscription } from './subscription-events.ts';

/** How long a subscription may wait for its first payment. */
const INCOMPLETE_SEC = 23 * 3_600;

export interface SubscriptionInput {
  customerId: string;
  items: Array<{ priceId: string; quantity?: number | null | undefined; metadata?: Record<string, string> }>;
  /** Unix seconds in the future, at most one period ahead. */
  anchorSec?: number | undefined;
  anchorConfig?: AnchorConfig | undefined;
  prorate?: boolean;
  billingMode?: 'flexible' | 'classic' | undefined;
  collectionMethod?: 'charge_automatically' | 'send_invoice' | undefined;
  daysUntilDue?: number | null | undefined;
  cancelAtPeriodEnd?: boolean | undefined;
  /** Unix seconds in the future, or an end of the first periods. */
  cancelAt?: number | 'max_period_end' | 'min_period_end' | undefined;
  /** Unix seconds at which a free trial ends. */
  trialEndSec?: number | undefined;
  trialIfUnpayable?: 'cancel' | 'create_invoice' | undefined;
  /** `unchanged` keeps the anchor at the start instead of the trial's end. */
  trialAnchor?: 'now' | 'unchanged' | undefined;
  defaultPaymentMethodId?: string | undefined;
  /** True when the customer is not there to authenticate the first payment. */
  offSession?: boolean | undefined;
  /** What happens when the first payment does not succeed. */
  paymentBehavior?: 'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete' | undefined;
  description?: string | null | undefined;
  metadata?: Record<string, string>;
}

/**
 * What a subscription that starts now would be, and what its first invoice would bill; nothing is stored. The first
 * periods run to the end of the trial, to the anchor, or for a whole interval.
 */
export function planSubscription(
  world: World,
  input: SubscriptionInput,
): { subscription: SubscriptionState; spans: BilledSpan[] } {
  const nowSec = world.nowSecFor(input.customerId);
  const billingMode = input.billingMode ?? 'flexible';
  const wanted = input.items.map((item, index) => ({
    ...item,
    quantity: item.quantity,
    at: `items[${index}]`,
  }));
  const checked = checkItems(world, wanted, billingMode);
  const { trialEndSec = nowSec } = input;
  if (trialEndSec < nowSec)
    throw invalidRequest('`trial_end` must be a timestamp in the future.', { param: 'trial_end' });
  const trialing = trialEndSec > nowSec;
  const anchor = chooseAnchor(input, nowSec, trialEndSec);
  const subscriptionId = world.ids.next('sub_');
  const endOf = (priceId: string): number =>
    trialing ? trialEndSec : periodEndFrom(world, { anchor, cancelAtSec: null }, priceId, nowSec);
  for (const { recurrence } of checked) {
    if (
      input.anchorSec !== undefined &&
      anchor.atSec > nextBoundary(anchorAt(trialEndSec), recurrence, trialEndSec)
    )
      throw invalidRequest('`billing_cycle_anchor` cannot be later than the next natural billing date.', {
        param: 'billing_cycle_anchor',
      });
  }
  const natural = checked.map(
    ({ price, quantity }, index): SubscriptionItemState => ({
      id: world.ids.next('si_', 14),
      createdSec: nowSec,
      priceId: price.id,
      quantity,
      periodStartSec: nowSec,
      periodEndSec: endOf(price.id),
      usageStartSec: nowSec,
      debited: null,
      metadata: input.items[index]?.metadata ?? {},
    }),
  );
  const cancelAtSec = chooseEnd(input.cancelAt, natural, nowSec);
  const items = natural.map((item) => ({
    ...item,
    periodEndSec: Math.min(item.periodEndSec, cancelAtSec ?? item.periodEndSec),
  }));
  const ending = input.cancelAtPeriodEnd === true || cancelAtSec !== null;
  const subscription: SubscriptionState = {
    id: subscriptionId,
    customerId: input.customerId,
    createdSec: nowSec,
    currency: checked[0]?.price.currency ?? 'usd',
    status: trialing ? 'trialing' : 'active',
    anchor,
    anchorConfig: input.anchorConfig ?? null,
    billingMode,
    collectionMethod: input.collectionMethod ?? 'charge_automatically',
    daysUntilDue: input.daysUntilDue ?? null,
    defaultPaymentMethodId: input.defaultPaymentMethodId ?? null,
    items,
    trial: trialing
      ? {
          startSec: nowSec,
          endSec: trialEndSec,
          ifUnpayable: input.trialIfUnpayable ?? 'create_invoice',
          anchor: input.trialAnchor ?? null,
          announced: false,
        }
      : null,
    cancelAtPeriodEnd: input.cancelAtPeriodEnd ?? false,
    cancelAtSec,
    cancellation: { comment: null, feedback: null, reason: ending ? 'cancellation_requested' : null },
    canceledSec: ending ? nowSec : null,
    endedSec: null,
    latestInvoiceId: null,
    upcomingSec: null,
    description: input.description ?? null,
    metadata: input.metadata ?? {},
  };
  const spans = items.flatMap((item): BilledSpan[] => {
    if (item.quantity === null) return billingMode === 'classic' ? [usageSpan(item, nowSec)] : [];
    if (trialing) return [trialSpan(item)];
    const span = feeSpan(world, subscription, item);
    return input.prorate === false && span.proration !== null ? [] : [span];
  });
  return {
    subscription: { ...subscription, items: withDebits(world, input.customerId, items, spans) },
    spans,
  };
}

/**
 * Starts a subscription now. Fees are invoiced and charged at once; with metered items only there is no first invoice
 * in the flexible billing mode, and an empty one in the classic mode.
 */
export function startSubscription(world: World, input: SubscriptionInput): SubscriptionState {
  const { subscription, spans } = planSubscription(world, input);
  settleCurrency(world, input.customerId, subscription.currency);
  const stored = subscriptions(world).put(subscription);
  scheduleRenewal(world, stored);
  if (spans.length === 0) {
    emitSubscription(world, stored, 'customer.subscription.created');
    return stored;
  }
  return billFirst(world, stored, spans, input);
}

function billFirst(
  world: World,
  subscription: SubscriptionState,
  spans: BilledSpan[],
  { paymentBehavior: behavior = 'allow_incomplete', offSession = false }: SubscriptionInput,
): SubscriptionState {
  const nowSec = subscription.createdSec;
  const draft = openDraft(
    world,
    planFor(subscription, {
      billingReason: 'subscription_create',
      spans,
      items: pendingItems(world, subscription.customerId, subscription.currency, subscription.id),
      createdSec: nowSec,
      periodStartSec: nowSec,
      periodEndSec: nowSec,
    }),
  );
  const finalized = attemptFinalization(world, draft);
  if (finalized.status === 'draft') throw amountTooLarge(draft.currency);
  const charged = finalized.status === 'open' && finalized.collectionMethod === 'charge_automatically';
  const billed = subscriptions(world).put({
    ...subscription,
    latestInvoiceId: draft.id,
    status: charged && invoiceAmounts(world, finalized).dueMinor > 0 ? 'incomplete' : subscription.status,
  });
  emitSubscription(world, billed, 'customer.subscription.created');
  if (!charged) {
    scheduleCollection(world, finalized);
    return billed;
  }
  world.scheduleFor(billed.customerId, nowSec + INCOMPLETE_SEC, expireIncompleteJob, billed.id);
  if (behavior === 'default_incomplete') openPayment(world, finalized);
  else {
    const { collected } = attemptPayment(world, finalized, { offSession, automatic: false });
    const refused = collected.outcome === 'failed' || collected.outcome === 'requires_action';
    if (refused && behavior === 'error_if_incomplete') throw declined(collected, { keepsEffects: false });
    if (collected.outcome === 'processing') {
      const latest = subscriptions(world).get(billed.id) ?? billed;
      changeSubscription(world, { ...latest, status: billed.trial === null ? 'active' : 'trialing' });
    }
  }
  return subscriptions(world).get(billed.id) ?? billed;
}

function chooseAnchor(input: SubscriptionInput, nowSec: number, trialEndSec: number): Anchor {
  if (input.anchorSec !== undefined && input.anchorConfig !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: billing_cycle_anchor, billing_cycle_anchor_config.',
      { code: 'parameters_exclusive', param: 'billing_cycle_anchor' },
    );
  }
  if (input.anchorConfig !== undefined) return anchorFromConfig(input.anchorConfig, trialEndSec);
  if (input.anchorSec !== undefined && input.anchorSec < nowSec) {
    throw invalidRequest('`billing_cycle_anchor` must be a timestamp in the future.', {
      param: 'billing_cycle_anchor',
    });
  }
  if (input.anchorSec !== undefined && input.anchorSec < trialEndSec) {
    throw invalidRequest('`billing_cycle_anchor` cannot be before `trial_end`.', {
      param: 'billing_cycle_anchor',
    });
  }
  return anchorAt(input.anchorSec ?? (input.trialAnchor === 'unchanged' ? nowSec : trialEndSec));
}

/** The second at which a subscription is to end; `null` when it goes on. */
export function chooseEnd(
  cancelAt: number | 'max_period_end' | 'min_period_end' | null | undefined,
  items: readonly SubscriptionItemState[],
  nowSec: number,
): number | null {
  if (cancelAt === undefined || cancelAt === null) return null;
  const ends = items.map((item) => item.periodEndSec);
  if (cancelAt === 'min_period_end') return Math.min(...ends);
  if (cancelAt === 'max_period_end') return Math.max(...ends);
  if (cancelAt <= nowSec)
    throw invalidRequest('`cancel_at` must be a timestamp in the future.', { param: 'cancel_at' });
  return cancelAt;
}

/** Ends a subscription whose first payment never came, with its invoice. */
const expireIncompleteJob: Job = {
  name: 'subscription.expire_incomplete',
  run(world, id) {
    const subscription = subscriptions(world).get(id);
    if (subscription?.status !== 'incomplete') return;
    changeSubscription(world, { ...subscription, status: 'incomplete_expired', endedSec: world.nowSec() });
    const { latestInvoiceId } = subscription;
    const invoice = latestInvoiceId === null ? undefined : invoices(world).get(latestInvoiceId);
    if (invoice?.status === 'open') cancelAndVoid(world, invoice);
  },
};
