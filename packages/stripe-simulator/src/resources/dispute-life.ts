import { emit, emitUpdate } from '../events/emit.ts';
import { invalidRequest } from '../protocol/errors.ts';
import type { Job, World } from '../world.ts';
import { moveBalance } from './balance-transactions.ts';
import { type ChargeState, charges, requireCharge } from './charges.ts';
import {
  type DisputeState,
  type DisputeStatus,
  disputes,
  type EvidenceState,
  isClosed,
  toStripeDispute,
} from './disputes.ts';
import { requirePaymentMethod, testMethodBehind } from './payment-methods.ts';
import { givenBackMinor } from './refunds.ts';
import type { DisputeKind } from './test-methods.ts';

/** What Stripe takes for a dispute, in minor units. */
const DISPUTE_FEE_MINOR = 1_500;
/** How long the merchant has to answer. */
const RESPONSE_WINDOW_SEC = 9 * 86_400;
/** How long a bank looks at evidence that is none of Stripe's test words; then the dispute is lost (assumption). */
const REVIEW_SEC = 75 * 86_400;
/** An inquiry that never escalates is closed after this time. */
const INQUIRY_SEC = 120 * 86_400;

function tell(
  world: World,
  dispute: DisputeState,
  name: 'closed' | 'created' | 'funds_reinstated' | 'funds_withdrawn',
): void {
  emit(world, {
    type: `charge.dispute.${name}`,
    object: toStripeDispute(world, dispute),
    customerId: dispute.customerId,
  });
}

/** Keeps a change and tells of it as `charge.dispute.updated`. */
function change(world: World, dispute: DisputeState, changes: Partial<DisputeState>): DisputeState {
  const before = toStripeDispute(world, dispute);
  const after = disputes(world).put({ ...dispute, ...changes });
  emitUpdate(world, {
    type: 'charge.dispute.updated',
    before,
    after: toStripeDispute(world, after),
    customerId: after.customerId,
  });
  return after;
}

/** Puts the dispute of a test card's charge on the agenda. */
export function scheduleDispute(world: World, chargeId: string): void {
  world.scheduleOwnMs(world.ownNowMs() + world.assumptions.disputeOpensAfterMs, openJob, chargeId);
}

const openJob: Job = {
  name: 'dispute.open',
  run(world, chargeId) {
    const charge = charges(world).get(chargeId);
    if (charge?.status !== 'succeeded' || charge.disputeIds.length > 0) return;
    const { dispute: kind } = testMethodBehind(requirePaymentMethod(world, charge.paymentMethodId));
    const amountMinor = disputableMinor(world, charge);
    if (kind !== null && amountMinor > 0) openDispute(world, charge, { kind, amountMinor });
  },
};

/**
 * Opens a dispute of a charge, or of a part of it. A chargeback takes the money at once; an inquiry takes none before
 * it escalates, and a prevented dispute none at all: it is closed as soon as it is created (assumption).
 */
export function openDispute(
  world: World,
  charge: ChargeState,
  { kind, amountMinor }: { kind: DisputeKind; amountMinor: number },
): DisputeState {
  const method = requirePaymentMethod(world, charge.paymentMethodId);
  const nowSec = world.ownNowSec();
  const dispute = disputes(world).put({
    id: world.ids.next('dp_'),
    createdSec: nowSec,
    chargeId: charge.id,
    intentId: charge.intentId,
    customerId: charge.customerId,
    amountMinor,
    currency: charge.currency,
    kind,
    brand: method.type === 'card' ? testMethodBehind(method).brand : null,
    chargeback: kind !== 'inquiry' && kind !== 'prevented',
    status: FIRST_STATUS[kind],
    evidence: {},
    dueBySec: nowSec + RESPONSE_WINDOW_SEC,
    submissions: 0,
    balanceTransactionIds: [],
    metadata: {},
  });
  charges(world).put({ ...charge, disputeIds: [...charge.disputeIds, dispute.id] });
  if (dispute.chargeback) {
    const withdrawn = move(world, dispute, -dispute.amountMinor);
    world.scheduleFor(null, dispute.dueBySec, deadlineJob, dispute.id);
    tell(world, withdrawn, 'created');
    tell(world, withdrawn, 'funds_withdrawn');
    return withdrawn;
  }
  tell(world, dispute, 'created');
  if (kind === 'prevented') tell(world, dispute, 'closed');
  else world.scheduleFor(null, nowSec + INQUIRY_SEC, expireInquiryJob, dispute.id);
  return dispute;
}

const FIRST_STATUS: Readonly<Record<DisputeKind, DisputeStatus>> = {
  fraudulent: 'needs_response',
  inquiry: 'warning_needs_response',
  prevented: 'prevented',
  product_not_received: 'needs_response',
};

/** What can still be disputed of a charge: neither given back nor in another chargeback that was not won (assumption). */
export function disputableMinor(world: World, charge: ChargeState): number {
  const takenMinor = charge.disputeIds
    .flatMap((id) => disputes(world).get(id) ?? [])
    .filter(({ chargeback, status }) => chargeback && status !== 'won')
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  return charge.capturedMinor - givenBackMinor(world, charge.refundIds) - takenMinor;
}

/** How a bank ends a dispute that is open: for the merchant, against them, or an inquiry that becomes a chargeback. */
export type Verdict = 'escalated' | 'lost' | 'won';

/** Ends an open dispute, or escalates an inquiry. Throws in words for a verdict that does not fit its state. */
export function decideDispute(world: World, dispute: DisputeState, verdict: Verdict): DisputeState {
  if (isClosed(dispute)) throw new RangeError(`The dispute ${dispute.id} is already ${dispute.status}.`);
  if (dispute.chargeback) {
    if (verdict === 'escalated') throw new RangeError(`The dispute ${dispute.id} is no inquiry.`);
    return finish(world, dispute, verdict);
  }
  return verdict === 'won' ? finish(world, dispute, 'warning_closed') : escalate(world, dispute);
}

/** Moves the disputed money out of the account, or back into it; the fee moves with it. */
function move(world: World, dispute: DisputeState, amountMinor: number): DisputeState {
  const { id } = moveBalance(world, {
    type: 'adjustment',
    reportingCategory: amountMinor < 0 ? 'dispute' : 'dispute_reversal',
    amountMinor,
    feeMinor: amountMinor < 0 ? DISPUTE_FEE_MINOR : -DISPUTE_FEE_MINOR,
    currency: dispute.currency,
    description: `Chargeback ${amountMinor < 0 ? 'withdrawal' : 'reversal'} for ${dispute.chargeId}`,
    sourceId: dispute.id,
  });
  return disputes(world).put({
    ...dispute,
    balanceTransactionIds: [...dispute.balanceTransactionIds, id],
  });
}

/** Changes the evidence of an open dispute, and hands it to the bank when `submit` says so. */
export function respondToDispute(
  world: World,
  dispute: DisputeState,
  answer: { evidence: EvidenceState; submit: boolean; metadata: Record<string, string> },
): DisputeState {
  const { evidence, submit, metadata } = answer;
  const changesEvidence = Object.keys(evidence).length > 0;
  if ((changesEvidence || submit) && !isAnswerable(dispute)) {
    throw invalidRequest(
      `This dispute has a status of ${dispute.status}; its evidence can no longer be changed.`,
      { param: 'evidence' },
    );
  }
  const merged = { ...dispute.evidence, ...evidence };
  if (!submit || !changesEvidence) return change(world, dispute, { evidence: merged, metadata });
  const submitted = change(world, dispute, {
    evidence: merged,
    metadata,
    submissions: dispute.submissions + 1,
    status: dispute.chargeback ? 'under_review' : 'warning_under_review',
  });
  const decides = verdictOf(submitted) !== null;
  world.scheduleOwnMs(
    world.ownNowMs() + (decides ? world.assumptions.disputeDecidedAfterMs : REVIEW_SEC * 1_000),
    decideJob,
    submitted.id,
  );
  return submitted;
}

function isAnswerable({ status }: DisputeState): boolean {
  return status === 'needs_response' || status === 'warning_needs_response';
}

function verdictOf({ evidence }: DisputeState): Verdict | null {
  const text = evidence.uncategorized_text;
  if (text === 'winning_evidence') return 'won';
  if (text === 'losing_evidence') return 'lost';
  return text === 'escalate_inquiry_evidence' ? 'escalated' : null;
}

const decideJob: Job = {
  name: 'dispute.decide',
  run(world, id) {
    const dispute = disputes(world).get(id);
    if (dispute?.status !== 'under_review' && dispute?.status !== 'warning_under_review') return;
    const verdict = verdictOf(dispute) ?? 'lost';
    decideDispute(world, dispute, dispute.chargeback && verdict === 'escalated' ? 'lost' : verdict);
  },
};

/** An inquiry becomes a chargeback: the money goes, and the merchant has to answer again. */
function escalate(world: World, inquiry: DisputeState): DisputeState {
  const dueBySec = world.ownNowSec() + RESPONSE_WINDOW_SEC;
  const leftMinor = disputableMinor(world, requireCharge(world, inquiry.chargeId));
  const amountMinor = Math.min(inquiry.amountMinor, leftMinor);
  const withdrawn = move(world, inquiry, -amountMinor);
  const dispute = change(world, withdrawn, {
    amountMinor,
    chargeback: true,
    status: 'needs_response',
    evidence: {},
    submissions: 0,
    dueBySec,
  });
  world.scheduleFor(null, dueBySec, deadlineJob, dispute.id);
  tell(world, dispute, 'funds_withdrawn');
  return dispute;
}

/** Ends a dispute. When it is won the money comes back, and both `funds_reinstated` and `closed` are told. */
function finish(
  world: World,
  dispute: DisputeState,
  status: 'lost' | 'warning_closed' | 'won',
): DisputeState {
  const moved = status === 'won' ? move(world, dispute, dispute.amountMinor) : dispute;
  const closed = disputes(world).put({ ...moved, status });
  if (status === 'won') tell(world, closed, 'funds_reinstated');
  tell(world, closed, 'closed');
  return closed;
}

const deadlineJob: Job = {
  name: 'dispute.deadline',
  run(world, id) {
    const dispute = disputes(world).get(id);
    if (dispute?.status === 'needs_response' && dispute.dueBySec <= world.ownNowSec())
      finish(world, dispute, 'lost');
  },
};

const expireInquiryJob: Job = {
  name: 'dispute.expire_inquiry',
  run(world, id) {
    const dispute = disputes(world).get(id);
    if (dispute !== undefined && !dispute.chargeback && !isClosed(dispute))
      finish(world, dispute, 'warning_closed');
  },
};

/** Accepts an open dispute: it is lost for good. */
export function closeDispute(world: World, dispute: DisputeState): DisputeState {
  if (isClosed(dispute)) throw invalidRequest('This dispute is already closed.');
  return finish(world, dispute, dispute.chargeback ? 'lost' : 'warning_closed');
}

/** Ends an inquiry whose charge was refunded in full. */
export function closeRefundedInquiry(world: World, disputeId: string): void {
  const dispute = disputes(world).get(disputeId);
  if (dispute !== undefined && !dispute.chargeback && !isClosed(dispute))
    finish(world, dispute, 'warning_closed');
}
