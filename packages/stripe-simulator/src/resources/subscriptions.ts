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
  metadata: Record<string, string>;
}

export interface SubscriptionState {
  id: string;
  customerId: string;
  createdSec: number;
  currency: string;
  status: 'active' | 'canceled';
  anchor: Anchor;
  anchorConfig: AnchorConfig | null;
  billingMode: 'flexible' | 'classic';
  collectionMethod: 'charge_automatically' | 'send_invoice';
  daysUntilDue: number | null;
  items: SubscriptionItemState[];
  cancelAtPeriodEnd: boolean;
  canceledSec: number | null;
  endedSec: number | null;
  latestInvoiceId: string | null;
  description: string | null;
  metadata: Record<string, string>;
}

export const subscriptions = defineTable<SubscriptionState>();

export function requireSubscription(world: World, id: string, param = 'id'): SubscriptionState {
  const subscription = subscriptions(world).get(id);
  if (subscription === undefined) throw resourceMissing('subscription', id, param);
  return subscription;
}

/** When the subscription bills next: the earliest end of its items' periods. */
export function nextBillingSec(subscription: SubscriptionState): number {
  return Math.min(...subscription.items.map((item) => item.periodEndSec));
}

function toStripeItem(world: World, item: SubscriptionItemState, subscriptionId: string) {
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
    cancel_at: subscription.cancelAtPeriodEnd ? nextBillingSec(subscription) : null,
    cancel_at_period_end: subscription.cancelAtPeriodEnd,
    canceled_at: subscription.canceledSec,
    cancellation_details: {
      comment: null,
      feedback: null,
      feedback_option: null,
      reason: subscription.canceledSec === null ? null : 'cancellation_requested',
    },
    collection_method: subscription.collectionMethod,
    created: subscription.createdSec,
    currency: subscription.currency,
    customer: subscription.customerId,
    customer_account: null,
    days_until_due: subscription.daysUntilDue,
    default_payment_method: null,
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
      data: subscription.items.map((item) => toStripeItem(world, item, subscription.id)),
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
    test_clock: null,
    transfer_data: null,
    trial_end: null,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' },
    },
    trial_start: null,
  } satisfies Wire<Stripe.Subscription>;
}
