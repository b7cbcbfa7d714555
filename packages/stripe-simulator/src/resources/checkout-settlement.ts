import { createReceiptInvoice } from '../billing/receipt-invoice.ts';
import { emit } from '../events/emit.ts';
import type { World } from '../world.ts';
import { redeemDiscount } from './checkout-discounts.ts';
import {
  checkoutSessions,
  requireSession,
  type SessionLineState,
  type SessionState,
  toStripeCheckoutSession,
} from './checkout-sessions.ts';
import { type LineTotals, sessionTotals } from './checkout-totals.ts';
import type { LineAdjustment } from './invoices.ts';

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
  redeemDiscount(world, kept);
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
  const { lines: totals } = sessionTotals(session);
  const { id } = createReceiptInvoice(world, {
    customerId,
    currency: session.currency,
    lines: session.lines.map((line, index) => ({
      ...line,
      adjustment: adjustmentOf(session, line, totals[index]),
    })),
    paymentIntentId,
    metadata: invoiceCreation.metadata,
    description: invoiceCreation.description,
  });
  return { ...session, invoiceId: id };
}

/** What a discount and a tax did to a line, as its invoice tells it; null where they did nothing. */
function adjustmentOf(
  { discount, taxPercent }: SessionState,
  line: SessionLineState,
  totals: LineTotals | undefined,
): LineAdjustment | null {
  if (totals === undefined || (discount === null && taxPercent === null)) return null;
  return {
    discount: discount === null ? null : { id: discount.id, amountMinor: totals.discountMinor },
    tax:
      taxPercent === null
        ? null
        : { amountMinor: totals.taxMinor, inclusive: line.taxBehavior === 'inclusive' },
  };
}
