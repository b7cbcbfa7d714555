import type Stripe from 'stripe';
import type { Queryable } from '../../../packages/server/src/store/store.ts';

const all = { limit: 10_000 };

/** A payment as Stripe has it, told without the kit. */
export interface PaymentTruth {
  id: string;
  status: string;
  /** What was taken; 0 unless it succeeded. */
  chargedMinor: number;
  /** Refunds that stand, pending ones included, and what disputes hold. */
  lostMinor: number;
  isDisputed: boolean;
}

/** A credit as Stripe's ledger has it: granted, used for good, and taken back or expired. */
export interface GrantTruth {
  id: string;
  generation: number;
  grantedMinor: number;
  usedMinor: number;
  goneMinor: number;
  expiresAtMs: number | null;
}

/** All that Stripe knows about one purchase of a customer. */
export interface TopUpTruth {
  topUpId: string;
  payments: PaymentTruth[];
  grants: GrantTruth[];
}

/** What Stripe knows about a customer's purchases, by the metadata of payments and grants. */
export async function readTruth(stripe: Stripe, customer: string): Promise<Map<string, TopUpTruth>> {
  const [intents, grants, entries, refunds, disputes] = await Promise.all([
    stripe.paymentIntents
      .list({ customer, limit: 100, expand: ['data.latest_charge'] })
      .autoPagingToArray(all),
    stripe.billing.creditGrants.list({ customer, limit: 100 }).autoPagingToArray(all),
    stripe.billing.creditBalanceTransactions.list({ customer, limit: 100 }).autoPagingToArray(all),
    stripe.refunds.list({ limit: 100 }).autoPagingToArray(all),
    stripe.disputes.list({ limit: 100 }).autoPagingToArray(all),
  ]);
  const found = new Map<string, TopUpTruth>();
  const truthOf = (topUpId: string) => {
    const known = found.get(topUpId) ?? { topUpId, payments: [], grants: [] };
    found.set(topUpId, known);
    return known;
  };
  for (const intent of intents) {
    const topUpId = intent.metadata.topup_id;
    if (topUpId) truthOf(topUpId).payments.push(paymentOf(intent, refunds, disputes));
  }
  for (const grant of grants) {
    const topUpId = grant.metadata.topup_id;
    if (!topUpId) continue;
    const own = entries.filter(({ credit_grant }) => idOf(credit_grant) === grant.id);
    truthOf(topUpId).grants.push({
      id: grant.id,
      generation: Number(grant.metadata.generation),
      grantedMinor: sumOf(own, 'credits_granted'),
      usedMinor: sumOf(own, 'credits_applied') - sumOf(own, 'credits_application_invoice_voided'),
      goneMinor: sumOf(own, 'credits_voided') + sumOf(own, 'credits_expired'),
      expiresAtMs: grant.expires_at === null ? null : grant.expires_at * 1_000,
    });
  }
  return found;
}

function paymentOf(
  { id, status, latest_charge: charge }: Stripe.PaymentIntent,
  refunds: readonly Stripe.Refund[],
  disputes: readonly Stripe.Dispute[],
): PaymentTruth {
  if (status !== 'succeeded' || charge === null || typeof charge === 'string')
    return { id, status, chargedMinor: 0, lostMinor: 0, isDisputed: false };
  const isOwn = ({ payment_intent }: { payment_intent: string | { id: string } | null }) =>
    payment_intent !== null && idOf(payment_intent) === id;
  const refunded = refunds
    .filter((refund) => isOwn(refund) && (refund.status === 'succeeded' || refund.status === 'pending'))
    .reduce((sum, { amount }) => sum + amount, 0);
  const held = disputes
    .filter(
      (dispute) => isOwn(dispute) && ['needs_response', 'under_review', 'lost'].includes(dispute.status),
    )
    .reduce((sum, { amount }) => sum + amount, 0);
  return {
    id,
    status,
    chargedMinor: charge.amount,
    lostMinor: Math.min(charge.amount, refunded + held),
    isDisputed: held > 0,
  };
}

function sumOf(entries: readonly Stripe.Billing.CreditBalanceTransaction[], kind: string): number {
  return entries
    .filter(({ credit, debit }) => (credit?.type ?? debit?.type) === kind)
    .reduce(
      (sum, { credit, debit }) =>
        sum + (credit?.amount.monetary?.value ?? debit?.amount.monetary?.value ?? 0),
      0,
    );
}

function idOf(reference: string | { id: string }): string {
  return typeof reference === 'string' ? reference : reference.id;
}

/** What a customer has of a purchase by Stripe's ledger: used, or still to be used. */
export function keptMinor({ grants }: TopUpTruth): number {
  return grants.reduce((sum, { grantedMinor, goneMinor }) => sum + grantedMinor - goneMinor, 0);
}

/** What is left to use of a purchase by Stripe's ledger. */
export function liveMinor({ grants }: TopUpTruth): number {
  return grants.reduce((sum, grant) => sum + grant.grantedMinor - grant.goneMinor - grant.usedMinor, 0);
}

/** What the audit says was given and taken back of each purchase: its rows alone, in minor units. */
export async function sumAudit(db: Queryable): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('audit')
    .select(['subject_id', 'kind', 'reason'])
    .where('kind', 'in', ['grant_made', 'grant_ended'])
    .execute();
  const sums = new Map<string, number>();
  for (const { subject_id: topUpId, kind, reason } of rows) {
    const minor = Number.parseInt(reason ?? '', 10);
    sums.set(topUpId, (sums.get(topUpId) ?? 0) + (kind === 'grant_made' ? minor : -minor));
  }
  return sums;
}
