import { emitUpdate } from '../events/emit.ts';
import { invalidRequest } from '../protocol/errors.ts';
import type { World } from '../world.ts';
import { charges, requireCharge, toStripeCharge } from './charges.ts';
import { arrive, bookCharge } from './confirm-intent.ts';
import { type PaymentIntentState, unexpectedState } from './payment-intents.ts';

/** Takes the money that was reserved, or a part of it; the rest is released. Throws Stripe's 400 in any other state. */
export function captureIntent(
  world: World,
  intent: PaymentIntentState,
  amountMinor = intent.amountMinor,
): PaymentIntentState {
  if (intent.status !== 'requires_capture' || intent.latestChargeId === null) {
    throw unexpectedState(
      world,
      intent,
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
    );
  }
  if (amountMinor > intent.amountMinor) {
    throw invalidRequest('The provided amount_to_capture is greater than the remaining authorized amount.', {
      code: 'amount_too_large',
      param: 'amount_to_capture',
    });
  }
  const reserved = requireCharge(world, intent.latestChargeId);
  const captured = bookCharge(
    world,
    charges(world).put({ ...reserved, captured: true, capturedMinor: amountMinor }),
  );
  emitUpdate(world, {
    type: 'charge.captured',
    before: toStripeCharge(world, reserved),
    after: toStripeCharge(world, captured),
    customerId: captured.customerId,
  });
  return arrive(world, intent, 'succeeded');
}
