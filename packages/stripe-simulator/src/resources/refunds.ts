import type Stripe from 'stripe';
import { resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { type PresentmentState, presentmentOf } from './presentment.ts';
import type { MethodType } from './test-methods.ts';

export interface RefundState {
  id: string;
  createdSec: number;
  chargeId: string;
  intentId: string | null;
  customerId: string | null;
  paymentMethodId: string | null;
  methodType: MethodType;
  amountMinor: number;
  currency: string;
  reason: 'duplicate' | 'expired_uncaptured_charge' | 'fraudulent' | 'requested_by_customer' | null;
  status: 'canceled' | 'failed' | 'pending' | 'succeeded';
  failureReason: string | null;
  /** True for money that was only reserved on the card. */
  releases: boolean;
  balanceTransactionId: string | null;
  failureBalanceTransactionId: string | null;
  /** Its part of what the payer was asked for in a local currency. */
  presentment: PresentmentState | null;
  metadata: Record<string, string>;
}

export const refunds = defineTable<RefundState>();
export function requireRefund(world: World, id: string): RefundState {
  const refund = refunds(world).get(id);
  if (refund === undefined) throw resourceMissing('refund', id);
  return refund;
}

/** What these refunds gave back together: failed and canceled ones do not count. */
export function givenBackMinor(world: World, ids: readonly string[]): number {
  return ids
    .map((id) => requireRefund(world, id))
    .filter(({ status }) => status === 'succeeded' || status === 'pending')
    .reduce((sum, refund) => sum + refund.amountMinor, 0);
}

function destinationOf(refund: RefundState): Wire<Stripe.Refund.DestinationDetails> {
  if (refund.methodType === 'us_bank_account')
    return { type: 'us_bank_transfer', us_bank_transfer: { reference: null, reference_status: null } };
  if (refund.methodType === 'sepa_debit')
    return { type: 'eu_bank_transfer', eu_bank_transfer: { reference: null, reference_status: null } };
  if (refund.status === 'pending') return { type: 'card', card: { type: 'pending' } };
  return {
    type: 'card',
    card: {
      reference_status: 'pending',
      reference_type: 'acquirer_reference_number',
      type: refund.releases ? 'reversal' : 'refund',
    },
  };
}

export function toStripeRefund(refund: RefundState) {
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amountMinor,
    balance_transaction: refund.balanceTransactionId,
    charge: refund.chargeId,
    created: refund.createdSec,
    currency: refund.currency,
    customer: refund.customerId,
    customer_account: null,
    destination_details: destinationOf(refund),
    ...(refund.failureBalanceTransactionId === null
      ? {}
      : { failure_balance_transaction: refund.failureBalanceTransactionId }),
    ...(refund.failureReason === null ? {} : { failure_reason: refund.failureReason }),
    metadata: refund.metadata,
    payment_intent: refund.intentId,
    payment_method: refund.paymentMethodId,
    ...(refund.status === 'pending' ? { pending_reason: 'processing' } : {}),
    ...presentmentOf(refund.presentment),
    reason: refund.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: refund.status,
    transfer_reversal: null,
  } satisfies Wire<Stripe.Refund>;
}
