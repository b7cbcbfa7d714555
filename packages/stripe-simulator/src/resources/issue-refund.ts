import { formatAmount } from '../billing/money.ts';
import { emit, emitUpdate } from '../events/emit.ts';
import { invalidRequest } from '../protocol/errors.ts';
import type { Job, World } from '../world.ts';
import { moveBalance } from './balance-transactions.ts';
import { type ChargeState, charges, requireCharge, toStripeCharge } from './charges.ts';
import { closeRefundedInquiry } from './dispute-life.ts';
import { requireDispute } from './disputes.ts';
import { requirePaymentMethod, testMethodBehind } from './payment-methods.ts';
import { partOf } from './presentment.ts';
import { givenBackMinor, type RefundState, refunds, toStripeRefund } from './refunds.ts';

export interface RefundPlan {
  /** Everything that is left when left out. */
  amountMinor?: number | undefined;
  reason: RefundState['reason'];
  metadata: Record<string, string>;
}

/** What can still be given back of a charge. */
export function refundableMinor(world: World, charge: ChargeState): number {
  const heldMinor = charge.captured ? charge.capturedMinor : charge.amountMinor;
  return heldMinor - givenBackMinor(world, charge.refundIds);
}

/**
 * Gives money back. Cards refund at once, bank debits and the test card for it after a while; a refund that fails
 * does so later. Throws Stripe's 400 when nothing (or not enough) is left, or when a bank has taken the money back.
 */
export function issueRefund(world: World, charge: ChargeState, plan: RefundPlan): RefundState {
  refuseUnrefundable(world, charge, plan.amountMinor);
  const method = requirePaymentMethod(world, charge.paymentMethodId);
  const { refund: course } = testMethodBehind(method);
  const chargeBefore = toStripeCharge(world, charge);
  const pends = course === 'pending_first' || method.type !== 'card';
  const amountMinor = plan.amountMinor ?? refundableMinor(world, charge);
  const made = refunds(world).put({
    id: world.ids.next(method.type === 'card' ? 're_' : 'pyr_'),
    createdSec: world.ownNowSec(),
    chargeId: charge.id,
    intentId: charge.intentId,
    customerId: charge.customerId,
    paymentMethodId: method.id,
    methodType: method.type,
    amountMinor,
    presentment: partOf(charge.presentment, amountMinor, charge.amountMinor),
    currency: charge.currency,
    reason: plan.reason,
    status: pends ? 'pending' : 'succeeded',
    failureReason: null,
    releases: !charge.captured,
    balanceTransactionId: null,
    failureBalanceTransactionId: null,
    metadata: plan.metadata,
  });
  const refund = charge.captured ? book(world, made) : made;
  const refunded = charges(world).put({ ...charge, refundIds: [...charge.refundIds, refund.id] });
  emit(world, { type: 'refund.created', object: toStripeRefund(refund), customerId: refund.customerId });
  emitUpdate(world, {
    type: 'charge.refunded',
    before: chargeBefore,
    after: toStripeCharge(world, refunded),
    customerId: refund.customerId,
  });
  if (pends || course === 'fails_later')
    world.scheduleOwnMs(world.ownNowMs() + world.assumptions.refundSettlesAfterMs, settleJob, refund.id);
  if (refundableMinor(world, refunded) === 0)
    for (const id of refunded.disputeIds) closeRefundedInquiry(world, id);
  return refund;
}

function refuseUnrefundable(world: World, charge: ChargeState, amountMinor: number | undefined): void {
  if (charge.status === 'failed') {
    throw invalidRequest(`Charge ${charge.id} failed, so it cannot be refunded.`, { param: 'charge' });
  }
  if (charge.status === 'pending') {
    throw invalidRequest(`Charge ${charge.id} is still pending, so it cannot be refunded yet.`, {
      code: 'charge_not_refundable',
      param: 'charge',
    });
  }
  if (charge.disputeIds.some((id) => requireDispute(world, id).chargeback)) {
    throw invalidRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    });
  }
  const leftMinor = refundableMinor(world, charge);
  if (leftMinor === 0) {
    throw invalidRequest(`Charge ${charge.id} has already been refunded.`, {
      code: 'charge_already_refunded',
    });
  }
  if (amountMinor !== undefined && amountMinor > leftMinor) {
    const money = (minor: number): string => formatAmount(minor, charge.currency);
    const whole = charge.refundIds.length === 0;
    throw invalidRequest(
      `Refund amount (${money(amountMinor)}) is greater than ${whole ? '' : 'unrefunded amount on '}charge${whole ? ' amount' : ''} (${money(leftMinor)})`,
      { param: 'amount' },
    );
  }
}

function book(world: World, refund: RefundState): RefundState {
  const { id } = moveBalance(world, {
    type: refund.methodType === 'card' ? 'refund' : 'payment_refund',
    reportingCategory: 'refund',
    amountMinor: -refund.amountMinor,
    feeMinor: 0,
    currency: refund.currency,
    description: 'REFUND FOR CHARGE',
    sourceId: refund.id,
  });
  return refunds(world).put({ ...refund, balanceTransactionId: id });
}

/** Keeps a change and tells of it, as Stripe does under two names. */
export function changeRefund(world: World, refund: RefundState, changes: Partial<RefundState>): RefundState {
  const before = toStripeRefund(refund);
  const after = refunds(world).put({ ...refund, ...changes });
  const object = toStripeRefund(after);
  for (const type of ['refund.updated', 'charge.refund.updated'] as const)
    emitUpdate(world, { type, before, after: object, customerId: after.customerId });
  return after;
}

const settleJob: Job = {
  name: 'refund.settle',
  run(world, id) {
    const refund = refunds(world).get(id);
    if (refund === undefined || refund.status === 'canceled' || refund.status === 'failed') return;
    const method = requirePaymentMethod(world, requireCharge(world, refund.chargeId).paymentMethodId);
    if (testMethodBehind(method).refund === 'fails_later') failRefund(world, refund);
    else if (refund.status === 'pending') changeRefund(world, refund, { status: 'succeeded' });
  },
};

/** A bank sends a refund back: the money is on the charge again. Throws in words for one that has ended otherwise. */
export function failRefund(world: World, refund: RefundState): RefundState {
  if (refund.status !== 'pending' && refund.status !== 'succeeded')
    throw new RangeError(`The refund ${refund.id} is already ${refund.status}.`);
  const failed = takeBack(world, refund, { status: 'failed', failureReason: 'unknown' });
  emit(world, { type: 'refund.failed', object: toStripeRefund(failed), customerId: failed.customerId });
  return failed;
}

/** Ends a refund that does not happen: the money is on the charge again. */
function takeBack(world: World, refund: RefundState, changes: Partial<RefundState>): RefundState {
  if (refund.balanceTransactionId === null) return changeRefund(world, refund, changes);
  const { id } = moveBalance(world, {
    type: 'refund_failure',
    reportingCategory: 'refund_failure',
    amountMinor: refund.amountMinor,
    feeMinor: 0,
    currency: refund.currency,
    description: 'REFUND FAILURE',
    sourceId: refund.id,
  });
  return changeRefund(world, refund, { ...changes, failureBalanceTransactionId: id });
}

/** Stops a refund that is still pending. */
export function cancelRefund(world: World, refund: RefundState): RefundState {
  if (refund.status !== 'pending') {
    throw invalidRequest(`Only pending refunds can be canceled; this refund is ${refund.status}.`);
  }
  return takeBack(world, refund, { status: 'canceled' });
}
