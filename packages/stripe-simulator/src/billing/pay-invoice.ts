import { invalidRequest, StripeFault } from '../protocol/errors.ts';
import { cancelIntent } from '../resources/cancel-intent.ts';
import { customers } from '../resources/customers.ts';
import { invoicePayments, paymentsOfInvoice } from '../resources/invoice-payments.ts';
import { dueDateSec, webhooksPending } from '../resources/invoice-view.ts';
import { type InvoiceState, invoiceAmounts, invoices } from '../resources/invoices.ts';
import { paymentIntents } from '../resources/payment-intents.ts';
import type { Job, World } from '../world.ts';
import { type CollectionResult, collectPayment, openIntent } from './collect.ts';
import { changeInvoice, emitInvoice } from './invoice-events.ts';
import { attemptFinalization, finalizeInvoice, voidInvoice } from './invoicing.ts';
import {
  followSubscription,
  markFailed,
  markPaid,
  RETRY_DAYS,
  recordInvoicePayment,
} from './settle-invoice.ts';

/** How long a renewal's invoice stays a draft. */
export const DRAFT_WINDOW_SEC = 3_600;
/** How long after a finalisation by hand the automatic charge follows (assumption). */
export const COLLECT_DELAY_SEC = 3_600;
/** How long finalisation waits for the subscribers of `invoice.created`. */
export const WEBHOOK_WAIT_SEC = 72 * 3_600;
const LOOK_AGAIN_SEC = 60;

export interface PaymentOptions {
  paymentMethodId?: string | undefined;
  offSession: boolean;
  /** Set for Stripe's own attempts, which are repeated on later days. */
  automatic: boolean;
}

/** Charges an open invoice once. The answer carries what went wrong, and the invoice tells it too. */
export function attemptPayment(
  world: World,
  invoice: InvoiceState,
  { paymentMethodId, offSession, automatic }: PaymentOptions,
): { invoice: InvoiceState; collected: CollectionResult } {
  const open = paymentsOfInvoice(world, invoice.id).findLast((payment) => payment.status === 'open');
  const methodId = paymentMethodId ?? invoice.defaultPaymentMethodId;
  const collected = collectPayment(world, {
    customerId: invoice.customerId,
    amountMinor: invoiceAmounts(world, invoice).dueMinor,
    currency: invoice.currency,
    invoiceId: invoice.id,
    offSession,
    ...(methodId === null ? {} : { paymentMethodId: methodId }),
    ...(open === undefined ? {} : { paymentIntentId: open.paymentIntentId }),
  });
  recordInvoicePayment(world, invoice, collected.paymentIntentId);
  const latest = invoices(world).get(invoice.id) ?? invoice;
  const attempted = { ...latest, attempts: invoice.attempts + 1 };
  if (latest.status === 'paid') return { invoice: changeInvoice(world, attempted), collected };
  if (collected.outcome === 'succeeded')
    return { invoice: markPaid(world, attempted, collected.paymentIntentId), collected };
  if (collected.outcome === 'processing')
    return { invoice: changeInvoice(world, { ...attempted, nextAttemptSec: null }), collected };
  const retryDays = automatic ? RETRY_DAYS[attempted.attempts - 1] : undefined;
  const nextAttemptSec =
    retryDays === undefined ? null : world.nowSecFor(invoice.customerId) + retryDays * 86_400;
  if (nextAttemptSec !== null) world.scheduleFor(invoice.customerId, nextAttemptSec, collectJob, invoice.id);
  const actionRequired =
    collected.outcome === 'requires_action' || collected.error?.code === 'authentication_required';
  const failed = markFailed(world, attempted, nextAttemptSec, actionRequired);
  return { invoice: failed, collected };
}

/**
 * Pays an invoice by hand, finalising a draft first. Throws Stripe's 400 when there is nothing to pay, and its 402
 * when the charge is declined.
 */
export function payInvoice(
  world: World,
  invoice: InvoiceState,
  options: { paymentMethodId?: string | undefined; offSession: boolean; outOfBand: boolean },
): InvoiceState {
  if (invoice.status === 'paid')
    throw invalidRequest('Invoice is already paid', { code: 'invoice_already_paid' });
  if (invoice.status === 'void') throw invalidRequest('Invoice is voided and cannot be paid.');
  const open = invoice.status === 'draft' ? finalizeInvoice(world, invoice) : invoice;
  if (open.status === 'paid') return open;
  if (options.outOfBand) {
    refuseWhileProcessing(world, open);
    cancelPayments(world, open);
    return markPaid(world, open, null);
  }
  const { invoice: attempted, collected } = attemptPayment(world, open, { ...options, automatic: false });
  if (collected.outcome === 'failed' || collected.outcome === 'requires_action') throw declined(collected);
  return attempted;
}

/** Gives an open invoice the payment intent that it waits for, as finalisation does, without charging anything. */
export function openPayment(world: World, invoice: InvoiceState): void {
  const { dueMinor } = invoiceAmounts(world, invoice);
  if (invoice.status !== 'open' || dueMinor === 0 || paymentsOfInvoice(world, invoice.id).length > 0) return;
  const intentId = openIntent(world, {
    customerId: invoice.customerId,
    amountMinor: dueMinor,
    currency: invoice.currency,
    invoiceId: invoice.id,
    ...(invoice.defaultPaymentMethodId === null ? {} : { paymentMethodId: invoice.defaultPaymentMethodId }),
  });
  recordInvoicePayment(world, invoice, intentId);
}

/** Voids an invoice by hand. Throws Stripe's 400 while one of its payments is on its way. */
export function voidByHand(world: World, invoice: InvoiceState): InvoiceState {
  refuseWhileProcessing(world, invoice);
  return cancelAndVoid(world, invoice);
}

/** Throws the 400 of an invoice whose payment may still succeed (assumption: Stripe's words are not documented). */
function refuseWhileProcessing(world: World, invoice: InvoiceState): void {
  const onItsWay = paymentsOfInvoice(world, invoice.id).some(
    ({ status, paymentIntentId }) =>
      status === 'open' && paymentIntents(world).get(paymentIntentId)?.status === 'processing',
  );
  if (invoice.status !== 'void' && onItsWay)
    throw invalidRequest('This invoice has a payment that is processing; wait until it succeeds or fails.');
}

/** Voids an invoice and ends the payments that waited for it. */
export function cancelAndVoid(world: World, invoice: InvoiceState): InvoiceState {
  const voided = voidInvoice(world, invoice);
  cancelPayments(world, voided);
  return voided;
}

function cancelPayments(world: World, invoice: InvoiceState): void {
  for (const payment of paymentsOfInvoice(world, invoice.id)) {
    if (payment.status !== 'open') continue;
    const intent = paymentIntents(world).get(payment.paymentIntentId);
    if (intent === undefined || !intent.status.startsWith('requires_')) continue;
    cancelIntent(world, intent, 'void_invoice');
    invoicePayments(world).put({
      ...payment,
      status: 'canceled',
      canceledSec: world.nowSecFor(invoice.customerId),
    });
  }
}

/** The 402 of a declined charge; what happened stands, unless `keepsEffects` is false. */
export function declined(
  { outcome, error, paymentIntentId }: CollectionResult,
  { keepsEffects = true } = {},
): StripeFault {
  const code =
    error?.code ??
    (outcome === 'requires_action' ? 'invoice_payment_intent_requires_action' : 'card_declined');
  return new StripeFault(
    error?.message ?? 'This payment requires additional user action before it can be completed successfully.',
    {
      status: 402,
      type: 'card_error',
      keepsEffects,
      code,
      details: {
        ...(error?.declineCode == null ? {} : { decline_code: error.declineCode }),
        payment_intent: { id: paymentIntentId, object: 'payment_intent' },
      },
    },
  );
}

/** Puts a draft's finalisation on the agenda, for the time that it names. */
export function scheduleFinalization(world: World, draft: InvoiceState): void {
  if (draft.automaticallyFinalizesSec !== null)
    world.scheduleFor(draft.customerId, draft.automaticallyFinalizesSec, finalizeJob, draft.id);
}

/**
 * Finalises a draft when its time has come and every subscriber of `invoice.created` has answered, for which it waits
 * up to 72 hours; then charges it. (A test clock does not wait: nothing can arrive while it advances.)
 */
const finalizeJob: Job = {
  name: 'invoice.finalize',
  run(world, id) {
    const draft = invoices(world).get(id);
    if (draft?.status !== 'draft' || draft.deleted) return;
    const nowSec = world.nowSec();
    const dueSec = draft.automaticallyFinalizesSec;
    if (dueSec === null || dueSec > nowSec) return;
    const latestSec = draft.createdSec + WEBHOOK_WAIT_SEC;
    if (nowSec < latestSec && webhooksPending(world, draft)) {
      world.schedule(Math.min(nowSec + LOOK_AGAIN_SEC, latestSec), finalizeJob, id);
      return;
    }
    finalizeAndCollect(world, draft);
  },
};

/** A deleted customer has no payment method any more: what is still open stays open. */
function isGone(world: World, { customerId }: InvoiceState): boolean {
  return customers(world).get(customerId)?.deleted === true;
}

/** Finalises a draft and charges it, as an automatic collection does. */
export function finalizeAndCollect(world: World, draft: InvoiceState): InvoiceState {
  const finalized = attemptFinalization(world, draft);
  if (finalized.status !== 'open' || isGone(world, finalized)) return finalized;
  if (finalized.collectionMethod === 'charge_automatically')
    return attemptPayment(world, finalized, { offSession: true, automatic: true }).invoice;
  openPayment(world, finalized);
  scheduleOverdue(world, finalized);
  return finalized;
}

/** Puts what follows a finalisation by hand on the agenda: the automatic charge, or the day on which it is overdue. */
export function scheduleCollection(world: World, invoice: InvoiceState): InvoiceState {
  if (invoice.status !== 'open') return invoice;
  openPayment(world, invoice);
  if (invoice.collectionMethod === 'send_invoice') {
    scheduleOverdue(world, invoice);
    return invoice;
  }
  if (!invoice.autoAdvance) return invoice;
  const nextAttemptSec = world.nowSecFor(invoice.customerId) + COLLECT_DELAY_SEC;
  world.scheduleFor(invoice.customerId, nextAttemptSec, collectJob, invoice.id);
  return invoices(world).put({ ...invoice, nextAttemptSec });
}

const collectJob: Job = {
  name: 'invoice.collect',
  run(world, id) {
    const invoice = invoices(world).get(id);
    if (invoice?.status !== 'open' || invoice.nextAttemptSec === null || isGone(world, invoice)) return;
    if (invoice.nextAttemptSec <= world.nowSec())
      attemptPayment(world, invoice, { offSession: true, automatic: true });
  },
};

function scheduleOverdue(world: World, invoice: InvoiceState): void {
  const dueSec = dueDateSec(invoice);
  if (dueSec !== null) world.scheduleFor(invoice.customerId, dueSec, overdueJob, invoice.id);
}

const overdueJob: Job = {
  name: 'invoice.overdue',
  run(world, id) {
    const invoice = invoices(world).get(id);
    if (invoice?.status !== 'open') return;
    emitInvoice(world, invoice, 'invoice.overdue');
    followSubscription(world, invoice, false);
  },
};
