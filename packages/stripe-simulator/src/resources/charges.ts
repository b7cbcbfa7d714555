import type Stripe from 'stripe';
import { resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Json, Wire } from '../wire.ts';
import type { World } from '../world.ts';
import {
  countryOf,
  fingerprintOf,
  last4Of,
  type PaymentMethodState,
  ROUTING_NUMBER,
  requirePaymentMethod,
  testMethodBehind,
  toStripeBillingDetails,
} from './payment-methods.ts';
import { type PresentmentState, presentmentOf } from './presentment.ts';
import { givenBackMinor, requireRefund, toStripeRefund } from './refunds.ts';
import { type PaymentShippingState, toStripePaymentShipping } from './shipping.ts';
import type { Decline } from './test-methods.ts';

export interface ChargeState {
  id: string;
  createdSec: number;
  amountMinor: number;
  capturedMinor: number;
  currency: string;
  customerId: string | null;
  intentId: string;
  paymentMethodId: string;
  description: string | null;
  receiptEmail: string | null;
  shipping: PaymentShippingState | null;
  statementDescriptor: string | null;
  metadata: Record<string, string>;
  status: 'failed' | 'pending' | 'succeeded';
  captured: boolean;
  failure: Decline | null;
  /** True when the cardholder authenticated this payment. */
  authenticated: boolean;
  balanceTransactionId: string | null;
  failureBalanceTransactionId: string | null;
  /** Oldest first. */
  refundIds: string[];
  /** Oldest first; several when banks dispute parts of it. */
  disputeIds: string[];
  presentment: PresentmentState | null;
}

export const charges = defineTable<ChargeState>();

/** The address of a charge's receipt, on the simulator. */
export function receiptPath(chargeId: string): string {
  return `/receipts/${encodeURIComponent(chargeId)}`;
}

export function requireCharge(world: World, id: string, param = 'id'): ChargeState {
  const charge = charges(world).get(id);
  if (charge === undefined) throw resourceMissing('charge', id, param);
  return charge;
}

function outcomeOf({ status, failure }: ChargeState) {
  if (status === 'failed') {
    return {
      advice_code: failure?.declineCode === 'generic_decline' ? 'try_again_later' : null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: 'declined_by_network',
      reason: failure?.declineCode ?? null,
      risk_level: 'normal',
      risk_score: 30,
      seller_message: 'The bank did not return any further details with this decline.',
      type: 'issuer_declined',
    } satisfies Wire<Stripe.Charge.Outcome>;
  }
  return {
    advice_code: null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: 'approved_by_network',
    reason: null,
    risk_level: 'normal',
    risk_score: 30,
    seller_message: 'Payment complete.',
    type: 'authorized',
  } satisfies Wire<Stripe.Charge.Outcome>;
}

function cardDetails(charge: ChargeState, method: PaymentMethodState) {
  const { brand, funding } = testMethodBehind(method);
  return {
    amount_authorized: charge.status === 'succeeded' ? charge.amountMinor : null,
    authorization_code: charge.status === 'succeeded' ? '123456' : null,
    brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: countryOf(method),
    electronic_commerce_indicator: charge.authenticated ? '05' : null,
    exp_month: method.expMonth,
    exp_year: method.expYear,
    extended_authorization: { status: 'disabled' },
    fingerprint: fingerprintOf(method),
    funding,
    incremental_authorization: { status: 'unavailable' },
    installments: null,
    last4: last4Of(method),
    mandate: null,
    multicapture: { status: 'unavailable' },
    network: brand,
    network_token: { used: false },
    network_transaction_id: null,
    overcapture: { maximum_amount_capturable: charge.amountMinor, status: 'unavailable' },
    regulated_status: 'unregulated',
    three_d_secure: charge.authenticated
      ? {
          authentication_flow: 'challenge',
          electronic_commerce_indicator: '05',
          exemption_indicator: null,
          result: 'authenticated',
          result_reason: null,
          transaction_id: null,
          version: '2.2.0',
        }
      : null,
    transaction_link_id: null,
    wallet: null,
  } satisfies Wire<Stripe.Charge.PaymentMethodDetails.Card>;
}

function methodDetails(charge: ChargeState, method: PaymentMethodState) {
  if (method.type === 'us_bank_account') {
    const bank = {
      account_holder_type: method.accountHolderType,
      account_type: method.accountType,
      bank_name: 'STRIPE TEST BANK',
      fingerprint: fingerprintOf(method),
      last4: last4Of(method),
      payment_reference: null,
      routing_number: ROUTING_NUMBER,
    } satisfies Wire<Stripe.Charge.PaymentMethodDetails.UsBankAccount>;
    return { type: 'us_bank_account', us_bank_account: bank };
  }
  if (method.type === 'sepa_debit') {
    const debit = {
      bank_code: method.number.slice(4, 9),
      branch_code: '',
      country: countryOf(method),
      fingerprint: fingerprintOf(method),
      last4: last4Of(method),
      mandate: null,
    } satisfies Wire<Stripe.Charge.PaymentMethodDetails.SepaDebit>;
    return { type: 'sepa_debit', sepa_debit: debit };
  }
  return { type: 'card', card: cardDetails(charge, method) };
}

/** The refunds of a charge, which Stripe shows only when they are expanded: the newest ten. */
export function revealRefunds(world: World, owner: Json): object {
  const { id, refundIds } = requireCharge(world, typeof owner.id === 'string' ? owner.id : '');
  const newestFirst = refundIds.toReversed();
  return {
    object: 'list',
    data: newestFirst.slice(0, 10).map((refundId) => toStripeRefund(requireRefund(world, refundId))),
    has_more: newestFirst.length > 10,
    url: `/v1/charges/${id}/refunds`,
  };
}

export function toStripeCharge(world: World, charge: ChargeState) {
  const method = requirePaymentMethod(world, charge.paymentMethodId);
  const refundedMinor = givenBackMinor(world, charge.refundIds);
  return {
    id: charge.id,
    object: 'charge',
    amount: charge.amountMinor,
    amount_captured: charge.capturedMinor,
    amount_refunded: refundedMinor,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: charge.balanceTransactionId,
    billing_details: toStripeBillingDetails(method.billing),
    calculated_statement_descriptor:
      method.type === 'card' ? (charge.statementDescriptor ?? 'STRIPE SIMULATOR') : null,
    captured: charge.captured,
    created: charge.createdSec,
    currency: charge.currency,
    customer: charge.customerId,
    description: charge.description,
    disputed: charge.disputeIds.length > 0,
    failure_balance_transaction: charge.failureBalanceTransactionId,
    failure_code: charge.failure?.code ?? null,
    failure_message: charge.failure?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: charge.metadata,
    on_behalf_of: null,
    outcome: outcomeOf(charge),
    paid: charge.status === 'succeeded',
    payment_intent: charge.intentId,
    payment_method: charge.paymentMethodId,
    payment_method_details: methodDetails(charge, method),
    ...presentmentOf(charge.presentment),
    receipt_email: charge.receiptEmail,
    receipt_number: null,
    receipt_url: charge.status === 'succeeded' ? `${world.origin}${receiptPath(charge.id)}` : null,
    refunded: refundedMinor > 0 && refundedMinor >= charge.amountMinor,
    review: null,
    shipping: toStripePaymentShipping(charge.shipping),
    source: null,
    source_transfer: null,
    statement_descriptor: charge.statementDescriptor,
    statement_descriptor_suffix: null,
    status: charge.status,
    transfer_data: null,
    transfer_group: null,
  } satisfies Wire<Stripe.Charge>;
}
