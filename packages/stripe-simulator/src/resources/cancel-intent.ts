import type { World } from '../world.ts';
import { requireCharge } from './charges.ts';
import { tellIntent } from './confirm-intent.ts';
import { issueRefund } from './issue-refund.ts';
import { type PaymentIntentState, paymentIntents, unexpectedState } from './payment-intents.ts';

/** Ends an intent that was not paid; money that was only reserved is released. Throws Stripe's 400 for a paid one. */
export function cancelIntent(
  world: World,
  intent: PaymentIntentState,
  cancellationReason: string | null,
): PaymentIntentState {
  const { status, latestChargeId } = intent;
  if (status === 'succeeded' || status === 'canceled' || status === 'processing') {
    throw unexpectedState(
      world,
      intent,
      `You cannot cancel this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action.`,
    );
  }
  if (status === 'requires_capture' && latestChargeId !== null)
    issueRefund(world, requireCharge(world, latestChargeId), { reason: null, metadata: {} });
  const canceled = paymentIntents(world).put({
    ...intent,
    status: 'canceled',
    canceledSec: world.ownNowSec(),
    cancellationReason,
  });
  tellIntent(world, canceled, 'canceled');
  return canceled;
}
