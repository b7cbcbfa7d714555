import { type ChangePlan, planChange } from '../billing/change-subscription.ts';
import { previewItems, previewNewSubscription, previewSubscription } from '../billing/preview.ts';
import { chooseEnd } from '../billing/start-subscription.ts';
import { invalidRequest, notImplemented } from '../protocol/errors.ts';
import {
  array,
  boolean,
  clearable,
  currency,
  metadata,
  object,
  oneOf,
  optional,
  string,
  timestamp,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { World } from '../world.ts';
import { requireCustomer } from './customers.ts';
import { type ItemAmount, itemAmountParams, itemInput } from './invoice-item-input.ts';
import { draftInvoiceItem, type InvoiceItemState } from './invoice-items.ts';
import { toStripeInvoice } from './invoice-view.ts';
import {
  billingModeParam,
  cancelAtParam,
  changedItem,
  nowOrTime,
  prorationBehavior,
  toItemChange,
  trialEndFrom,
} from './subscription-params.ts';
import { requireSubscription, type SubscriptionState } from './subscriptions.ts';

const details = object(
  {
    items: optional(array(changedItem, { max: 20 })),
    billing_cycle_anchor: optional(
      object({ type: oneOf(['now', 'timestamp', 'unchanged']), timestamp: optional(timestamp()) }),
    ),
    billing_mode: optional(billingModeParam),
    cancel_at: clearable(cancelAtParam),
    cancel_at_period_end: optional(boolean()),
    cancel_now: optional(boolean()),
    proration_behavior: optional(prorationBehavior),
    proration_date: optional(timestamp()),
    trial_end: optional(nowOrTime),
    metadata: metadata(),
  },
  ['billing_schedules', 'default_tax_rates', 'pause', 'resume_at', 'start_date'],
);

type Details = ReturnType<typeof details.parse>;

function supposedItems(
  world: World,
  given: readonly ItemAmount[] | undefined,
  owner: { customerId: string; currency: string | null; subscriptionId: string | null },
): InvoiceItemState[] {
  return (given ?? []).map((item, index) =>
    draftInvoiceItem(world, itemInput(world, item, owner, `invoice_items[${index}]`)),
  );
}

function supposedChange(
  world: World,
  subscription: SubscriptionState,
  given: Details | undefined,
): ChangePlan | null {
  const touched =
    given?.items !== undefined ||
    given?.billing_cycle_anchor?.type === 'now' ||
    given?.trial_end !== undefined;
  if (given?.billing_cycle_anchor?.type === 'timestamp')
    throw notImplemented('moving the anchor of an existing subscription to a timestamp');
  if (given === undefined || !touched) return null;
  const nowSec = world.nowSecFor(subscription.customerId);
  return planChange(world, subscription, (given.items ?? []).map(toItemChange), {
    prorationBehavior: given.proration_behavior ?? 'create_prorations',
    atSec: given.proration_date ?? nowSec,
    resetAnchor: given.billing_cycle_anchor?.type === 'now',
    trialEndSec: trialEndFrom({ trial_end: given.trial_end }, nowSec),
  });
}

export const invoicePreviewRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/invoices/create_preview',
    fidelity: 'simplified',
    note: 'of a subscription, a change of it, a new one, or items; no taxes, discounts or schedules',
    returns: { kind: 'invoice', list: false },
    params: {
      subscription: optional(string()),
      customer: optional(string()),
      currency: optional(currency()),
      preview_mode: optional(oneOf(['next', 'recurring'])),
      subscription_details: optional(details),
      invoice_items: optional(
        array(
          object({ ...itemAmountParams, metadata: metadata() }, [
            'discountable',
            'discounts',
            'invoiceitem',
            'tax_behavior',
            'tax_code',
            'tax_rates',
          ]),
          {
            max: 250,
          },
        ),
      ),
    },
    missing: [
      'automatic_tax',
      'customer_account',
      'customer_details',
      'discounts',
      'issuer',
      'on_behalf_of',
      'schedule',
      'schedule_details',
    ],
    handle(world, params) {
      const customer = params.customer === undefined ? null : requireCustomer(world, params.customer);
      const given = params.subscription_details;
      if (params.subscription !== undefined) {
        const subscription = requireSubscription(world, params.subscription, 'subscription');
        if (customer !== null && subscription.customerId !== customer.id)
          throw invalidRequest('The subscription does not belong to the customer.', {
            param: 'subscription',
          });
        const nowSec = world.nowSecFor(subscription.customerId);
        const extraItems = supposedItems(world, params.invoice_items, {
          customerId: subscription.customerId,
          currency: subscription.currency,
          subscriptionId: null,
        });
        return toStripeInvoice(
          world,
          previewSubscription(world, subscription, {
            change: supposedChange(world, subscription, given),
            cancelNow: given?.cancel_now ?? false,
            cancelAtPeriodEnd: given?.cancel_at_period_end,
            cancelAtSec:
              given?.cancel_at === undefined
                ? undefined
                : chooseEnd(given.cancel_at, subscription.items, nowSec),
            prorate: given?.proration_behavior !== 'none',
            extraItems,
            mode: params.preview_mode ?? 'next',
          }),
        );
      }
      if (customer === null || (given?.items === undefined && params.invoice_items === undefined)) {
        throw invalidRequest(
          'You must pass `subscription` to preview an invoice, or `customer` with `subscription_details[items]` or `invoice_items`. Previews by customer alone were removed in API version 2025-03-31.basil.',
          { code: 'parameter_missing', param: 'subscription' },
        );
      }
      const extraItems = supposedItems(world, params.invoice_items, {
        customerId: customer.id,
        currency: params.currency ?? customer.currency,
        subscriptionId: null,
      });
      if (given?.items === undefined) {
        const own = params.currency ?? extraItems[0]?.currency ?? customer.currency ?? 'usd';
        return toStripeInvoice(world, previewItems(world, customer.id, own, extraItems));
      }
      const input = {
        customerId: customer.id,
        items: given.items.map((item, index) => {
          if (item.price === undefined)
            throw invalidRequest(`Missing required param: subscription_details[items][${index}][price].`, {
              code: 'parameter_missing',
              param: `subscription_details[items][${index}][price]`,
            });
          return { priceId: item.price, quantity: item.quantity };
        }),
        billingMode: given.billing_mode?.type,
        anchorSec: given.billing_cycle_anchor?.timestamp,
        prorate: given.proration_behavior !== 'none',
        trialEndSec: trialEndFrom({ trial_end: given.trial_end }, world.nowSecFor(customer.id)),
      };
      return toStripeInvoice(world, previewNewSubscription(world, input, extraItems));
    },
  }),
];
