import { createReceiptInvoice } from '../billing/receipt-invoice.ts';
import { emit } from '../events/emit.ts';
import type { World } from '../world.ts';
import {
  checkoutSessions,
  requireSession,
  type SessionState,
  toStripeCheckoutSession,
} from './checkout-sessions.ts';

/** Emits an event of a session, as it now stands. */
export function tellSession(
  world: World,
  session: SessionState,
  name: 'async_payment_failed' | 'async_payment_succeeded' | 'completed' | 'expired',
): void {
  emit(world, {
    type: `checkout.session.${name}`,
    object: toStripeCheckoutSession(world, session),
    customerId: session.customerId,
  });
}

/** Ends an open session: paid, or with a payment that is still on its way, or with nothing to pay. */
export function completeSession(
  world: World,
  session: SessionState,
  paymentStatus: SessionState['paymentStatus'],
): SessionState {
  const complete: SessionState = { ...session, status: 'complete', paymentStatus };
  const kept = checkoutSessions(world).put(
    paymentStatus === 'paid' ? withInvoice(world, complete) : complete,
  );
  tellSession(world, kept, 'completed');
  return kept;
}

/** How the payment of a session ended: an open session completes when it succeeded, and stays open when it failed. */
export function settleSession(world: World, sessionId: string, succeeded: boolean): void {
  const session = requireSession(world, sessionId);
  if (session.status === 'open' && succeeded) completeSession(world, session, 'paid');
  if (session.status !== 'complete' || session.paymentStatus !== 'unpaid') return;
  if (!succeeded) {
    tellSession(world, session, 'async_payment_failed');
    return;
  }
  const paid = checkoutSessions(world).put(withInvoice(world, { ...session, paymentStatus: 'paid' }));
  tellSession(world, paid, 'async_payment_succeeded');
}

function withInvoice(world: World, session: SessionState): SessionState {
  const { invoiceCreation, customerId, paymentIntentId } = session;
  if (invoiceCreation === null || customerId === null || paymentIntentId === null) return session;
  const { id } = createReceiptInvoice(world, {
    customerId,
    currency: session.currency,
    lines: session.lines,
    paymentIntentId,
    metadata: invoiceCreation.metadata,
    description: invoiceCreation.description,
  });
  return { ...session, invoiceId: id };
}
