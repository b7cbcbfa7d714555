import type Stripe from 'stripe';
import type { NewTopUpGrant, RawCreditGrant, RawCreditTransaction } from '../../gateway.ts';
import { fromMinor, fromOptionalSec, fromSec, idOf, unknownShape } from './from-stripe.ts';
import { listAll, pageSize } from './list-all.ts';

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
export async function createGrant(stripe: Stripe, grant: NewTopUpGrant): Promise<RawCreditGrant> {
  const created = await stripe.billing.creditGrants.create(
    {
      customer: grant.customerId,
      name: grant.name,
      amount: {
        type: 'monetary',
        monetary: { currency: grant.amount.currency, value: grant.amount.amountMinor },
      },
      applicability_config: { scope: { price_type: 'metered' } },
      category: 'paid',
      metadata: { topup_id: grant.topUpId },
      ...(grant.expiresAtMs === null ? {} : { expires_at: Math.floor(grant.expiresAtMs / 1000) }),
    },
    { idempotencyKey: grant.idempotencyKey },
  );
  return fromStripeCreditGrant(created);
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
    topUpId: grant.metadata.topup_id ?? null,
  };
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
