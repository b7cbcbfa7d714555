import { settleInvoicePayment } from '../billing/settle-invoice.ts';
import type { World } from '../world.ts';
import { settleSession } from './checkout-settlement.ts';
import type { PaymentIntentState } from './payment-intents.ts';

/** Tells the invoice or the Checkout Session that an intent pays how its payment ended, on the customer's own time. */
export function tellOwner(world: World, intent: PaymentIntentState, succeeded: boolean): void {
  const { invoiceId, sessionId, customerId } = intent;
  if (invoiceId !== null) {
    world.inTimeOf(customerId, () =>
      settleInvoicePayment(world, { invoiceId, paymentIntentId: intent.id, succeeded }),
    );
  }
  if (sessionId !== null) settleSession(world, sessionId, succeeded);
}
