import { emit } from '../events/emit.ts';
import { invalidRequest } from '../protocol/errors.ts';
import type { Job, World } from '../world.ts';
import { cancelIntent } from './cancel-intent.ts';
import { checkoutSessions, type SessionState, sessionTotal, sessionTypes } from './checkout-sessions.ts';
import { completeSession, tellSession } from './checkout-settlement.ts';
import { attemptPayment, tellIntent } from './confirm-intent.ts';
import { toStripeCustomer } from './customer-view.ts';
import { createCustomer } from './customers.ts';
import { createIntent, type PaymentIntentState, requirePaymentIntent } from './payment-intents.ts';
import { type PaymentMethodState, paymentMethods } from './payment-methods.ts';

type NewSession = Omit<
  SessionState,
  'createdSec' | 'id' | 'invoiceId' | 'paymentIntentId' | 'paymentStatus' | 'status'
>;

/** Keeps a new session and puts its expiry on the agenda. */
export function openSession(world: World, input: NewSession): SessionState {
  const session = checkoutSessions(world).put({
    ...input,
    id: world.ids.next('cs_test_a1', 56),
    createdSec: world.ownNowSec(),
    status: 'open',
    paymentStatus: sessionTotal(input) === 0 ? 'no_payment_required' : 'unpaid',
    invoiceId: null,
    paymentIntentId: null,
  });
  world.scheduleFor(null, session.expiresSec, expireJob, session.id);
  return session;
}

const expireJob: Job = {
  name: 'checkout_session.expire',
  run(world, id) {
    const session = checkoutSessions(world).get(id);
    if (session?.status === 'open') expireSession(world, session);
  },
};

/** Ends an open session with its intent; nobody can pay it any more. */
export function expireSession(world: World, session: SessionState): SessionState {
  if (session.status !== 'open') {
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
    );
  }
  const expired = checkoutSessions(world).put({ ...session, status: 'expired' });
  if (expired.paymentIntentId !== null)
    cancelIntent(world, requirePaymentIntent(world, expired.paymentIntentId), 'expired');
  tellSession(world, expired, 'expired');
  return expired;
}

export interface SessionPayment {
  session: SessionState;
  /** Null when there was nothing to pay. */
  intent: PaymentIntentState | null;
}

/**
 * Tries to pay an open session. A session that is complete stays as it is, so paying twice is once; one whose payment
 * fails stays open and takes another try, with the same intent. Throws Stripe's 400 for an expired one.
 */
export function paySession(
  world: World,
  session: SessionState,
  choose: (world: World) => PaymentMethodState,
  saves = false,
): SessionPayment {
  const known =
    session.paymentIntentId === null ? null : requirePaymentIntent(world, session.paymentIntentId);
  if (session.status === 'complete') return { session, intent: known };
  if (session.status === 'expired') throw invalidRequest('This Checkout Session has expired.');
  const owned = withCustomer(world, session);
  if (sessionTotal(owned) === 0)
    return { session: completeSession(world, owned, 'no_payment_required'), intent: null };
  const method = withBilling(world, owned, choose(world));
  const intent = known ?? createSessionIntent(world, owned);
  const pending = checkoutSessions(world).put({ ...owned, paymentIntentId: intent.id });
  const usage = saves ? 'on_session' : owned.intentData.setupFutureUsage;
  const tried = attemptPayment(
    world,
    {
      ...intent,
      paymentMethodId: method.id,
      customerId: owned.customerId,
      setupFutureUsage: owned.intentData.setupFutureUsage ?? usage,
    },
    { offSession: false, errorOnRequiresAction: false },
  );
  if (saves) markSaved(world, method.id);
  return { session: afterAttempt(world, pending, tried), intent: tried };
}

function afterAttempt(world: World, session: SessionState, intent: PaymentIntentState): SessionState {
  if (intent.status === 'succeeded') return completeSession(world, session, 'paid');
  if (intent.status === 'processing') return completeSession(world, session, 'unpaid');
  return session;
}

/** The payer agreed to see the method again. */
function markSaved(world: World, id: string): void {
  const method = paymentMethods(world).get(id);
  if (method?.customerId != null) paymentMethods(world).put({ ...method, allowRedisplay: 'always' });
}

function createSessionIntent(world: World, session: SessionState): PaymentIntentState {
  const intent = createIntent(world, {
    ...session.intentData,
    amountMinor: sessionTotal(session),
    currency: session.currency,
    customerId: session.customerId,
    allowedTypes: sessionTypes(session),
    sessionId: session.id,
  });
  tellIntent(world, intent, 'created');
  return intent;
}

/** Makes the customer that the session asks for, or that a saved payment method needs. */
function withCustomer(world: World, session: SessionState): SessionState {
  const needed = session.customerCreation === 'always' || session.intentData.setupFutureUsage !== null;
  if (session.customerId !== null || !needed) return session;
  const customer = createCustomer(world, { email: session.customerEmail });
  emit(world, {
    type: 'customer.created',
    object: toStripeCustomer(world, customer),
    customerId: customer.id,
  });
  return { ...session, customerId: customer.id };
}

function withBilling(world: World, session: SessionState, method: PaymentMethodState): PaymentMethodState {
  if (method.customerId !== null || method.billing.email !== null) return method;
  const email = session.customerEmail;
  const limited = session.intentData.setupFutureUsage !== null && method.allowRedisplay === 'unspecified';
  return paymentMethods(world).put({
    ...method,
    billing: { ...method.billing, email },
    allowRedisplay: limited ? 'limited' : method.allowRedisplay,
  });
}
