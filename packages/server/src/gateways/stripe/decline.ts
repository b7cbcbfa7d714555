import type { DeclineReason } from '@meterboard/contract';

/** What Stripe says about a payment that failed: `code`, and `decline_code` where the bank gave one. */
export interface StripeDecline {
  code?: string | null;
  decline_code?: string | null;
}

/**
 * Stripe's many codes as the few that a customer can act on (docs "Decline codes", 2026-05). What hints at fraud is
 * told as a plain decline, as Stripe asks.
 */
export function declineReasonOf({ code, decline_code }: StripeDecline): DeclineReason {
  return reasons[decline_code ?? ''] ?? reasons[code ?? ''] ?? 'declined';
}

const reasons: Record<string, DeclineReason> = {
  authentication_required: 'authentication_required',
  authentication_not_handled: 'authentication_required',
  payment_intent_authentication_failure: 'authentication_required',
  insufficient_funds: 'insufficient_funds',
  withdrawal_count_limit_exceeded: 'limit_exceeded',
  card_velocity_exceeded: 'limit_exceeded',
  amount_too_large: 'limit_exceeded',
  expired_card: 'expired_card',
  incorrect_number: 'incorrect_details',
  invalid_number: 'incorrect_details',
  incorrect_cvc: 'incorrect_details',
  invalid_cvc: 'incorrect_details',
  incorrect_pin: 'incorrect_details',
  incorrect_zip: 'incorrect_details',
  incorrect_address: 'incorrect_details',
  invalid_expiry_month: 'incorrect_details',
  invalid_expiry_year: 'incorrect_details',
  card_not_supported: 'card_not_supported',
  currency_not_supported: 'card_not_supported',
  processing_error: 'try_again',
  issuer_not_available: 'try_again',
  reenter_transaction: 'try_again',
  try_again_later: 'try_again',
};
