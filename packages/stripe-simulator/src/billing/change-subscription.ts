import { invalidRequest } from '../protocol/errors.ts';
import { createInvoiceItem, type InvoiceItemInput, pendingItems } from '../resources/invoice-items.ts';
import type { BilledSpan } from '../resources/invoices.ts';
import {
  type SubscriptionItemState,
  type SubscriptionState,
  subscriptions,
} from '../resources/subscriptions.ts';
import type { World } from '../world.ts';
import { checkItems, sameRecurrence } from './check-items.ts';
import { planFor } from './compose-invoice.ts';
import { openDraft } from './invoicing.ts';
import { finalizeAndCollect } from './pay-invoice.ts';
import { anchorAt } from './periods.ts';
import { creditFor, debitFor, usageItemsFor } from './proration.ts';
import { scheduleRenewal } from './renewals.ts';
import { feeSpan, periodEndFrom, recurrenceOf, usageSpan, withDebits } from './spans.ts';
import { changeSubscription } from './subscription-events.ts';

export type ProrationBehavior = 'always_invoice' | 'create_prorations' | 'none';

/** A change of one item: an `id` names an item there is, otherwise one is added. */
export interface ItemChange {
  id?: string | undefined;
  priceId?: string | undefined;
  quantity?: number | undefined;
  deleted?: boolean | undefined;
  /** Drops the usage of a deleted metered item instead of billing it. */
  clearUsage?: boolean | undefined;
  metadata?: ((current: Record<string, string>) => Record<string, string>) | undefined;
}

export interface ChangeOptions {
  prorationBehavior: ProrationBehavior;
  /** When the change counts from, for prorations. */
  atSec: number;
  /** Begins new periods now (`billing_cycle_anchor=now`). */
  resetAnchor?: boolean | undefined;
  /** Unix seconds; a past or present one ends the trial. */
  trialEndSec?: number | undefined;
}

/** What a change makes of a subscription: its new state, what waits for an invoice, and what is billed at once. */
export interface ChangePlan {
  subscription: SubscriptionState;
  pending: InvoiceItemInput[];
  spans: BilledSpan[];
  invoiceNow: boolean;
}

/** Works out a change without storing anything. Throws Stripe's 400 for items that make no subscription. */
export function planChange(
  world: World,
  current: SubscriptionState,
  changes: readonly ItemChange[],
  options: ChangeOptions,
): ChangePlan {
  const items = mergeItems(world, current, changes);
  const endsTrial =
    current.status === 'trialing' &&
    options.trialEndSec !== undefined &&
    options.trialEndSec <= options.atSec;
  const movesTrial = options.trialEndSec !== undefined && options.trialEndSec > options.atSec;
  if (
    options.resetAnchor === true ||
    endsTrial ||
    movesTrial ||
    changesClassicInterval(world, current, items)
  )
    return restart(world, current, items, options, endsTrial, movesTrial);

  const pending: InvoiceItemInput[] = [];
  const next: SubscriptionItemState[] = [];
  for (const { before, after, clearUsage } of items) {
    const changed = before === null || after === null || differ(before, after);
    if (before !== null && changed)
      pending.push(...leaving(world, current, before, after, options, clearUsage));
    if (after === null) continue;
    if (!changed) {
      next.push(after);
      continue;
    }
    const placed = place(world, current, before, after, options.atSec);
    const debits =
      options.prorationBehavior === 'none' ? [] : debitFor(world, current, placed, options.atSec);
    pending.push(...debits);
    const [debit] = debits;
    next.push(
      debit === undefined
        ? placed
        : {
            ...placed,
            debited: { amountMinor: debit.amountMinor, startSec: options.atSec, endSec: placed.periodEndSec },
          },
    );
  }
  return {
    subscription: { ...current, items: next },
    pending,
    spans: [],
    invoiceNow: options.prorationBehavior === 'always_invoice' && pending.length > 0,
  };
}

interface MergedItem {
  before: SubscriptionItemState | null;
  after: SubscriptionItemState | null;
  clearUsage: boolean;
}

function mergeItems(world: World, current: SubscriptionState, changes: readonly ItemChange[]): MergedItem[] {
  const nowSec = world.nowSecFor(current.customerId);
  for (const [index, { id }] of changes.entries()) {
    if (id !== undefined && !current.items.some((item) => item.id === id))
      throw invalidRequest(`No such subscription_item: '${id}'`, {
        code: 'resource_missing',
        param: `items[${index}][id]`,
      });
  }
  const kept = current.items.map((before): MergedItem & { given: number | undefined; at: string } => {
    const index = changes.findIndex(({ id }) => id === before.id);
    const change = changes[index];
    if (change === undefined)
      return { before, after: before, clearUsage: false, given: undefined, at: 'items' };
    const after: SubscriptionItemState | null =
      change.deleted === true
        ? null
        : {
            ...before,
            priceId: change.priceId ?? before.priceId,
            quantity: change.quantity ?? before.quantity,
            metadata: change.metadata?.(before.metadata) ?? before.metadata,
          };
    return {
      before,
      after,
      clearUsage: change.clearUsage ?? false,
      given: change.quantity,
      at: `items[${index}]`,
    };
  });
  const added = changes.flatMap(
    (change, index): Array<MergedItem & { given: number | undefined; at: string }> => {
      if (change.id !== undefined) return [];
      const at = `items[${index}]`;
      if (change.priceId === undefined)
        throw invalidRequest(`Missing required param: ${at}[price].`, {
          code: 'parameter_missing',
          param: `${at}[price]`,
        });
      const after: SubscriptionItemState = {
        id: world.ids.next('si_', 14),
        createdSec: nowSec,
        priceId: change.priceId,
        quantity: change.quantity ?? null,
        periodStartSec: nowSec,
        periodEndSec: nowSec,
        usageStartSec: nowSec,
        debited: null,
        metadata: change.metadata?.({}) ?? {},
      };
      return [{ before: null, after, clearUsage: false, given: change.quantity, at }];
    },
  );
  const all = [...kept, ...added];
  const live = all.flatMap(({ after, before, given, at }) =>
    after === null ? [] : [{ after, before, given, at }],
  );
  if (live.length === 0)
    throw invalidRequest(
      'A subscription must have at least one active plan. All of the provided plans were removed.',
      {
        param: 'items',
      },
    );
  const checked = checkItems(
    world,
    live.map(({ after, before, given, at }) => {
      const samePrice = before?.priceId === after.priceId;
      return { priceId: after.priceId, quantity: given ?? (samePrice ? undefined : null), at };
    }),
    current.billingMode,
  );
  let index = -1;
  return all.map(({ before, after, clearUsage }) => {
    if (after === null) return { before, after, clearUsage };
    index += 1;
    const metered = checked[index]?.price.recurring?.usageType === 'metered';
    return { before, after: { ...after, quantity: metered ? null : (after.quantity ?? 1) }, clearUsage };
  });
}

function differ(before: SubscriptionItemState, after: SubscriptionItemState): boolean {
  return before.priceId !== after.priceId || before.quantity !== after.quantity;
}

function changesClassicInterval(
  world: World,
  current: SubscriptionState,
  items: readonly MergedItem[],
): boolean {
  if (current.billingMode !== 'classic' || current.status === 'trialing') return false;
  return items.some(
    ({ before, after }) =>
      before !== null &&
      after !== null &&
      !sameRecurrence(recurrenceOf(world, before.priceId), recurrenceOf(world, after.priceId)),
  );
}

/**
 * What an item leaves behind when it changes or goes: the credit for a fee; for usage, in the flexible billing mode, a
 * bill at the price that was in force. The classic mode forgets that usage, and so does `proration_behavior=none`.
 */
function leaving(
  world: World,
  current: SubscriptionState,
  before: SubscriptionItemState,
  after: SubscriptionItemState | null,
  { prorationBehavior, atSec }: ChangeOptions,
  clearUsage: boolean,
): InvoiceItemInput[] {
  if (prorationBehavior === 'none') return [];
  if (before.quantity !== null) return creditFor(world, current, before, atSec);
  const leavesPrice = after === null || after.priceId !== before.priceId;
  if (!leavesPrice || clearUsage || current.billingMode === 'classic') return [];
  return usageItemsFor(world, current, before, atSec);
}

/** The changed item in its period: the one it was in, unless it now bills at another interval. */
function place(
  world: World,
  current: SubscriptionState,
  before: SubscriptionItemState | null,
  after: SubscriptionItemState,
  atSec: number,
): SubscriptionItemState {
  const recurrence = recurrenceOf(world, after.priceId);
  const twin =
    before ?? current.items.find((item) => sameRecurrence(recurrenceOf(world, item.priceId), recurrence));
  const samePeriod = twin !== undefined && sameRecurrence(recurrenceOf(world, twin.priceId), recurrence);
  const usageStartSec = before === null || before.priceId !== after.priceId ? atSec : before.usageStartSec;
  if (samePeriod && twin !== undefined)
    return { ...after, periodStartSec: twin.periodStartSec, periodEndSec: twin.periodEndSec, usageStartSec };
  const trialEndSec = current.status === 'trialing' ? (current.trial?.endSec ?? null) : null;
  return {
    ...after,
    periodStartSec: atSec,
    periodEndSec: trialEndSec ?? periodEndFrom(world, current, after.priceId, atSec),
    usageStartSec,
  };
}

/** New periods for every item from now on: a reset anchor, the end of a trial, or a trial that is set or moved. */
function restart(
  world: World,
  current: SubscriptionState,
  items: readonly MergedItem[],
  options: ChangeOptions,
  endsTrial: boolean,
  movesTrial: boolean,
): ChangePlan {
  const { atSec, trialEndSec = atSec } = options;
  const keepsAnchor = (endsTrial || movesTrial) && current.trial?.anchor === 'unchanged';
  const anchorSec = movesTrial ? trialEndSec : atSec;
  const anchor = keepsAnchor ? current.anchor : anchorAt(anchorSec);
  const moved = { ...current, anchor };
  const next = items.flatMap(({ after }): SubscriptionItemState[] => {
    if (after === null) return [];
    const periodStartSec = movesTrial && current.status === 'trialing' ? after.periodStartSec : atSec;
    const periodEndSec = movesTrial ? trialEndSec : periodEndFrom(world, moved, after.priceId, atSec);
    return [{ ...after, periodStartSec, periodEndSec, usageStartSec: atSec, debited: null }];
  });
  const pending = items.flatMap(({ before, after, clearUsage }) =>
    before === null || (before.quantity === null && after !== null && !differ(before, after))
      ? []
      : leaving(world, current, before, after, options, clearUsage),
  );
  const used = items.flatMap(({ before, after }) =>
    before?.quantity === null && after !== null && !differ(before, after) && current.status !== 'trialing'
      ? [usageSpan(before, atSec)]
      : [],
  );
  const fees = movesTrial
    ? []
    : next.filter((item) => item.quantity !== null).map((item) => feeSpan(world, moved, item));
  const spans = [...used, ...fees];
  const trial = movesTrial
    ? {
        startSec: current.trial?.startSec ?? atSec,
        endSec: trialEndSec,
        ifUnpayable: current.trial?.ifUnpayable ?? ('create_invoice' as const),
        anchor: current.trial?.anchor ?? null,
        announced: false,
      }
    : endsTrial && current.trial !== null
      ? { ...current.trial, endSec: atSec }
      : current.trial;
  return {
    subscription: {
      ...moved,
      items: withDebits(world, current.customerId, next, fees),
      trial,
      status: movesTrial ? 'trialing' : endsTrial ? 'active' : current.status,
    },
    pending,
    spans,
    invoiceNow: spans.length > 0 || (options.prorationBehavior === 'always_invoice' && pending.length > 0),
  };
}

/** Makes a planned change real: stores it, adds what is pending, and bills at once what the plan says. */
export function applyChange(world: World, plan: ChangePlan): SubscriptionState {
  const { customerId } = plan.subscription;
  for (const item of plan.pending) createInvoiceItem(world, item);
  const changed = changeSubscription(world, plan.subscription);
  scheduleRenewal(world, changed);
  if (!plan.invoiceNow) return changed;
  const nowSec = world.nowSecFor(customerId);
  const draft = openDraft(
    world,
    planFor(changed, {
      billingReason: 'subscription_update',
      spans: plan.spans,
      items: pendingItems(world, customerId, changed.currency, changed.id),
      createdSec: nowSec,
      periodStartSec: Math.min(nowSec, ...plan.spans.map((span) => span.startSec)),
      periodEndSec: nowSec,
    }),
  );
  changeSubscription(world, { ...changed, latestInvoiceId: draft.id });
  finalizeAndCollect(world, draft);
  return subscriptions(world).get(changed.id) ?? changed;
}
