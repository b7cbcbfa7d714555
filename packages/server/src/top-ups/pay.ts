import { BillingError, type PayWith } from '@meterboard/contract';
import type { RawTopUpPayment } from '../gateway.ts';
import { describeCause } from '../logger.ts';
import { assertFewCharges } from './begin-top-up.ts';
import { nextLookMs } from './look-again.ts';
import { keyLifeMs, needTopUps, type TopUpParts } from './parts.ts';
import { type PaymentTruth, readPaymentTruths, sendLeaseMs } from './read-payments.ts';
import type { ReturnUrls } from './return-url.ts';
import {
  type Actor,
  addAudit,
  changeTopUp,
  latestPayment,
  lockPurchase,
  type PaymentRow,
  type Purchase,
  readPurchase,
} from './rows.ts';
import type { ResolvedTopUps } from './top-up-options.ts';

/** How the customer wants to pay a purchase. */
export interface PayTopUp {
  options: ResolvedTopUps;
  topUpId: string;
  way: PayWith;
  urls: ReturnUrls;
  actor: Actor;
}

/** The payment that the customer goes on with. `unknown`: a charge was asked for, and it is not known yet whether it was made. */
export type Paying = { kind: 'payment'; payment: RawTopUpPayment } | { kind: 'unknown' };

/** A purchase is tried under so many keys in one call at most. */
const maxTries = 4;

/** A purchase has so many payments at most, one after the other. */
const maxPayments = 10;

/**
 * Sees to it that the purchase has one payment of the wanted kind. The payment that it has is used again where it fits, and closed
 * first where it does not: two can never be paid. What was asked for and got lost is looked up, and asked for again under the same
 * key; a charge whose fate is unknown stops everything else. Rejects with the provider's error when a payment page cannot be made
 * now, with `top_up_disabled` after too many declines, with `payment_declined` where there is no saved card.
 */
export async function payTopUp(parts: TopUpParts, pay: PayTopUp): Promise<Paying> {
  for (let tries = 0; tries < maxTries * 2; tries += 1) {
    const purchase = await readPurchase(parts.db, pay.topUpId);
    if (!purchase) throw new BillingError('not_found');
    const newest = latestPayment(purchase);
    const truths = await readPaymentTruths(parts, purchase);
    const paid = truths.find((one) => one.kind === 'known' && hasMoney(one.payment));
    if (paid?.kind === 'known') return { kind: 'payment', payment: paid.payment };
    const truth = truths.find(({ row }) => row.n === newest?.n);
    if (!newest || newest.is_closed || !truth) {
      await planPayment(parts, pay, purchase);
      continue;
    }
    if (truth.kind === 'known') {
      await noteId(parts, newest, truth.payment);
      const { payment } = truth;
      if (fits(payment, newest, pay.way)) return { kind: 'payment', payment };
      const closed = await close(parts, purchase, payment);
      if (hasMoney(closed)) return { kind: 'payment', payment: closed };
      // Two that can be paid must never be: rather none for now.
      if (!closed.isFinal) throw new BillingError('provider_unavailable');
      await markClosed(parts, newest);
      continue;
    }
    if (truth.kind === 'none' && !canSendAgain(parts, truth, pay.way)) {
      await markClosed(parts, newest);
      continue;
    }
    if (truth.kind === 'unknown' && newest.kind === 'charge') return { kind: 'unknown' };
    const sent = await send(parts, pay, purchase, newest);
    if (sent !== 'again') return sent;
  }
  throw new BillingError('provider_unavailable');
}

/** Under the same key, while the provider surely knows it and it did not fail, and for the same way to pay. */
function canSendAgain({ nowMs }: TopUpParts, { row }: PaymentTruth, way: PayWith): boolean {
  const isSame = row.kind === 'charge' ? way === 'saved_card' : way !== 'saved_card';
  const isEmbedded = way === 'embedded_page';
  return (
    isSame && row.is_embedded === isEmbedded && !row.has_failed && nowMs() - row.created_at_ms < keyLifeMs
  );
}

function hasMoney({ state }: RawTopUpPayment): boolean {
  return state === 'paid' || state === 'processing';
}

/** An open page of the wanted kind. A charge that was declined fits nothing: the next click is a new charge. */
function fits({ kind, state }: RawTopUpPayment, row: PaymentRow, way: PayWith): boolean {
  if (kind === 'charge') return false;
  return state === 'open' && way !== 'saved_card' && row.is_embedded === (way === 'embedded_page');
}

async function close(
  { gateway }: TopUpParts,
  { row }: Purchase,
  payment: RawTopUpPayment,
): Promise<RawTopUpPayment> {
  if (payment.isFinal) return payment;
  return needTopUps(gateway).closePayment({
    customerId: row.customer_id,
    kind: payment.kind,
    paymentId: payment.paymentId,
  });
}

/** Writes down what will be asked for, before it is: of concurrent calls one writes, and all use what it wrote. */
async function planPayment(parts: TopUpParts, pay: PayTopUp, { row, payments }: Purchase): Promise<void> {
  const { db, gateway, nowMs } = parts;
  const isCharge = pay.way === 'saved_card';
  let cardId: string | null = null;
  if (isCharge) {
    const card = await needTopUps(gateway).getSavedCard(row.customer_id);
    if (!card)
      throw new BillingError('payment_declined', {
        message: 'There is no saved card. Use the payment page.',
      });
    cardId = card.cardId;
  }
  const n = payments.length + 1;
  if (n > maxPayments) {
    throw new BillingError('top_up_disabled', {
      message: 'This purchase was tried too often. Begin a new one.',
      limit: `at most ${maxPayments} payments of one purchase`,
    });
  }
  await db.transaction().execute(async (transaction) => {
    const held = await lockPurchase(transaction, row.top_up_id);
    if (!held || held.payments.length !== payments.length) return;
    const atMs = nowMs();
    if (isCharge) await assertFewCharges(transaction, row.customer_id, atMs);
    await transaction
      .insertInto('top_up_payments')
      .values({
        top_up_id: row.top_up_id,
        n,
        kind: isCharge ? 'charge' : 'checkout',
        is_embedded: pay.way === 'embedded_page',
        success_url: pay.urls.successUrl,
        cancel_url: pay.urls.cancelUrl,
        card_id: cardId,
        idempotency_key: `${row.top_up_id}:pay:${n}`,
        payment_id: null,
        intent_id: null,
        sent_at_ms: null,
        created_at_ms: atMs,
      })
      .execute();
    const values = { pay_with: pay.way, look_at_ms: nextLookMs('created', 0, atMs) };
    await changeTopUp(transaction, held.row, values, { actor: pay.actor, atMs });
  });
}

async function send(
  parts: TopUpParts,
  pay: PayTopUp,
  { row }: Purchase,
  planned: PaymentRow,
): Promise<Paying | 'again'> {
  const { db, gateway, nowMs } = parts;
  const { createCheckout, createCharge } = needTopUps(gateway);
  if (!(await claimSending(parts, planned))) return { kind: 'unknown' };
  const common = {
    customerId: row.customer_id,
    topUpId: row.top_up_id,
    n: planned.n,
    label: row.label,
    price: { amountMinor: row.price_minor, currency: row.price_currency },
    credit: { amountMinor: row.credit_minor, currency: row.credit_currency },
    idempotencyKey: planned.idempotency_key,
  };
  const { options } = pay;
  let payment: RawTopUpPayment;
  try {
    payment =
      planned.kind === 'charge'
        ? await createCharge({ ...common, cardId: planned.card_id ?? '' })
        : await createCheckout({
            ...common,
            isEmbedded: planned.is_embedded,
            successUrl: planned.success_url,
            cancelUrl: planned.cancel_url,
            automaticTax: options.automaticTax,
            promotionCodes: options.promotionCodes,
            invoice: options.invoices,
            offerToSaveCard: options.offerToSaveCard,
          });
  } catch (error) {
    return handleFailure(parts, planned, error);
  }
  await noteId(parts, planned, payment);
  if (payment.declined !== null) {
    await addAudit(db, {
      subjectId: row.top_up_id,
      atMs: nowMs(),
      actor: pay.actor,
      kind: 'declined',
      reason: payment.declined,
      providerIds: { payment: payment.paymentId },
    });
  }
  return { kind: 'payment', payment };
}

/**
 * A payment page that the provider failed to make is asked for again under the next key, once the look-up of the next turn finds
 * none. A charge is not: its customer decides. Where there was no answer the charge may have been made.
 */
async function handleFailure(
  parts: TopUpParts,
  planned: PaymentRow,
  error: unknown,
): Promise<Paying | 'again'> {
  if (!(error instanceof BillingError)) throw error;
  const wasTurnedAway = error.answered && error.code === 'provider_rate_limited';
  const isUncertain = !error.answered || error.code === 'provider_unavailable';
  const hasFailed = error.answered && !wasTurnedAway;
  // Turned away is as if it had never been sent; a refused charge is none, and nobody else was sending it.
  if (wasTurnedAway) await setPayment(parts, planned, { sent_at_ms: null });
  else if (hasFailed)
    await setPayment(parts, planned, {
      has_failed: true,
      is_closed: planned.kind === 'charge' && !isUncertain,
    });
  if (planned.kind === 'charge' && isUncertain) {
    parts.logger.warn('It is not known whether a saved card was charged; it is looked up.', {
      topUpId: planned.top_up_id,
      cause: describeCause(error.cause ?? error),
    });
    const { top_up_id: topUpId } = planned;
    await parts.jobs.send('settle_top_up', { topUpId }, { afterMs: sendLeaseMs, key: topUpId });
    return { kind: 'unknown' };
  }
  // `conflict`: the host's options changed between two calls under one key.
  const isWorthAnother = error.code === 'provider_unavailable' || error.code === 'conflict';
  if (hasFailed && isWorthAnother && planned.kind === 'checkout' && planned.n < maxTries) return 'again';
  throw error;
}

/** Of several callers one charges the card; pages may be asked for by all, since the key makes them one. */
async function claimSending({ db, nowMs }: TopUpParts, { kind, top_up_id, n }: PaymentRow): Promise<boolean> {
  const atMs = nowMs();
  const claimed = await db
    .updateTable('top_up_payments')
    .set({ sent_at_ms: atMs })
    .where('top_up_id', '=', top_up_id)
    .where('n', '=', n)
    .where((row) =>
      row.or([
        row.val(kind === 'checkout'),
        row('sent_at_ms', 'is', null),
        row('sent_at_ms', '<=', atMs - sendLeaseMs),
      ]),
    )
    .returning('n')
    .executeTakeFirst();
  return claimed !== undefined;
}

async function noteId(parts: TopUpParts, planned: PaymentRow, payment: RawTopUpPayment): Promise<void> {
  if (planned.payment_id === payment.paymentId && planned.intent_id === payment.intentId) return;
  // One that was given up and comes after all is open again.
  await setPayment(parts, planned, {
    payment_id: payment.paymentId,
    intent_id: payment.intentId,
    is_closed: payment.isFinal,
  });
}

async function markClosed(parts: TopUpParts, planned: PaymentRow): Promise<void> {
  await setPayment(parts, planned, { is_closed: true });
}

async function setPayment(
  { db }: TopUpParts,
  { top_up_id, n }: PaymentRow,
  values: Partial<Pick<PaymentRow, 'payment_id' | 'intent_id' | 'sent_at_ms' | 'has_failed' | 'is_closed'>>,
): Promise<void> {
  await db
    .updateTable('top_up_payments')
    .set(values)
    .where('top_up_id', '=', top_up_id)
    .where('n', '=', n)
    .execute();
}
