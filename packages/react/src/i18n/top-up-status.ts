import type { DeclineReason } from '@meterboard/contract';

/** Where a purchase stands, as far as there is something to say about it. */
type PhaseWords = Record<
  | 'checking'
  | 'unconfirmed'
  | 'unpaid'
  | 'declined'
  | 'requires_action'
  | 'processing'
  | 'arriving'
  | 'granted'
  | 'partly_refunded'
  | 'refunded'
  | 'disputed'
  | 'ended',
  (amount: string) => string
>;

/** Words of a purchase that is under way. */
export const topUpStatusWords = {
  dismiss: 'Dismiss',
  /** `unconfirmed`: it has been `checking` for long. */
  topUpPhase: {
    checking: () => 'Checking your payment…',
    unconfirmed: () => 'We cannot confirm the payment yet.',
    unpaid: () => 'The payment was not completed. Nothing was charged.',
    declined: () => 'The payment was declined. Nothing was charged.',
    requires_action: () => 'Your bank wants to confirm that it is you. Nothing is charged until then.',
    processing: (amount) => `Your bank is confirming the payment. ${amount} is added once it has.`,
    arriving: (amount) => `Paid, arriving: ${amount}`,
    granted: (amount) => `${amount} added`,
    partly_refunded: (amount) => `Part of this purchase was refunded. ${amount} of its credit stays.`,
    refunded: () => 'This purchase was refunded. Its credit was taken back.',
    disputed: () => 'The payment is disputed. Its credit is on hold until the bank has decided.',
    ended: () => 'The payment did not go through. Nothing was added.',
  } satisfies PhaseWords as PhaseWords,
  coversUsed: (amount: string) => `${amount} of it covers usage already made.`,
  paidBefore: 'It had been paid before; nothing was charged now.',
  continuePayment: 'Continue payment',
  slow: (reference: string) =>
    `This takes longer than usual. The credit is added by itself; if it is missing in an hour, tell support ${reference}.`,

  /** Why a card was not charged, and what to do next. */
  declined: {
    authentication_required: 'Your bank wants to confirm that it is you.',
    insufficient_funds: 'There is not enough money on the card. Pay another way, or choose a smaller amount.',
    expired_card: 'The card has expired. Pay with another card.',
    incorrect_details:
      'The bank does not recognise the details of the card. Enter them anew, or pay with another card.',
    limit_exceeded:
      'This is more than the card may pay at once. Pay another way, or ask your bank to raise the limit.',
    card_not_supported: 'This card cannot pay for this purchase. Pay with another card.',
    try_again: 'The bank could not be reached. Try again in a moment, or pay another way.',
    declined: 'The bank declined the payment and gives no reason. Pay another way, or ask your bank.',
  } satisfies Record<DeclineReason, string> as Record<DeclineReason, string>,
  nothingCharged: 'Nothing was charged.',
  confirmWithBank: 'Confirm with your bank',
  payAnotherWay: 'Pay another way',
  payAgain: 'Try the card again',
  /** The answer to a charge got lost. */
  outcomeUnknown:
    'We could not learn whether the card was charged. Trying again goes on with the same purchase and never pays twice.',
};
