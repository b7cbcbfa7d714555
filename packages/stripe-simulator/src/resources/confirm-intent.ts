import { emit } from '../events/emit.ts';
import { invalidRequest, StripeFault } from '../protocol/errors.ts';
import type { Job, World } from '../world.ts';
import { chargeFeeMinor, moveBalance } from './balance-transactions.ts';
import { type ChargeState, charges, requireCharge, toStripeCharge } from './charges.ts';
import { scheduleDispute } from './dispute-life.ts';
import { tellOwner } from './intent-owner.ts';
import {
  acceptedTypes,
  type PaymentErrorState,
  type PaymentIntentState,
  paymentIntents,
  requirePaymentIntent,
  toStripePaymentIntent,
  unexpectedState,
} from './payment-intents.ts';
import {
  attachPaymentMethod,
  type PaymentMethodState,
  paymentMethods,
  requirePaymentMethod,
  testMethodBehind,
  toStripePaymentMethod,
  usedUp,
} from './payment-methods.ts';
import { AUTHENTICATION_REQUIRED, type Decline } from './test-methods.ts';

/** How an intent is tried. */
export interface Attempt {
  /** Nobody is there to authenticate: a payment that needs it is declined. */
  offSession: boolean;
  /** Fails instead of asking for an action. */
  errorOnRequiresAction: boolean;
}

type IntentNews =
  | 'amount_capturable_updated'
  | 'canceled'
  | 'created'
  | 'payment_failed'
  | 'processing'
  | 'requires_action'
  | 'succeeded';

/** Emits an event of an intent, as it now stands. */
export function tellIntent(world: World, intent: PaymentIntentState, name: IntentNews): void {
  emit(world, {
    type: `payment_intent.${name}`,
    object: toStripePaymentIntent(world, intent),
    customerId: intent.customerId,
  });
}

/** Emits an event of a charge, as it now stands. */
export function tellCharge(
  world: World,
  charge: ChargeState,
  name: 'failed' | 'pending' | 'succeeded',
): void {
  emit(world, {
    type: `charge.${name}`,
    object: toStripeCharge(world, charge),
    customerId: charge.customerId,
  });
}

/**
 * Tries to pay an intent with its payment method. A payment that fails is no error here: the intent waits for
 * another method and carries `lastError`. Throws Stripe's 400 when intent or method are not in a state to pay.
 */
export function attemptPayment(
  world: World,
  intent: PaymentIntentState,
  attempt: Attempt,
): PaymentIntentState {
  const method = payableMethod(world, intent);
  if (method.type !== 'card') return beginDebit(world, intent, method);
  const { authentication } = testMethodBehind(method);
  const exempt = attempt.offSession && method.setUpOffSession;
  if (authentication === 'never' || (authentication === 'until_set_up' && exempt))
    return charge(world, intent, method, false);
  if (attempt.offSession) return decline(world, intent, method, AUTHENTICATION_REQUIRED);
  if (attempt.errorOnRequiresAction) {
    return fail(world, intent, {
      code: 'authentication_required',
      declineCode: 'authentication_not_handled',
      message:
        "This payment required an authentication action to complete, but `error_on_requires_action` was set. When you're ready, you can upgrade your integration to handle actions at https://stripe.com/docs/payments/payment-intents/upgrade-to-handle-actions.",
      chargeId: null,
      paymentMethod: method,
    });
  }
  const waiting = paymentIntents(world).put({ ...intent, status: 'requires_action', lastError: null });
  tellIntent(world, waiting, 'requires_action');
  return waiting;
}

function payableMethod(world: World, intent: PaymentIntentState): PaymentMethodState {
  const { status, paymentMethodId, customerId } = intent;
  if (
    status === 'succeeded' ||
    status === 'canceled' ||
    status === 'processing' ||
    status === 'requires_capture'
  ) {
    const reason =
      status === 'succeeded'
        ? 'it has already succeeded after being previously confirmed'
        : `it has a status of ${status}`;
    throw unexpectedState(world, intent, `You cannot confirm this PaymentIntent because ${reason}.`);
  }
  if (paymentMethodId === null) {
    throw unexpectedState(
      world,
      intent,
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    );
  }
  const method = requirePaymentMethod(world, paymentMethodId, 'payment_method');
  if (method.consumed) throw usedUp();
  if (method.customerId !== null && method.customerId !== customerId) {
    throw invalidRequest(
      customerId === null
        ? `The PaymentMethod ${method.id} belongs to the Customer ${method.customerId}. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`
        : `The customer does not have a payment method with the ID ${method.id}. The payment method must be attached to the customer.`,
      { code: 'resource_missing', param: 'payment_method' },
    );
  }
  if (!acceptedTypes(intent).includes(method.type)) {
    throw invalidRequest(
      `The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent. Please attach a PaymentMethod of one of the following types instead: ${acceptedTypes(intent).join(', ')}.`,
      { param: 'payment_method' },
    );
  }
  return method;
}

/** The answer to a confirmation that failed: Stripe's 402 with the intent as it now stands. */
export function paymentFault(world: World, intent: PaymentIntentState): StripeFault {
  const error = intent.lastError;
  if (error === null) throw new Error(`Payment intent ${intent.id} has not failed.`);
  return new StripeFault(error.message, {
    status: 402,
    type: 'card_error',
    code: error.code,
    details: {
      ...(error.chargeId === null ? {} : { charge: error.chargeId }),
      ...(error.declineCode === null ? {} : { decline_code: error.declineCode }),
      payment_intent: toStripePaymentIntent(world, intent),
      payment_method: toStripePaymentMethod(error.paymentMethod),
    },
  });
}

/** Goes on after the person authenticated, or failed to, on the simulator's page. */
export function finishAuthentication(
  world: World,
  intent: PaymentIntentState,
  authenticated: boolean,
): PaymentIntentState {
  if (intent.status !== 'requires_action') return intent;
  const method = payableMethod(world, intent);
  const done = authenticated
    ? charge(world, intent, method, true)
    : fail(world, intent, {
        code: 'payment_intent_authentication_failure',
        declineCode: null,
        message:
          'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
        chargeId: null,
        paymentMethod: method,
      });
  return done;
}

function newCharge(
  world: World,
  intent: PaymentIntentState,
  method: PaymentMethodState,
  more: Pick<ChargeState, 'authenticated' | 'captured' | 'failure' | 'status'>,
): ChargeState {
  return charges(world).put({
    ...more,
    id: world.ids.next(method.type === 'card' ? 'ch_' : 'py_'),
    createdSec: world.ownNowSec(),
    amountMinor: intent.amountMinor,
    capturedMinor: more.captured ? intent.amountMinor : 0,
    currency: intent.currency,
    customerId: intent.customerId,
    intentId: intent.id,
    paymentMethodId: method.id,
    description: intent.description,
    receiptEmail: intent.receiptEmail,
    shipping: intent.shipping,
    statementDescriptor: intent.statementDescriptor,
    metadata: intent.metadata,
    balanceTransactionId: null,
    failureBalanceTransactionId: null,
    refundIds: [],
    disputeIds: [],
    presentment: intent.presentment,
  });
}

function charge(
  world: World,
  intent: PaymentIntentState,
  method: PaymentMethodState,
  authenticated: boolean,
): PaymentIntentState {
  const reason = testMethodBehind(method).decline;
  if (reason !== null) return decline(world, intent, method, reason);
  const captured = intent.captureMethod !== 'manual';
  const made = newCharge(world, intent, method, {
    authenticated,
    captured,
    failure: null,
    status: 'succeeded',
  });
  const booked = captured ? bookCharge(world, made) : made;
  tellCharge(world, booked, 'succeeded');
  keepMethod(world, intent, method);
  return arrive(world, { ...intent, latestChargeId: booked.id }, captured ? 'succeeded' : 'requires_capture');
}

/** Enters a charge into the account's balance. */
export function bookCharge(world: World, made: ChargeState): ChargeState {
  const { id } = moveBalance(world, {
    type: made.id.startsWith('py_') ? 'payment' : 'charge',
    reportingCategory: 'charge',
    amountMinor: made.capturedMinor,
    feeMinor: chargeFeeMinor(made.capturedMinor),
    currency: made.currency,
    description: made.description,
    sourceId: made.id,
  });
  return charges(world).put({ ...made, balanceTransactionId: id });
}

/** The intent has its money (or its reservation): tells so, and lets a test card's dispute come. */
export function arrive(
  world: World,
  intent: PaymentIntentState,
  status: 'requires_capture' | 'succeeded',
): PaymentIntentState {
  const done = paymentIntents(world).put({ ...intent, status, lastError: null });
  tellIntent(world, done, status === 'succeeded' ? 'succeeded' : 'amount_capturable_updated');
  const { latestChargeId } = done;
  if (status === 'succeeded' && latestChargeId !== null) {
    const method = requirePaymentMethod(world, requireCharge(world, latestChargeId).paymentMethodId);
    if (testMethodBehind(method).dispute !== null) scheduleDispute(world, latestChargeId);
  }
  return done;
}

/** Saves the method for later when that was asked for; otherwise a method of nobody is used up. */
function keepMethod(world: World, intent: PaymentIntentState, method: PaymentMethodState): void {
  const { setupFutureUsage, customerId } = intent;
  if (setupFutureUsage !== null && customerId !== null) {
    const attached = attachPaymentMethod(world, method, customerId);
    if (setupFutureUsage === 'off_session') paymentMethods(world).put({ ...attached, setUpOffSession: true });
  } else if (method.customerId === null) paymentMethods(world).put({ ...method, consumed: true });
}

function decline(
  world: World,
  intent: PaymentIntentState,
  method: PaymentMethodState,
  reason: Decline,
): PaymentIntentState {
  const failed = newCharge(world, intent, method, {
    authenticated: false,
    captured: false,
    failure: reason,
    status: 'failed',
  });
  tellCharge(world, failed, 'failed');
  return fail(
    world,
    { ...intent, latestChargeId: failed.id },
    { ...reason, chargeId: failed.id, paymentMethod: method },
  );
}

function fail(world: World, intent: PaymentIntentState, error: PaymentErrorState): PaymentIntentState {
  const failed = paymentIntents(world).put({
    ...intent,
    status: 'requires_payment_method',
    paymentMethodId: null,
    lastError: error,
  });
  tellIntent(world, failed, 'payment_failed');
  return failed;
}

function beginDebit(
  world: World,
  intent: PaymentIntentState,
  method: PaymentMethodState,
): PaymentIntentState {
  const pending = newCharge(world, intent, method, {
    authenticated: false,
    captured: true,
    failure: null,
    status: 'pending',
  });
  tellCharge(world, pending, 'pending');
  keepMethod(world, intent, method);
  const processing = paymentIntents(world).put({
    ...intent,
    status: 'processing',
    latestChargeId: pending.id,
    lastError: null,
  });
  tellIntent(world, processing, 'processing');
  world.scheduleOwnMs(
    world.ownNowMs() + world.assumptions.bankDebitSettlesAfterMs,
    settleDebitJob,
    processing.id,
  );
  return processing;
}

const settleDebitJob: Job = {
  name: 'payment_intent.settle_debit',
  run(world, id) {
    const intent = requirePaymentIntent(world, id);
    if (intent.status !== 'processing' || intent.latestChargeId === null) return;
    const pending = requireCharge(world, intent.latestChargeId);
    const method = requirePaymentMethod(world, pending.paymentMethodId);
    const reason = testMethodBehind(method).decline;
    if (reason === null) {
      const booked = bookCharge(world, charges(world).put({ ...pending, status: 'succeeded' }));
      tellCharge(world, booked, 'succeeded');
      tellOwner(world, arrive(world, intent, 'succeeded'), true);
      return;
    }
    const failed = charges(world).put({
      ...pending,
      status: 'failed',
      captured: false,
      capturedMinor: 0,
      failure: reason,
    });
    tellCharge(world, failed, 'failed');
    const error = { ...reason, declineCode: null, chargeId: failed.id, paymentMethod: method };
    tellOwner(world, fail(world, intent, error), false);
  },
};
