import { BillingError } from '@meterboard/contract';
import type Stripe from 'stripe';
import type { NewCreditGrant, RawCreditGrant, RawCreditTransaction } from '../../gateway.ts';
import { fromMinor, fromOptionalSec, fromSec, idOf, unknownShape } from './from-stripe.ts';
import { listAll, pageSize } from './list-all.ts';
import { isRefusal, messageOf } from './translate-error.ts';

/** Stripe's default where a grant has none. */
const defaultPriority = 50;

export async function listCreditGrants(stripe: Stripe, customerId: string): Promise<RawCreditGrant[]> {
  const grants = await listAll(stripe.billing.creditGrants.list({ customer: customerId, limit: pageSize }));
  return grants.map(fromStripeCreditGrant);
}

export async function listCreditTransactions(
  stripe: Stripe,
  customerId: string,
): Promise<RawCreditTransaction[]> {
  const transactions = await listAll(
    stripe.billing.creditBalanceTransactions.list({ customer: customerId, limit: pageSize }),
  );
  return transactions.map(fromStripeTransaction);
}

/** Effective now: a moment given would differ between two calls under one key. */
export async function createGrant(stripe: Stripe, grant: NewCreditGrant): Promise<RawCreditGrant> {
  try {
    const created = await stripe.billing.creditGrants.create(
      {
        customer: grant.customerId,
        name: grant.name,
        amount: {
          type: 'monetary',
          monetary: { currency: grant.amount.currency, value: grant.amount.amountMinor },
        },
        applicability_config: { scope: { price_type: 'metered' } },
        category: grant.category,
        priority: grant.priority,
        metadata: { [ownerKey(grant.ownerId)]: grant.ownerId, generation: String(grant.generation) },
        ...(grant.expiresAtMs === null ? {} : { expires_at: Math.floor(grant.expiresAtMs / 1000) }),
      },
      { idempotencyKey: grant.idempotencyKey },
    );
    return fromStripeCreditGrant(created);
  } catch (error) {
    if (!isRefusal(error) || !/\b100\b/.test(messageOf(error))) throw error;
    throw new BillingError('provider_rejected', {
      limit: 'at most 100 unused grants',
      answered: true,
      cause: error,
    });
  }
}

/**
 * Voids a grant, which Stripe allows while no invoice has used it, or else ends it now. Not under a key: a second call
 * finds it over, and a stored refusal would outlive its reason.
 */
export async function endGrant(
  stripe: Stripe,
  { customerId, grantId, nowMs }: { customerId: string; grantId: string; nowMs: number },
): Promise<void> {
  const isOver = ({ voided_at, expires_at }: Stripe.Billing.CreditGrant) =>
    voided_at !== null || (expires_at !== null && expires_at * 1000 <= nowMs);
  const grant = await stripe.billing.creditGrants.retrieve(grantId);
  if (idOf(grant.customer) !== customerId) throw new BillingError('not_found');
  if (isOver(grant)) return;
  try {
    await stripe.billing.creditGrants.voidGrant(grantId);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await stripe.billing.creditGrants.expire(grantId);
  }
}

function ownerKey(ownerId: string): 'topup_id' | 'bonus_id' {
  return ownerId.startsWith('tu_') ? 'topup_id' : 'bonus_id';
}

function fromStripeCreditGrant(grant: Stripe.Billing.CreditGrant): RawCreditGrant {
  const { monetary } = grant.amount;
  if (!monetary) throw unknownShape('amount.monetary on a credit grant');
  const createdAtMs = fromSec(grant.created, 'grant.created');
  const { prices } = grant.applicability_config.scope;
  return {
    grantId: grant.id,
    name: grant.name,
    category: grant.category === 'promotional' ? 'promotional' : 'paid',
    amount: { amountMinor: fromMinor(monetary.value, 'grant.amount'), currency: monetary.currency },
    priority: grant.priority ?? defaultPriority,
    priceIds: prices && prices.length > 0 ? prices.map(priceIdOf) : null,
    effectiveAtMs: fromOptionalSec(grant.effective_at, 'grant.effective_at') ?? createdAtMs,
    expiresAtMs: fromOptionalSec(grant.expires_at, 'grant.expires_at'),
    voidedAtMs: fromOptionalSec(grant.voided_at, 'grant.voided_at'),
    createdAtMs,
    owner: ownerOf(grant.metadata),
  };
}

function ownerOf(metadata: Stripe.Metadata): RawCreditGrant['owner'] {
  const ownerId = metadata.topup_id ?? metadata.bonus_id;
  if (ownerId === undefined) return null;
  const generation = Number(metadata.generation ?? 1);
  return { ownerId, generation: Number.isInteger(generation) ? generation : 1 };
}

function priceIdOf({ id }: { id: string | null }): string {
  if (id === null) throw unknownShape('price id in the scope of a credit grant');
  return id;
}

function fromStripeTransaction(transaction: Stripe.Billing.CreditBalanceTransaction): RawCreditTransaction {
  const { credit, debit } = transaction;
  const amount = credit?.amount.monetary ?? debit?.amount.monetary;
  if (!amount) throw unknownShape('monetary amount on a credit transaction');
  const valueMinor = fromMinor(amount.value, 'transaction.amount');
  return {
    grantId: idOf(transaction.credit_grant),
    kind: transactionKinds[credit?.type ?? debit?.type ?? ''] ?? 'other',
    signedMinor: credit ? valueMinor : -valueMinor,
    currency: amount.currency,
    effectiveAtMs: fromSec(transaction.effective_at, 'transaction.effective_at'),
  };
}

const transactionKinds: Record<string, RawCreditTransaction['kind']> = {
  credits_granted: 'granted',
  credits_application_invoice_voided: 'invoice_voided',
  credits_applied: 'applied',
  credits_expired: 'expired',
  credits_voided: 'voided',
};
