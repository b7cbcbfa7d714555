import { invalidRequest, type StripeFault } from '../protocol/errors.ts';
import { draftInvoiceItem, type InvoiceItemState, pendingItems } from '../resources/invoice-items.ts';
import type { InvoiceState } from '../resources/invoices.ts';
import { nextBillingSec, renews, type SubscriptionState } from '../resources/subscriptions.ts';
import type { World } from '../world.ts';
import { finalPlan } from './cancel-subscription.ts';
import type { ChangePlan } from './change-subscription.ts';
import { composeInvoice, type InvoicePlan, planFor } from './compose-invoice.ts';
import { amountTooLarge, isExact } from './impossible-amounts.ts';
import { creditFor } from './proration.ts';
import { renewalPlan, renewalSpans } from './renewals.ts';
import { planSubscription, type SubscriptionInput } from './start-subscription.ts';

/** What a preview supposes about a subscription that exists. */
export interface Supposition {
  /** A change of plan, worked out but not stored. */
  change: ChangePlan | null;
  cancelNow: boolean;
  cancelAtPeriodEnd: boolean | undefined;
  cancelAtSec: number | null | undefined;
  prorate: boolean;
  /** Invoice items that the caller supposes. */
  extraItems: InvoiceItemState[];
  mode: 'next' | 'recurring';
}

/** The invoice that a subscription would make next, given a supposition; nothing is stored. */
export function previewSubscription(
  world: World,
  current: SubscriptionState,
  supposed: Supposition,
): InvoiceState {
  const nowSec = world.nowSecFor(current.customerId);
  if (!renews(current)) throw noUpcoming(current.customerId);
  const changed = supposed.change?.subscription ?? current;
  const subscription: SubscriptionState = {
    ...changed,
    cancelAtPeriodEnd: supposed.cancelAtPeriodEnd ?? changed.cancelAtPeriodEnd,
    cancelAtSec: supposed.cancelAtSec === undefined ? changed.cancelAtSec : supposed.cancelAtSec,
  };
  if (supposed.mode === 'recurring') return compose(world, recurringPlan(world, subscription));
  const items = [...pendingOf(world, supposed.change), ...supposed.extraItems];
  if (supposed.cancelNow) {
    const credits = supposed.prorate
      ? subscription.items.flatMap((item) => creditFor(world, subscription, item, nowSec))
      : [];
    const plan = finalPlan(world, subscription, nowSec);
    const drafted = credits.map((credit) => draftInvoiceItem(world, credit));
    return compose(world, { ...plan, items: [...plan.items, ...drafted, ...items] });
  }
  if (supposed.change?.invoiceNow === true) {
    const waiting = pendingItems(world, subscription.customerId, subscription.currency, subscription.id);
    return compose(
      world,
      planFor(subscription, {
        billingReason: 'upcoming',
        spans: supposed.change.spans,
        items: [...items, ...waiting],
        createdSec: nowSec,
        periodStartSec: Math.min(nowSec, ...supposed.change.spans.map((span) => span.startSec)),
        periodEndSec: nowSec,
      }),
    );
  }
  const atSec = nextBillingSec(subscription);
  const plan = renewalPlan(world, subscription, atSec);
  if (plan !== null) return compose(world, { ...plan, items: [...items, ...plan.items] });
  if (items.length === 0) throw noUpcoming(subscription.customerId);
  return compose(
    world,
    planFor(subscription, {
      billingReason: 'upcoming',
      spans: [],
      items,
      createdSec: atSec,
      periodStartSec: nowSec,
      periodEndSec: atSec,
    }),
  );
}

/** The first invoice of a subscription that is only supposed; for metered items only, the one that ends its period. */
export function previewNewSubscription(
  world: World,
  input: SubscriptionInput,
  extraItems: readonly InvoiceItemState[],
): InvoiceState {
  const { subscription, spans } = planSubscription(world, input);
  const nowSec = subscription.createdSec;
  const waiting = pendingItems(world, input.customerId, subscription.currency, null);
  const atSec = nextBillingSec(subscription);
  const first = spans.length > 0;
  return compose(
    world,
    planFor(subscription, {
      billingReason: 'upcoming',
      spans: first ? spans : renewalSpans(world, subscription, atSec),
      items: [...extraItems, ...waiting],
      createdSec: first ? nowSec : atSec,
      periodStartSec: nowSec,
      periodEndSec: first ? nowSec : atSec,
    }),
  );
}

/** What a customer's pending items would make as an invoice of their own. */
export function previewItems(
  world: World,
  customerId: string,
  currency: string,
  extraItems: readonly InvoiceItemState[],
): InvoiceState {
  const nowSec = world.nowSecFor(customerId);
  const items = [...extraItems, ...pendingItems(world, customerId, currency, null)];
  if (items.length === 0) throw noUpcoming(customerId);
  return compose(world, {
    customerId,
    subscriptionId: null,
    currency,
    billingReason: 'upcoming',
    collectionMethod: 'charge_automatically',
    daysUntilDue: null,
    defaultPaymentMethodId: null,
    spans: [],
    items,
    createdSec: nowSec,
    periodStartSec: nowSec,
    periodEndSec: nowSec,
  });
}

/** Only what comes back every period, whole: no prorations, no pending items. */
function recurringPlan(world: World, subscription: SubscriptionState): InvoicePlan {
  const atSec = nextBillingSec(subscription);
  const spans = renewalSpans(world, subscription, atSec).map((span) => ({ ...span, proration: null }));
  if (spans.length === 0) throw noUpcoming(subscription.customerId);
  return planFor(subscription, {
    billingReason: 'upcoming',
    spans,
    items: [],
    createdSec: atSec,
    periodStartSec: Math.min(...spans.map((span) => span.startSec)),
    periodEndSec: atSec,
  });
}

function pendingOf(world: World, change: ChangePlan | null): InvoiceItemState[] {
  return (change?.pending ?? []).map((item) => draftInvoiceItem(world, item)).reverse();
}

function compose(world: World, plan: InvoicePlan): InvoiceState {
  const id = world.ids.next('upcoming_in_');
  const preview = composeInvoice(world, id, { ...plan, billingReason: 'upcoming' });
  if (!isExact(world, preview)) throw amountTooLarge(plan.currency);
  return preview;
}

function noUpcoming(customerId: string): StripeFault {
  return invalidRequest(`No upcoming invoices for customer: ${customerId}`, {
    status: 404,
    code: 'invoice_upcoming_none',
  });
}
