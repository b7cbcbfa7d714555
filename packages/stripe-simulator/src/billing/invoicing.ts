import { invalidRequest } from '../protocol/errors.ts';
import { reinstateCredits, requireGrant } from '../resources/credit-grants.ts';
import { customers, settleCurrency } from '../resources/customers.ts';
import { invoiceItems, itemsOfInvoice } from '../resources/invoice-items.ts';
import { toStripeInvoice } from '../resources/invoice-view.ts';
import {
  applyBalance,
  type InvoiceState,
  invoices,
  linesTotal,
  provisionalCredits,
} from '../resources/invoices.ts';
import type { World } from '../world.ts';
import { composeInvoice, composeLines, type InvoicePlan } from './compose-invoice.ts';
import { post } from './credit-ledger.ts';
import { amountTooLarge, isImpossible } from './impossible-amounts.ts';
import { changeInvoice, changeSeenInvoice, emitInvoice } from './invoice-events.ts';
import { moveBalance } from './move-balance.ts';
import { followGivenUp, followPaid } from './settle-invoice.ts';

/** Keeps an invoice as a draft, with the items that waited for it. Who opens it says when it finalises. */
export function openDraft(
  world: World,
  plan: InvoicePlan,
  more: Partial<
    Pick<
      InvoiceState,
      | 'autoAdvance'
      | 'automaticallyFinalizesSec'
      | 'description'
      | 'dueSec'
      | 'footer'
      | 'metadata'
      | 'number'
    >
  > = {},
): InvoiceState {
  settleCurrency(world, plan.customerId, plan.currency);
  const draft = { ...composeInvoice(world, world.ids.next('in_'), plan), ...more };
  for (const item of plan.items) invoiceItems(world).put({ ...item, invoiceId: draft.id });
  invoices(world).put(draft);
  emitInvoice(world, draft, 'invoice.created');
  return draft;
}

/** The draft with its lines as they would be billed now. */
export function recomputeDraft(world: World, draft: InvoiceState): InvoiceState {
  return { ...draft, lines: composeLines(world, draft.id, draft, itemsOfInvoice(world, draft.id)) };
}

/** `attemptFinalization` for a caller who asked for it: throws Stripe's 400 when the draft has to stay one. */
export function finalizeInvoice(
  world: World,
  draft: InvoiceState,
  options: { withBalance?: boolean } = {},
): InvoiceState {
  const finalized = attemptFinalization(world, draft, options);
  if (finalized.status === 'draft') throw amountTooLarge(draft.currency, { keepsEffects: true });
  return finalized;
}

/**
 * Closes a draft: recomputes its usage lines, applies credits and then the customer balance for good, gives it a
 * number. With nothing left to pay it is paid at once, otherwise open. `withBalance` is false for a receipt of what was
 * paid already. A draft that comes to more than Stripe takes stays one, says why, and is not tried again by itself
 * (assumption). Throws Stripe's 400 for an invoice that is no draft.
 */
export function attemptFinalization(
  world: World,
  draft: InvoiceState,
  { withBalance = true } = {},
): InvoiceState {
  if (draft.status !== 'draft')
    throw invalidRequest('This invoice is already finalized, you cannot finalize it again.', {
      code: 'invoice_not_editable',
    });
  const nowSec = world.nowSecFor(draft.customerId);
  const before = toStripeInvoice(world, invoices(world).get(draft.id) ?? draft);
  const recomputed = recomputeDraft(world, draft);
  if (withBalance && isImpossible(world, recomputed)) {
    const kept = { ...recomputed, finalizationFailed: true, automaticallyFinalizesSec: null };
    return changeSeenInvoice(world, before, kept, 'invoice.finalization_failed');
  }
  const applied = provisionalCredits(world, recomputed).map((allocation) => {
    const grant = requireGrant(world, allocation.grantId);
    const entry = post(world, {
      grantId: grant.id,
      customerId: grant.customerId,
      currency: grant.currency,
      kind: 'credits_applied',
      amountMinor: allocation.amountMinor,
      invoice: { invoiceId: draft.id, lineId: allocation.lineId },
    });
    return { ...allocation, transactionId: entry.id };
  });
  const sum = (parts: ReadonlyArray<{ amountMinor: number }>) =>
    parts.reduce((total, { amountMinor }) => total + amountMinor, 0);
  const totalMinor = linesTotal(recomputed.lines) - sum(applied);
  const frozen = withBalance
    ? applyBalance(world, recomputed, totalMinor)
    : { startingBalanceMinor: 0, endingBalanceMinor: 0, dueMinor: totalMinor };
  settleBalance(
    world,
    recomputed,
    frozen.endingBalanceMinor - frozen.startingBalanceMinor,
    frozen.endingBalanceMinor > 0,
  );
  const open: InvoiceState = {
    ...recomputed,
    applied,
    frozen,
    status: 'open',
    number: draft.number ?? takeNumber(world, draft.customerId),
    finalizedSec: nowSec,
    finalizationFailed: false,
    automaticallyFinalizesSec: null,
  };
  changeSeenInvoice(world, before, open, 'invoice.finalized');
  if (frozen.dueMinor > 0) return open;
  const paid = changeInvoice(
    world,
    { ...open, status: 'paid', paidSec: nowSec },
    'invoice.paid',
    'invoice.payment_succeeded',
  );
  followPaid(world, paid);
  return paid;
}

function settleBalance(world: World, invoice: InvoiceState, amountMinor: number, tooSmall: boolean): void {
  if (amountMinor === 0) return;
  moveBalance(world, {
    customerId: invoice.customerId,
    amountMinor,
    currency: invoice.currency,
    type: tooSmall ? 'invoice_too_small' : 'applied_to_invoice',
    invoiceId: invoice.id,
    description: null,
    metadata: {},
  });
}

/** Gives back what a voided invoice had taken: credits in the order in which they were applied, then the balance. */
function takeBack(world: World, invoice: InvoiceState): void {
  for (const { grantId, amountMinor, lineId } of invoice.applied) {
    reinstateCredits(world, grantId, amountMinor, { invoiceId: invoice.id, lineId });
  }
  const { frozen } = invoice;
  const movedMinor = frozen === null ? 0 : frozen.endingBalanceMinor - frozen.startingBalanceMinor;
  if (movedMinor === 0) return;
  moveBalance(world, {
    customerId: invoice.customerId,
    amountMinor: -movedMinor,
    currency: invoice.currency,
    type: 'unapplied_from_invoice',
    invoiceId: invoice.id,
    description: null,
    metadata: {},
  });
}

/** Voids an open or uncollectible invoice and gives back what it took. */
export function voidInvoice(world: World, invoice: InvoiceState): InvoiceState {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') {
    throw invalidRequest(
      `You can only void an open or uncollectible invoice; this invoice is ${invoice.status}.`,
      { code: 'status_transition_invalid' },
    );
  }
  takeBack(world, invoice);
  const voided = changeInvoice(
    world,
    { ...invoice, status: 'void', voidedSec: world.nowSecFor(invoice.customerId), nextAttemptSec: null },
    'invoice.voided',
  );
  followGivenUp(world, voided);
  return voided;
}

/** Gives up on an open invoice; it can still be paid or voided. */
export function markUncollectible(world: World, invoice: InvoiceState): InvoiceState {
  if (invoice.status !== 'open') {
    throw invalidRequest(
      `You can only mark an open invoice as uncollectible; this invoice is ${invoice.status}.`,
      { code: 'status_transition_invalid' },
    );
  }
  const givenUp = changeInvoice(
    world,
    {
      ...invoice,
      status: 'uncollectible',
      uncollectibleSec: world.nowSecFor(invoice.customerId),
      nextAttemptSec: null,
    },
    'invoice.marked_uncollectible',
  );
  followGivenUp(world, givenUp);
  return givenUp;
}

/** Deletes a draft; the items that had waited for it wait again, those added to it go with it. */
export function deleteDraft(world: World, invoice: InvoiceState): InvoiceState {
  if (invoice.status !== 'draft' || invoice.subscriptionId !== null) {
    throw invalidRequest('You can only delete draft invoices that were not created by a subscription.', {
      code: 'invoice_not_editable',
    });
  }
  for (const item of itemsOfInvoice(world, invoice.id)) {
    invoiceItems(world).put(item.addedLater ? { ...item, deleted: true } : { ...item, invoiceId: null });
  }
  const deleted = invoices(world).put({ ...invoice, deleted: true });
  emitInvoice(world, deleted, 'invoice.deleted');
  return deleted;
}

function takeNumber(world: World, customerId: string): string {
  const customer = customers(world).get(customerId);
  if (customer === undefined) throw new Error(`Invoice for ${customerId}, which does not exist.`);
  customers(world).put({ ...customer, nextInvoiceSequence: customer.nextInvoiceSequence + 1 });
  return `${customer.invoicePrefix}-${String(customer.nextInvoiceSequence).padStart(4, '0')}`;
}
