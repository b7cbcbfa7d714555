import { invalidRequest } from '../protocol/errors.ts';
import { customers } from '../resources/customers.ts';
import { type PriceState, requirePrice } from '../resources/prices.ts';
import {
  nextBillingSec,
  type SubscriptionItemState,
  type SubscriptionState,
  subscriptions,
} from '../resources/subscriptions.ts';
import type { World } from '../world.ts';
import { finalizeInvoice, openDraft, payInvoice } from './invoicing.ts';
import {
  type Anchor,
  type AnchorConfig,
  anchorAt,
  anchorFromConfig,
  nextBoundary,
  type Recurrence,
} from './periods.ts';
import { feeSpan, renewJob } from './renewals.ts';

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
  description?: string | null | undefined;
  metadata?: Record<string, string>;
}

/**
 * Starts a subscription now. Its first period runs to the anchor when one is given, else for a whole interval. Fees
 * are invoiced and paid at once; with metered items only there is no first invoice (flexible billing mode).
 */
export function startSubscription(world: World, input: SubscriptionInput): SubscriptionState {
  const nowSec = world.nowSec();
  const priced = checkItems(world, input);
  const anchor = chooseAnchor(input, nowSec);
  if (input.anchorSec !== undefined)
    for (const { recurrence } of priced) checkAnchorDistance(anchor, recurrence, nowSec);
  const subscriptionId = world.ids.next('sub_');
  const items = priced.map(
    ({ price, recurrence, quantity, metadata }): SubscriptionItemState => ({
      id: world.ids.next('si_', 14),
      createdSec: nowSec,
      priceId: price.id,
      quantity,
      periodStartSec: nowSec,
      periodEndSec: nextBoundary(anchor, recurrence, nowSec),
      metadata,
    }),
  );
  const currency = priced[0]?.price.currency ?? 'usd';
  const subscription = subscriptions(world).put({
    id: subscriptionId,
    customerId: input.customerId,
    createdSec: nowSec,
    currency,
    status: 'active',
    anchor,
    anchorConfig: input.anchorConfig ?? null,
    billingMode: input.billingMode ?? 'flexible',
    collectionMethod: input.collectionMethod ?? 'charge_automatically',
    daysUntilDue: input.daysUntilDue ?? null,
    items,
    cancelAtPeriodEnd: input.cancelAtPeriodEnd ?? false,
    canceledSec: input.cancelAtPeriodEnd === true ? nowSec : null,
    endedSec: null,
    latestInvoiceId: null,
    description: input.description ?? null,
    metadata: input.metadata ?? {},
  });
  const customer = customers(world).get(input.customerId);
  if (customer !== undefined && customer.currency === null) customers(world).put({ ...customer, currency });
  world.schedule(nextBillingSec(subscription), renewJob, subscription.id);
  return billFirstFees(world, subscription, input.prorate ?? true);
}

interface PricedItem {
  price: PriceState;
  recurrence: Recurrence;
  quantity: number | null;
  metadata: Record<string, string>;
}

function checkItems(world: World, { items }: SubscriptionInput): PricedItem[] {
  if (items.length === 0)
    throw invalidRequest('Missing required param: items.', { code: 'parameter_missing', param: 'items' });
  if (items.length > 20)
    throw invalidRequest('A subscription can have at most 20 items.', { param: 'items' });
  const seen = new Set<string>();
  return items.map(({ priceId, quantity, metadata }, index) => {
    const param = `items[${index}][price]`;
    const price = requirePrice(world, priceId, param);
    const first = requirePrice(world, items[0]?.priceId ?? priceId, param);
    if (price.recurring === null) {
      throw invalidRequest(
        'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
        { param },
      );
    }
    if (!price.active)
      throw invalidRequest('The price specified is inactive. This field only accepts active prices.', {
        param,
      });
    if (seen.has(priceId))
      throw invalidRequest(`Cannot add multiple subscription items with the same price: ${priceId}`, {
        param,
      });
    seen.add(priceId);
    if (price.currency !== first.currency) {
      throw invalidRequest('All prices on a subscription must have the same currency.', { param });
    }
    if (price.recurring.usageType === 'metered' && quantity !== undefined && quantity !== null) {
      throw invalidRequest('Quantity should not be specified where usage_type is `metered`.', {
        param: `items[${index}][quantity]`,
      });
    }
    return {
      price,
      recurrence: price.recurring,
      quantity: price.recurring.usageType === 'metered' ? null : (quantity ?? 1),
      metadata: metadata ?? {},
    };
  });
}

function chooseAnchor(input: SubscriptionInput, nowSec: number): Anchor {
  if (input.anchorSec !== undefined && input.anchorConfig !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: billing_cycle_anchor, billing_cycle_anchor_config.',
      {
        code: 'parameters_exclusive',
        param: 'billing_cycle_anchor',
      },
    );
  }
  if (input.anchorConfig !== undefined) return anchorFromConfig(input.anchorConfig, nowSec);
  if (input.anchorSec !== undefined && input.anchorSec < nowSec) {
    throw invalidRequest('`billing_cycle_anchor` must be a timestamp in the future.', {
      param: 'billing_cycle_anchor',
    });
  }
  return anchorAt(input.anchorSec ?? nowSec);
}

function checkAnchorDistance(anchor: Anchor, recurrence: Recurrence, nowSec: number): void {
  if (anchor.atSec > nextBoundary(anchorAt(nowSec), recurrence, nowSec)) {
    throw invalidRequest('`billing_cycle_anchor` cannot be later than the next natural billing date.', {
      param: 'billing_cycle_anchor',
    });
  }
}

function billFirstFees(world: World, subscription: SubscriptionState, prorate: boolean): SubscriptionState {
  const spans = subscription.items
    .filter((item) => item.quantity !== null)
    .map((item) => feeSpan(world, subscription, item))
    .filter((span) => prorate || span.proration === null);
  if (spans.length === 0) return subscription;
  const nowSec = world.nowSec();
  const draft = openDraft(world, {
    subscription,
    billingReason: 'subscription_create',
    spans,
    createdSec: nowSec,
    periodStartSec: nowSec,
    periodEndSec: nowSec,
  });
  const finalized = finalizeInvoice(world, draft);
  if (finalized.status === 'open' && finalized.collectionMethod === 'charge_automatically')
    payInvoice(world, finalized);
  return subscriptions(world).put({ ...subscription, latestInvoiceId: draft.id });
}
