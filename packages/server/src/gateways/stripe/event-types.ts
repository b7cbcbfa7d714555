import type Stripe from 'stripe';

/**
 * The snapshot events that the kit asks for: all that can change a payment, a balance, an invoice or a subscription.
 * Never `invoice.created`: Stripe holds an invoice's finalisation back for up to 72 hours until every subscriber of
 * that event has answered (`Invoice.webhooks_delivered_at`), so that a kit that is down would delay its host's bills.
 */
export const snapshotTypes = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'customer.updated',
  'customer.deleted',
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'customer.subscription.paused',
  'customer.subscription.resumed',
  'invoice.finalized',
  'invoice.finalization_failed',
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.payment_action_required',
  'invoice.voided',
  'invoice.updated',
  'invoice.deleted',
  'invoice.marked_uncollectible',
  'invoice.overdue',
  'invoice.overpaid',
  'credit_note.created',
  'credit_note.updated',
  'credit_note.voided',
  'billing.credit_grant.created',
  'billing.credit_grant.updated',
  'billing.credit_balance_transaction.created',
  'billing.meter.created',
  'billing.meter.updated',
  'billing.meter.deactivated',
  'billing.meter.reactivated',
] as const satisfies readonly Stripe.Event.Type[];

/** The thin events that the kit asks for: those that have no snapshot. */
export const thinTypes = [
  'v1.billing.meter.error_report_triggered',
  'v1.billing.meter.no_meter_found',
] as const satisfies readonly Stripe.V2.Core.Event['type'][];
