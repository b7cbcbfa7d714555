import type { DeclineReason, Money } from '@meterboard/contract';
import type Stripe from 'stripe';
import type { NewTopUpPayment, RawCharge, RawTopUpPayment, TopUpPaymentKind } from '../../gateway.ts';
import { declineReasonOf } from './decline.ts';
import { fromMinor, idOf } from './from-stripe.ts';
import { listAll, pageSize } from './list-all.ts';

/** What every payment of ours says about itself at Stripe. People may edit it there: it finds payments, and decides nothing. */
export function toMetadata(payment: NewTopUpPayment, kind: TopUpPaymentKind): Record<string, string> {
  return {
    topup_id: payment.topUpId,
    topup_payment: String(payment.n),
    topup_kind: kind,
    price_minor: String(payment.price.amountMinor),
    price_currency: payment.price.currency,
    credit_minor: String(payment.credit.amountMinor),
    credit_currency: payment.credit.currency,
  };
}

/** Which payment of which purchase the metadata names; `null`: none of ours. */
export function readOwner(
  metadata: Stripe.Metadata | null,
): { topUpId: string; n: number; kind: string } | null {
  const topUpId = metadata?.topup_id;
  if (!topUpId) return null;
  return { topUpId, n: Number(metadata.topup_payment ?? 1), kind: metadata.topup_kind ?? 'checkout' };
}

export function readNoted(metadata: Stripe.Metadata | null): RawTopUpPayment['noted'] {
  const price = readMoney(metadata, 'price');
  const credit = readMoney(metadata, 'credit');
  return price && credit ? { price, credit } : null;
}

function readMoney(metadata: Stripe.Metadata | null, part: 'price' | 'credit'): Money | null {
  const amountMinor = Number(metadata?.[`${part}_minor`] ?? Number.NaN);
  const currency = metadata?.[`${part}_currency`] ?? '';
  return Number.isSafeInteger(amountMinor) && /^[a-z]{3}$/.test(currency) ? { amountMinor, currency } : null;
}

/** Why the last try of an intent failed; `null`: none did. */
export function readDecline({ last_payment_error: error }: Stripe.PaymentIntent): DeclineReason | null {
  return error ? declineReasonOf(error) : null;
}

/** What an intent that succeeded took, and what of it came back. Its `latest_charge` must be expanded. */
export async function readCharge(stripe: Stripe, intent: Stripe.PaymentIntent): Promise<RawCharge> {
  const charge = intent.latest_charge;
  if (charge === null || typeof charge === 'string') throw new Error('latest_charge was not expanded');
  const [refundedMinor, disputedMinor] = await Promise.all([
    charge.amount_refunded > 0 || charge.refunded ? readRefunded(stripe, intent.id) : 0,
    charge.disputed ? readDisputed(stripe, intent.id) : 0,
  ]);
  return {
    currency: charge.currency,
    chargedMinor: fromMinor(charge.amount_captured, 'charge.amount_captured'),
    refundedMinor,
    disputedMinor,
  };
}

/** Refunds count from their creation; failed and canceled ones do not. */
async function readRefunded(stripe: Stripe, payment_intent: string): Promise<number> {
  const refunds = await listAll(stripe.refunds.list({ payment_intent, limit: pageSize }));
  return refunds
    .filter(({ status }) => status !== 'failed' && status !== 'canceled')
    .reduce((sum, { amount }) => sum + amount, 0);
}

/**
 * What disputes hold: those whose funds were withdrawn and not reinstated. Inquiries withdraw nothing. Told by their
 * balance transactions, since a status of `lost` or `won` may come before or after the money moves.
 */
async function readDisputed(stripe: Stripe, payment_intent: string): Promise<number> {
  const disputes = await listAll(stripe.disputes.list({ payment_intent, limit: pageSize }));
  return disputes.filter(holdsFunds).reduce((sum, { amount }) => sum + amount, 0);
}

function holdsFunds({ balance_transactions: moved }: Stripe.Dispute): boolean {
  const count = (isWithdrawal: boolean) => moved.filter(({ amount }) => amount < 0 === isWithdrawal).length;
  return count(true) > count(false);
}

/** The customer's payments of one purchase. Stripe cannot search by metadata in time: their own are walked. */
export async function findPayments(
  stripe: Stripe,
  query: { customerId: string; topUpId: string; kind: TopUpPaymentKind; sinceMs: number },
) {
  const { customerId, topUpId, kind, sinceMs } = query;
  const filter = {
    customer: customerId,
    created: { gte: Math.floor(sinceMs / 1000) },
    limit: pageSize,
  };
  const listed: { id: string; metadata: Stripe.Metadata | null }[] =
    kind === 'checkout'
      ? await listAll(stripe.checkout.sessions.list(filter))
      : await listAll(stripe.paymentIntents.list(filter));
  return listed.flatMap(({ id, metadata }) => {
    const owner = readOwner(metadata);
    if (owner?.topUpId !== topUpId || owner.kind !== kind) return [];
    return [{ topUpId, n: owner.n, kind, paymentId: id }];
  });
}

/** The id of the intent behind a session, or `null`. */
export function intentIdOf(session: Stripe.Checkout.Session): string | null {
  return session.payment_intent ? idOf(session.payment_intent) : null;
}
