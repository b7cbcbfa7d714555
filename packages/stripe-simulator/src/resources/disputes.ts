import type Stripe from 'stripe';
import { resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { requireBalanceTransaction, toStripeBalanceTransaction } from './balance-transactions.ts';
import type { DisputeKind } from './test-methods.ts';

/** Text evidence; files are not simulated. */
export const EVIDENCE_FIELDS = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_tracking_number',
  'uncategorized_text',
] as const;
export type EvidenceField = (typeof EVIDENCE_FIELDS)[number];
export type EvidenceState = Partial<Record<EvidenceField, string>>;

export type DisputeStatus =
  | 'lost'
  | 'needs_response'
  | 'prevented'
  | 'under_review'
  | 'warning_closed'
  | 'warning_needs_response'
  | 'warning_under_review'
  | 'won';

export interface DisputeState {
  id: string;
  createdSec: number;
  chargeId: string;
  intentId: string | null;
  customerId: string | null;
  amountMinor: number;
  currency: string;
  kind: DisputeKind;
  /** The card's brand, or null for a bank debit. */
  brand: string | null;
  /** False while it is only an inquiry, and for one that was prevented. */
  chargeback: boolean;
  status: DisputeStatus;
  evidence: EvidenceState;
  dueBySec: number;
  submissions: number;
  /** The movements of money: withdrawn at the opening, reinstated when won. */
  balanceTransactionIds: string[];
  metadata: Record<string, string>;
}

export const disputes = defineTable<DisputeState>();
export function requireDispute(world: World, id: string): DisputeState {
  const dispute = disputes(world).get(id);
  if (dispute === undefined) throw resourceMissing('dispute', id);
  return dispute;
}

/** Whether nothing can change any more. */
export function isClosed({ status }: DisputeState): boolean {
  return status === 'lost' || status === 'prevented' || status === 'warning_closed' || status === 'won';
}

function evidenceOf(evidence: EvidenceState) {
  const text = (field: EvidenceField): string | null => evidence[field] ?? null;
  return {
    access_activity_log: text('access_activity_log'),
    billing_address: text('billing_address'),
    cancellation_policy: null,
    cancellation_policy_disclosure: text('cancellation_policy_disclosure'),
    cancellation_rebuttal: text('cancellation_rebuttal'),
    customer_communication: null,
    customer_email_address: text('customer_email_address'),
    customer_name: text('customer_name'),
    customer_purchase_ip: text('customer_purchase_ip'),
    customer_signature: null,
    duplicate_charge_documentation: null,
    duplicate_charge_explanation: text('duplicate_charge_explanation'),
    duplicate_charge_id: text('duplicate_charge_id'),
    enhanced_evidence: {},
    product_description: text('product_description'),
    receipt: null,
    refund_policy: null,
    refund_policy_disclosure: text('refund_policy_disclosure'),
    refund_refusal_explanation: text('refund_refusal_explanation'),
    service_date: text('service_date'),
    service_documentation: null,
    shipping_address: text('shipping_address'),
    shipping_carrier: text('shipping_carrier'),
    shipping_date: text('shipping_date'),
    shipping_documentation: null,
    shipping_tracking_number: text('shipping_tracking_number'),
    uncategorized_file: null,
    uncategorized_text: text('uncategorized_text'),
  } satisfies Wire<Stripe.Dispute.Evidence>;
}

function caseTypeOf({ chargeback, kind }: DisputeState) {
  if (chargeback) return 'chargeback';
  return kind === 'prevented' ? 'block' : 'inquiry';
}

export function toStripeDispute(world: World, dispute: DisputeState) {
  const networkReasonCode = dispute.kind === 'product_not_received' ? '13.1' : '10.4';
  return {
    id: dispute.id,
    object: 'dispute',
    amount: dispute.amountMinor,
    balance_transactions: dispute.balanceTransactionIds.map((id) =>
      toStripeBalanceTransaction(world, requireBalanceTransaction(world, id)),
    ),
    charge: dispute.chargeId,
    created: dispute.createdSec,
    currency: dispute.currency,
    enhanced_eligibility_types: [],
    evidence: evidenceOf(dispute.evidence),
    evidence_details: {
      due_by: isClosed(dispute) ? null : dispute.dueBySec,
      enhanced_eligibility: {},
      has_evidence: Object.keys(dispute.evidence).length > 0,
      past_due: world.ownNowSec() > dispute.dueBySec && dispute.submissions === 0,
      submission_count: dispute.submissions,
      submission_method: dispute.submissions === 0 ? 'not_submitted' : 'manual',
    },
    intended_submission_method: null,
    is_charge_refundable: !dispute.chargeback && dispute.status !== 'warning_closed',
    livemode: false,
    metadata: dispute.metadata,
    ...(dispute.brand === null
      ? {}
      : {
          network_reason_code: networkReasonCode,
          payment_method_details: {
            card: {
              brand: dispute.brand,
              case_type: caseTypeOf(dispute),
              network: dispute.brand,
              network_reason_code: networkReasonCode,
            },
            type: 'card',
          },
        }),
    payment_intent: dispute.intentId,
    reason: dispute.kind === 'product_not_received' ? 'product_not_received' : 'fraudulent',
    status: dispute.status,
  } satisfies Wire<Stripe.Dispute>;
}
