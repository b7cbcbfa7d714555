import { cancelSubscription } from '../billing/renewals.ts';
import { startSubscription } from '../billing/start-subscription.ts';
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
import { requireCustomer } from './customers.ts';
import { requireSubscription, subscriptions, toStripeSubscription } from './subscriptions.ts';

const returns = { kind: 'subscription', list: false };
const missingOnCreate = [
  'add_invoice_items',
  'application_fee_percent',
  'automatic_tax',
  'backdate_start_date',
  'billing_schedules',
  'billing_thresholds',
  'cancel_at',
  'currency',
  'customer_account',
  'default_payment_method',
  'default_source',
  'default_tax_rates',
  'discounts',
  'invoice_settings',
  'off_session',
  'on_behalf_of',
  'payment_behavior',
  'payment_settings',
  'pending_invoice_item_interval',
  'transfer_data',
  'trial_end',
  'trial_from_plan',
  'trial_period_days',
  'trial_settings',
];

export const subscriptionRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/subscriptions',
    fidelity: 'simplified',
    note: 'items with a price and quantity, anchors, collection method; no trials, discounts, thresholds or schedules; classic mode is stored but bills like flexible',
    returns,
    params: {
      customer: string(),
      items: array(
        object(
          { price: string(), quantity: optional(integer({ min: 0, max: 999_999 })), metadata: metadata() },
          ['billing_thresholds', 'discounts', 'plan', 'price_data', 'tax_rates', 'current_trial'],
        ),
        { max: 20 },
      ),
      billing_cycle_anchor: optional(timestamp()),
      billing_cycle_anchor_config: optional(
        object({
          day_of_month: integer({ min: 1, max: 31 }),
          month: optional(integer({ min: 1, max: 12 })),
          hour: optional(integer({ min: 0, max: 23 })),
          minute: optional(integer({ min: 0, max: 59 })),
          second: optional(integer({ min: 0, max: 59 })),
        }),
      ),
      billing_mode: optional(object({ type: oneOf(['flexible', 'classic']) }, ['flexible'])),
      cancel_at_period_end: optional(boolean()),
      collection_method: optional(oneOf(['charge_automatically', 'send_invoice'])),
      days_until_due: optional(integer({ min: 0, max: 365 })),
      description: optional(string({ maxLength: 500 })),
      proration_behavior: optional(oneOf(['create_prorations', 'none'], ['always_invoice'])),
      metadata: metadata(),
    },
    missing: missingOnCreate,
    handle(world, params) {
      const customer = requireCustomer(world, params.customer);
      if (params.collection_method === 'send_invoice' && params.days_until_due === undefined) {
        throw invalidRequest('Missing required param: days_until_due.', {
          code: 'parameter_missing',
          param: 'days_until_due',
        });
      }
      const config = params.billing_cycle_anchor_config;
      const subscription = startSubscription(world, {
        customerId: customer.id,
        items: params.items.map((item) => ({
          priceId: item.price,
          quantity: item.quantity,
          metadata: mergeMetadata({}, item.metadata),
        })),
        anchorSec: params.billing_cycle_anchor,
        anchorConfig:
          config === undefined
            ? undefined
            : {
                dayOfMonth: config.day_of_month,
                month: config.month ?? null,
                hour: config.hour ?? null,
                minute: config.minute ?? null,
                second: config.second ?? null,
              },
        prorate: params.proration_behavior !== 'none',
        billingMode: params.billing_mode?.type,
        collectionMethod: params.collection_method,
        daysUntilDue: params.days_until_due,
        cancelAtPeriodEnd: params.cancel_at_period_end,
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
    note: 'metadata, description and cancel_at_period_end; plan changes come later',
    returns,
    params: {
      metadata: metadata(),
      description: clearable(string({ maxLength: 500 })),
      cancel_at_period_end: optional(boolean()),
    },
    missing: [
      ...missingOnCreate,
      'items',
      'billing_cycle_anchor',
      'cancellation_details',
      'collection_method',
      'days_until_due',
      'pause_collection',
      'proration_behavior',
      'proration_date',
    ],
    handle(world, params, { id }) {
      const subscription = requireSubscription(world, id);
      if (subscription.status === 'canceled' && params.cancel_at_period_end !== undefined) {
        throw invalidRequest(
          'A canceled subscription can only update its cancellation_details and metadata.',
          {
            code: 'invalid_canceled_subscription_fields',
            param: 'cancel_at_period_end',
          },
        );
      }
      const cancelAtPeriodEnd = params.cancel_at_period_end ?? subscription.cancelAtPeriodEnd;
      const changed = cancelAtPeriodEnd !== subscription.cancelAtPeriodEnd;
      return toStripeSubscription(
        world,
        subscriptions(world).put({
          ...subscription,
          cancelAtPeriodEnd,
          canceledSec: changed ? (cancelAtPeriodEnd ? world.nowSec() : null) : subscription.canceledSec,
          description: params.description === undefined ? subscription.description : params.description,
          metadata: mergeMetadata(subscription.metadata, params.metadata),
        }),
      );
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/subscriptions/:id',
    fidelity: 'simplified',
    note: 'invoice_now bills the usage so far; no proration of fees',
    returns,
    params: { invoice_now: optional(boolean()), prorate: optional(boolean()) },
    missing: ['cancellation_details'],
    handle: (world, params, { id }) =>
      toStripeSubscription(
        world,
        cancelSubscription(world, requireSubscription(world, id), params.invoice_now ?? false),
      ),
  }),
  route({
    method: 'GET',
    path: '/v1/subscriptions',
    fidelity: 'simplified',
    note: 'filters customer, status, price, collection_method and created; without a status canceled ones are left out',
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
    },
    missing: [
      'automatic_tax',
      'current_period_end',
      'current_period_start',
      'customer_account',
      'plan',
      'test_clock',
    ],
    handle(world, params) {
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      const status = params.status === 'ended' ? 'canceled' : params.status;
      const rows = subscriptions(world)
        .newestFirst()
        .filter(
          (subscription) =>
            (params.customer === undefined || subscription.customerId === params.customer) &&
            (params.price === undefined ||
              subscription.items.some((item) => item.priceId === params.price)) &&
            (status === 'all' ||
              (status === undefined ? subscription.status !== 'canceled' : subscription.status === status)) &&
            (params.collection_method === undefined ||
              subscription.collectionMethod === params.collection_method) &&
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
