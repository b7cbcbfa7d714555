import type Stripe from 'stripe';
import type { Anchor, AnchorConfig } from '../billing/periods.ts';
import { resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { requirePrice, toStripePlan, toStripePrice } from './prices.ts';

export interface SubscriptionItemState {
  id: string;
  createdSec: number;
  priceId: string;
  /** `null` for metered prices, which take no quantity. */
  quantity: number | null;
  periodStartSec: number;
  periodEndSec: number;
  /** Usage before this instant is not billed with the item: it was billed otherwise, or is free. */
  usageStartSec: number;
  /** What was last charged for a licensed item, and for when: credits of the flexible billing mode return a part of it. */
  debited: { amountMinor: number; startSec: number; endSec: number } | null;
  metadata: Record<string, string>;
}

export interface TrialState {
  startSec: number;
  endSec: number;
  /** What becomes of the subscription when the trial ends and no payment method is there. */
  ifUnpayable: 'cancel' | 'create_invoice';
  /** Whether the anchor moves to the trial's end; `null` means that it does. */
  anchor: 'now' | 'unchanged' | null;
  /** Whether its end was announced. */
  announced: boolean;
}

export interface SubscriptionState {
  id: string;
  customerId: string;
  createdSec: number;
  currency: string;
  status: 'active' | 'canceled' | 'incomplete' | 'incomplete_expired' | 'past_due' | 'trialing';
  anchor: Anchor;
  anchorConfig: AnchorConfig | null;
  billingMode: 'flexible' | 'classic';
  collectionMethod: 'charge_automatically' | 'send_invoice';
  daysUntilDue: number | null;
  items: SubscriptionItemState[];
  defaultPaymentMethodId: string | null;
  trial: TrialState | null;
  cancelAtPeriodEnd: boolean;
  /** When it was told to end, other than by `cancelAtPeriodEnd`. */
  cancelAtSec: number | null;
  cancellation: { comment: string | null; feedback: string | null; reason: string | null };
  canceledSec: number | null;
  endedSec: number | null;
  latestInvoiceId: string | null;
  /** The renewal that `invoice.upcoming` has told of. */
  upcomingSec: number | null;
  description: string | null;
  metadata: Record<string, string>;
}

export const subscriptions = defineTable<SubscriptionState>();

export function requireSubscription(world: World, id: string, param = 'id'): SubscriptionState {
  const subscription = subscriptions(world).get(id);
  if (subscription === undefined) throw resourceMissing('subscription', id, param);
  return subscription;
}

/** Whether it goes on renewing. */
export function renews(subscription: SubscriptionState): boolean {
  return ['active', 'past_due', 'trialing'].includes(subscription.status);
}

/** Whether it has ended for good. */
export function hasEnded(subscription: SubscriptionState): boolean {
  return subscription.status === 'canceled' || subscription.status === 'incomplete_expired';
}

/** When the subscription bills next: the earliest end of its items' periods. */
export function nextBillingSec(subscription: SubscriptionState): number {
  return Math.min(...subscription.items.map((item) => item.periodEndSec));
}

export function toStripeSubscriptionItem(world: World, item: SubscriptionItemState, subscriptionId: string) {
  const price = requirePrice(world, item.priceId);
  return {
    id: item.id,
    object: 'subscription_item',
    billing_thresholds: null,
    created: item.createdSec,
    current_period_end: item.periodEndSec,
    current_period_start: item.periodStartSec,
    current_trial: null,
    discounts: [],
    metadata: item.metadata,
    plan: toStripePlan(price),
    price: toStripePrice(price),
    ...(item.quantity === null ? {} : { quantity: item.quantity }),
    subscription: subscriptionId,
    tax_rates: [],
  } satisfies Wire<Stripe.SubscriptionItem>;
}

export function toStripeSubscription(world: World, subscription: SubscriptionState) {
  const config = subscription.anchorConfig;
  return {
    id: subscription.id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: subscription.anchor.atSec,
    billing_cycle_anchor_config:
      config === null
        ? null
        : {
            day_of_month: config.dayOfMonth,
            hour: config.hour,
            minute: config.minute,
            month: config.month,
            second: config.second,
          },
    billing_mode: {
      flexible: subscription.billingMode === 'flexible' ? { proration_discounts: 'included' } : null,
      type: subscription.billingMode,
    },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: subscription.cancelAtPeriodEnd ? nextBillingSec(subscription) : subscription.cancelAtSec,
    cancel_at_period_end: subscription.cancelAtPeriodEnd,
    canceled_at: subscription.canceledSec,
    cancellation_details: {
      comment: subscription.cancellation.comment,
      feedback: subscription.cancellation.feedback,
      feedback_option: null,
      reason: subscription.cancellation.reason,
    },
    collection_method: subscription.collectionMethod,
    created: subscription.createdSec,
    currency: subscription.currency,
    customer: subscription.customerId,
    customer_account: null,
    days_until_due: subscription.daysUntilDue,
    default_payment_method: subscription.defaultPaymentMethodId,
    default_source: null,
    default_tax_rates: [],
    description: subscription.description,
    discounts: [],
    ended_at: subscription.endedSec,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: {
      object: 'list',
      data: subscription.items.map((item) => toStripeSubscriptionItem(world, item, subscription.id)),
      has_more: false,
      url: `/v1/subscription_items?subscription=${subscription.id}`,
    },
    latest_invoice: subscription.latestInvoiceId,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: subscription.metadata,
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: subscription.createdSec,
    status: subscription.status,
    test_clock: world.clockIdOf(subscription.customerId),
    transfer_data: null,
    trial_end: subscription.trial?.endSec ?? null,
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: subscription.trial?.anchor ?? null,
        missing_payment_method: subscription.trial?.ifUnpayable ?? 'create_invoice',
      },
    },
    trial_start: subscription.trial?.startSec ?? null,
  } satisfies Wire<Stripe.Subscription>;
}
