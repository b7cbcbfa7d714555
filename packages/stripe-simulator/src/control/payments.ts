import { charges } from '../resources/charges.ts';
import { applyPromotionCode } from '../resources/checkout-discounts.ts';
import { paySession } from '../resources/checkout-life.ts';
import { checkoutSessions, type SessionState } from '../resources/checkout-sessions.ts';
import { finishAuthentication } from '../resources/confirm-intent.ts';
import { decideDispute, disputableMinor, openDispute, type Verdict } from '../resources/dispute-life.ts';
import { type DisputeStatus, disputes } from '../resources/disputes.ts';
import { tellOwner } from '../resources/intent-owner.ts';
import { failRefund } from '../resources/issue-refund.ts';
import { type IntentStatus, paymentIntents } from '../resources/payment-intents.ts';
import { paymentMethods, usePaymentMethod } from '../resources/payment-methods.ts';
import { refunds } from '../resources/refunds.ts';
import { type DisputeKind, testMethodNamed } from '../resources/test-methods.ts';
import type { World } from '../world.ts';

/** How a payer pays a Checkout Session. */
export interface SessionPayer {
  /** A test method's name (`pm_card_visa`, the default) or the id of a payment method. */
  method?: string;
  /** Whether the payer wants the method saved for later. */
  save?: boolean;
  /** What the payer types as a promotion code. */
  promotionCode?: string;
  /** The currency that the payer chooses; the session's own when left out. */
  currency?: string;
}

/** What became of a try to pay a Checkout Session. */
export interface PaidSession {
  status: SessionState['status'];
  paymentStatus: SessionState['paymentStatus'];
  /** Null when there was nothing to pay. */
  paymentIntent: string | null;
  intentStatus: IntentStatus | null;
  /** Stripe's code of the failure, if it failed. */
  failureCode: string | null;
}

/** What payers and banks do, at will. All of these throw in words for an id that is unknown or a state that does not fit. */
export interface Payments {
  /** Pays a Checkout Session, hosted or embedded, as its page would; a decline is told, not thrown. */
  paySession(sessionId: string, payer?: SessionPayer): PaidSession;
  /** The payer authenticates a payment that waits for it, or fails to. */
  authenticate(paymentIntentId: string, succeeds?: boolean): { status: IntentStatus };
  /**
   * From now on payments with this method end as those of a test method (`pm_card_chargeDeclinedInsufficientFunds`):
   * so a saved card can fail later for any reason. `null` takes that back.
   */
  actAs(paymentMethodId: string, testMethod: string | null): void;
  /** Opens a dispute of a charge (or of a payment intent's): of all that is left of it, or of a part. */
  openDispute(
    chargeOrIntentId: string,
    options?: { kind?: DisputeKind; amountMinor?: number },
  ): { id: string; status: DisputeStatus };
  /** Ends a dispute: `won`, `lost`, or `escalated` for an inquiry, which losing does too. */
  decideDispute(disputeId: string, verdict: Verdict): { id: string; status: DisputeStatus };
  /** A bank sends a refund back, also one that had succeeded. */
  failRefund(refundId: string): { id: string; status: string };
}

/** `settle` brings the world to the present before each switch, `afterwards` is called when it was thrown. */
export function createPayments({
  world,
  settle,
  afterwards,
}: {
  world: World;
  settle: () => void;
  afterwards: () => void;
}): Payments {
  const act = <T>(work: () => T): T => {
    settle();
    try {
      return world.transition(work);
    } finally {
      afterwards();
    }
  };
  return {
    paySession: (id, payer = {}) => act(() => payAs(world, id, payer)),
    authenticate: (id, succeeds = true) => act(() => authenticate(world, id, succeeds)),
    actAs: (id, testMethod) =>
      act(() => {
        const method = found(paymentMethods(world).get(id), 'payment method', id);
        const acted =
          testMethod === null ? null : found(testMethodNamed(testMethod), 'test method', testMethod);
        paymentMethods(world).put({ ...method, actsAs: acted?.number ?? null });
      }),
    openDispute: (id, { kind = 'fraudulent', amountMinor } = {}) =>
      act(() => {
        const intent = paymentIntents(world).get(id);
        const charge = found(charges(world).get(intent?.latestChargeId ?? id), 'charge', id);
        const mostMinor = charge.status === 'succeeded' ? disputableMinor(world, charge) : 0;
        const amount = amountMinor ?? mostMinor;
        if (!Number.isSafeInteger(amount) || amount < 1 || amount > mostMinor) {
          throw new RangeError(`Of ${charge.id} between 1 and ${mostMinor} can be disputed, not ${amount}.`);
        }
        const { id: disputeId, status } = openDispute(world, charge, { kind, amountMinor: amount });
        return { id: disputeId, status };
      }),
    decideDispute: (id, verdict) =>
      act(() => {
        const { status } = decideDispute(world, found(disputes(world).get(id), 'dispute', id), verdict);
        return { id, status };
      }),
    failRefund: (id) =>
      act(() => {
        const { status } = failRefund(world, found(refunds(world).get(id), 'refund', id));
        return { id, status };
      }),
  };
}

function found<T>(row: T | undefined, noun: string, id: string): T {
  if (row === undefined) throw new RangeError(`There is no ${noun} '${id}'.`);
  return row;
}

function payAs(world: World, id: string, payer: SessionPayer): PaidSession {
  const open = found(checkoutSessions(world).get(id), 'Checkout Session', id);
  const { promotionCode, method = 'pm_card_visa', save = false, currency } = payer;
  const session = promotionCode === undefined ? open : applyPromotionCode(world, open, promotionCode);
  const paid = paySession(world, session, {
    method: () => usePaymentMethod(world, method),
    saves: save,
    currency,
  });
  return {
    status: paid.session.status,
    paymentStatus: paid.session.paymentStatus,
    paymentIntent: paid.intent?.id ?? null,
    intentStatus: paid.intent?.status ?? null,
    failureCode: paid.intent?.lastError?.code ?? null,
  };
}

function authenticate(world: World, id: string, succeeds: boolean): { status: IntentStatus } {
  const intent = found(paymentIntents(world).get(id), 'payment intent', id);
  if (intent.status !== 'requires_action')
    throw new RangeError(`The payment intent ${id} waits for no authentication: it is ${intent.status}.`);
  const done = finishAuthentication(world, intent, succeeds);
  tellOwner(world, done, done.status === 'succeeded');
  return { status: done.status };
}
