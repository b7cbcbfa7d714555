import { emit } from '../events/emit.ts';
import { invalidRequest } from '../protocol/errors.ts';
import type { Job, World } from '../world.ts';
import { cancelIntent } from './cancel-intent.ts';
import { checkoutSessions, type SessionState, sessionTotal, sessionTypes } from './checkout-sessions.ts';
import { completeSession, tellSession } from './checkout-settlement.ts';
import { attemptPayment, tellIntent } from './confirm-intent.ts';
import { toStripeCustomer } from './customer-view.ts';
import { createCustomer, customers, requireCustomer } from './customers.ts';
import { createIntent, type PaymentIntentState, requirePaymentIntent } from './payment-intents.ts';
import { type PaymentMethodState, paymentMethods } from './payment-methods.ts';
import { localCurrency, presentIn } from './presentment.ts';

type NewSession = Omit<
  SessionState,
  'createdSec' | 'id' | 'invoiceId' | 'paymentIntentId' | 'paymentStatus' | 'presentment' | 'status'
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
    presentment: null,
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

/** How a payer pays a session. */
export interface PayerChoice {
  /** Makes or finds the method; asked only when there is something to pay. */
  method: (world: World) => PaymentMethodState;
  /** Whether the payer wants it saved for later. */
  saves?: boolean;
  /** The currency that the payer was asked for; the session's own when left out. */
  currency?: string | undefined;
}

/**
 * Tries to pay an open session. A session that is complete stays as it is, so paying twice is once; one whose payment
 * fails stays open and takes another try, with the same intent. Throws Stripe's 400 for an expired one.
 */
export function paySession(world: World, session: SessionState, choice: PayerChoice): SessionPayment {
  const known =
    session.paymentIntentId === null ? null : requirePaymentIntent(world, session.paymentIntentId);
  if (session.status === 'complete') return { session, intent: known };
  if (session.status === 'expired') throw invalidRequest('This Checkout Session has expired.');
  if (!world.assumptions.deletedCustomersCanPay && session.customerId !== null)
    requireCustomer(world, session.customerId);
  const owned = withCustomer(world, session);
  if (sessionTotal(owned) === 0) {
    if (known !== null) cancelIntent(world, known, 'abandoned');
    const free = { ...owned, paymentIntentId: null };
    return { session: completeSession(world, free, 'no_payment_required'), intent: null };
  }
  const method = withBilling(world, owned, choice.method(world));
  const asked = { ...owned, presentment: presentmentFor(world, owned, choice.currency) };
  const intent = { ...(known ?? createSessionIntent(world, asked)), ...askedOf(world, asked) };
  const pending = checkoutSessions(world).put({ ...asked, paymentIntentId: intent.id });
  const saves = choice.saves === true && hasLivingCustomer(world, owned);
  const wanted = owned.intentData.setupFutureUsage ?? (saves ? 'on_session' : null);
  const tried = attemptPayment(
    world,
    {
      ...intent,
      paymentMethodId: method.id,
      customerId: owned.customerId,
      setupFutureUsage: hasLivingCustomer(world, owned) ? wanted : null,
    },
    { offSession: false, errorOnRequiresAction: false },
  );
  if (saves) markSaved(world, method.id);
  return { session: afterAttempt(world, pending, tried), intent: tried };
}

function hasLivingCustomer(world: World, { customerId }: SessionState): boolean {
  return customerId !== null && customers(world).get(customerId)?.deleted === false;
}

/** Throws for a currency that the page does not offer. */
function presentmentFor(world: World, session: SessionState, code: string | undefined) {
  if (code === undefined || code === session.currency) return null;
  if (!session.adaptive || localCurrency(world, session.currency) !== code)
    throw invalidRequest(`This Checkout Session cannot be paid in ${code}.`, { param: 'currency' });
  return presentIn(world, code, { amountMinor: sessionTotal(session), currency: session.currency });
}

/**
 * What the intent asks for: the session's total in the session's currency, with what was presented beside it; or the
 * presented amount itself, when the switch says so.
 */
function askedOf(world: World, session: SessionState) {
  const { presentment } = session;
  return presentment !== null && world.assumptions.adaptivePricingChargesLocalCurrency
    ? { amountMinor: presentment.amountMinor, currency: presentment.currency, presentment: null }
    : { amountMinor: sessionTotal(session), currency: session.currency, presentment };
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
    ...askedOf(world, session),
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
