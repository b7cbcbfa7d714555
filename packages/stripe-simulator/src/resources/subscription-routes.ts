import { cancelSubscription } from '../billing/cancel-subscription.ts';
import { startSubscription } from '../billing/start-subscription.ts';
import { updateSubscription } from '../billing/update-subscription.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  array,
  boolean,
  clearable,
  integer,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  optional,
  string,
  timeRange,
  timestamp,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { World } from '../world.ts';
import { requireCustomer } from './customers.ts';
import { usePaymentMethod } from './payment-methods.ts';
import {
  anchorChangeParam,
  anchorConfigParam,
  billingModeParam,
  cancelAtParam,
  changedItem,
  newItem,
  nowOrTime,
  prorationBehavior,
  toAnchorConfig,
  toItemChange,
  trialEndFrom,
  trialSettingsParam,
} from './subscription-params.ts';
import { hasEnded, requireSubscription, subscriptions, toStripeSubscription } from './subscriptions.ts';

const returns = { kind: 'subscription', list: false };
const missing = [
  'add_invoice_items',
  'application_fee_percent',
  'automatic_tax',
  'billing_schedules',
  'billing_thresholds',
  'customer_account',
  'default_source',
  'default_tax_rates',
  'discounts',
  'invoice_settings',
  'on_behalf_of',
  'payment_settings',
  'pending_invoice_item_interval',
  'transfer_data',
  'trial_from_plan',
];
const detailsParam = object({
  comment: clearable(string()),
  feedback: clearable(string({ maxLength: 100 })),
});

function methodId(world: World, id: string | undefined): string | undefined {
  return id === undefined ? undefined : usePaymentMethod(world, id, 'default_payment_method').id;
}

export const subscriptionRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/subscriptions',
    fidelity: 'simplified',
    note: 'items, both billing modes, anchors, trials, ends and payment behaviours; no discounts, taxes, thresholds, backdating or schedules',
    returns,
    params: {
      customer: string(),
      items: array(newItem, { max: 20 }),
      billing_cycle_anchor: optional(timestamp()),
      billing_cycle_anchor_config: optional(anchorConfigParam),
      billing_mode: optional(billingModeParam),
      cancel_at: optional(cancelAtParam),
      cancel_at_period_end: optional(boolean()),
      collection_method: optional(oneOf(['charge_automatically', 'send_invoice'])),
      days_until_due: optional(integer({ min: 0, max: 365 })),
      default_payment_method: optional(string()),
      description: optional(string({ maxLength: 500 })),
      off_session: optional(boolean()),
      payment_behavior: optional(
        oneOf(['allow_incomplete', 'default_incomplete', 'error_if_incomplete'], ['pending_if_incomplete']),
      ),
      proration_behavior: optional(prorationBehavior),
      trial_end: optional(nowOrTime),
      trial_period_days: optional(integer({ min: 0, max: 730 })),
      trial_settings: optional(trialSettingsParam),
      metadata: metadata(),
    },
    missing: [...missing, 'backdate_start_date', 'currency'],
    handle(world, params) {
      const customer = requireCustomer(world, params.customer);
      if (params.collection_method === 'send_invoice' && params.days_until_due === undefined) {
        throw invalidRequest('Missing required param: days_until_due.', {
          code: 'parameter_missing',
          param: 'days_until_due',
        });
      }
      if (params.cancel_at !== undefined && params.cancel_at_period_end !== undefined) {
        throw invalidRequest(
          'You may only specify one of these parameters: cancel_at, cancel_at_period_end.',
          { code: 'parameters_exclusive', param: 'cancel_at' },
        );
      }
      const subscription = startSubscription(world, {
        customerId: customer.id,
        items: params.items.map((item) => ({
          priceId: item.price,
          quantity: item.quantity,
          metadata: mergeMetadata({}, item.metadata),
        })),
        anchorSec: params.billing_cycle_anchor,
        anchorConfig: toAnchorConfig(params.billing_cycle_anchor_config),
        prorate: params.proration_behavior !== 'none',
        billingMode: params.billing_mode?.type,
        collectionMethod: params.collection_method,
        daysUntilDue: params.days_until_due,
        cancelAtPeriodEnd: params.cancel_at_period_end,
        cancelAt: params.cancel_at,
        defaultPaymentMethodId: methodId(world, params.default_payment_method),
        offSession: params.off_session,
        paymentBehavior: params.payment_behavior,
        trialEndSec: trialEndFrom(params, world.nowSecFor(customer.id)),
        trialIfUnpayable: params.trial_settings?.end_behavior.missing_payment_method,
        trialAnchor: params.trial_settings?.end_behavior.billing_cycle_anchor,
        description: params.description,
        metadata: mergeMetadata({}, params.metadata),
      });
      return toStripeSubscription(world, subscription);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/subscriptions/:id',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripeSubscription(world, requireSubscription(world, id)),
  }),
  route({
    method: 'POST',
    path: '/v1/subscriptions/:id',
    fidelity: 'simplified',
    note: 'items with prorations, anchor now, trials, ends, collection method; no pausing, discounts or pending updates',
    returns,
    params: {
      items: optional(array(changedItem, { max: 20 })),
      billing_cycle_anchor: optional(anchorChangeParam),
      cancel_at: clearable(cancelAtParam),
      cancel_at_period_end: optional(boolean()),
      cancellation_details: optional(detailsParam),
      collection_method: optional(oneOf(['charge_automatically', 'send_invoice'])),
      days_until_due: optional(integer({ min: 0, max: 365 })),
      default_payment_method: optional(string()),
      description: clearable(string({ maxLength: 500 })),
      off_session: optional(boolean()),
      payment_behavior: optional(
        oneOf(['allow_incomplete'], ['default_incomplete', 'error_if_incomplete', 'pending_if_incomplete']),
      ),
      proration_behavior: optional(prorationBehavior),
      proration_date: optional(timestamp()),
      trial_end: optional(nowOrTime),
      trial_settings: optional(trialSettingsParam),
      metadata: metadata(),
    },
    missing: [...missing, 'pause_collection'],
    handle(world, params, { id }) {
      const subscription = requireSubscription(world, id);
      const nowSec = world.nowSecFor(subscription.customerId);
      return toStripeSubscription(
        world,
        updateSubscription(world, subscription, {
          items: params.items?.map(toItemChange),
          resetAnchor: params.billing_cycle_anchor === 'now',
          prorationBehavior: params.proration_behavior ?? 'create_prorations',
          atSec: params.proration_date ?? nowSec,
          trialEndSec: trialEndFrom({ trial_end: params.trial_end }, nowSec),
          trialIfUnpayable: params.trial_settings?.end_behavior.missing_payment_method,
          trialAnchor: params.trial_settings?.end_behavior.billing_cycle_anchor,
          cancelAt: params.cancel_at,
          cancelAtPeriodEnd: params.cancel_at_period_end,
          cancellation: params.cancellation_details,
          collectionMethod: params.collection_method,
          daysUntilDue: params.days_until_due,
          defaultPaymentMethodId: methodId(world, params.default_payment_method),
          description: params.description,
          metadata:
            params.metadata === undefined ? undefined : mergeMetadata(subscription.metadata, params.metadata),
        }),
      );
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/subscriptions/:id',
    fidelity: 'simplified',
    note: 'invoice_now leaves a draft that finalises an hour later (assumption)',
    returns,
    params: {
      invoice_now: optional(boolean()),
      prorate: optional(boolean()),
      cancellation_details: optional(detailsParam),
    },
    handle: (world, params, { id }) =>
      toStripeSubscription(
        world,
        cancelSubscription(world, requireSubscription(world, id), {
          invoiceNow: params.invoice_now ?? false,
          prorate: params.prorate ?? false,
          comment: params.cancellation_details?.comment,
          feedback: params.cancellation_details?.feedback,
        }),
      ),
  }),
  route({
    method: 'POST',
    path: '/v1/subscriptions/:id/migrate',
    fidelity: 'exact',
    returns,
    params: { billing_mode: billingModeParam },
    handle(world, params, { id }) {
      const subscription = requireSubscription(world, id);
      if (params.billing_mode.type !== 'flexible' || subscription.billingMode === 'flexible') {
        throw invalidRequest('A subscription can only be migrated from classic to flexible billing mode.', {
          param: 'billing_mode[type]',
        });
      }
      return toStripeSubscription(
        world,
        updateSubscription(world, subscription, { billingMode: 'flexible' }),
      );
    },
  }),
  route({
    method: 'GET',
    path: '/v1/subscriptions',
    fidelity: 'simplified',
    note: 'filters customer, status, price, collection_method, test_clock and created; without a status canceled ones are left out',
    returns: { ...returns, list: true },
    params: {
      ...pageParams,
      customer: optional(string()),
      price: optional(string()),
      status: optional(
        oneOf([
          'active',
          'all',
          'canceled',
          'ended',
          'incomplete',
          'incomplete_expired',
          'past_due',
          'paused',
          'trialing',
          'unpaid',
        ]),
      ),
      collection_method: optional(oneOf(['charge_automatically', 'send_invoice'])),
      created: optional(timeRange()),
      test_clock: optional(string()),
    },
    missing: ['automatic_tax', 'current_period_end', 'current_period_start', 'customer_account', 'plan'],
    handle(world, params) {
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      const { status } = params;
      const rows = subscriptions(world)
        .newestFirst()
        .filter(
          (subscription) =>
            (params.customer === undefined || subscription.customerId === params.customer) &&
            (params.price === undefined ||
              subscription.items.some((item) => item.priceId === params.price)) &&
            (status === 'all' ||
              (status === undefined
                ? subscription.status !== 'canceled'
                : status === 'ended'
                  ? hasEnded(subscription)
                  : subscription.status === status)) &&
            (params.collection_method === undefined ||
              subscription.collectionMethod === params.collection_method) &&
            (params.test_clock === undefined ||
              world.clockIdOf(subscription.customerId) === params.test_clock) &&
            (params.created === undefined || params.created(subscription.createdSec)),
        );
      return paginate(rows, params, {
        url: '/v1/subscriptions',
        noun: 'subscription',
        toStripe: (subscription) => toStripeSubscription(world, subscription),
      });
    },
  }),
];
