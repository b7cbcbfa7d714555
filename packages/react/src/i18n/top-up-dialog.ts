import type { PayWith } from '@meterboard/contract';

/** Words of choosing what to buy and how to pay. Figures arrive formatted. */
export const topUpDialogWords = {
  topUpTitle: 'Top up credits',
  topUpPackages: 'Amount',
  creditAdded: (amount: string) => `${amount} of credit`,
  withBonus: (credit: string, bonus: string) => `${credit} of credit, ${bonus} of it a gift`,
  validFor: (months: string) => `valid for ${months}`,
  neverExpires: 'does not expire',

  ownAmount: 'Own amount',
  ownAmountIn: (currency: string) => `Amount in ${currency}`,
  ownAmountLimits: (minimum: string, maximum: string, step: string) =>
    `From ${minimum} to ${maximum}, in steps of ${step}.`,
  ownAmountProblem: {
    unreadable: 'This is not an amount.',
    below: 'This is less than can be bought.',
    above: 'This is more than can be bought at once.',
    off_step: 'This is between two steps.',
  },

  payWithTitle: 'How to pay',
  payWith: {
    saved_card: 'Saved card',
    hosted_page: 'Payment page',
    embedded_page: 'Payment form',
  } satisfies Record<PayWith, string>,
  payWithHint: {
    hosted_page: 'Card and other ways; you come back here.',
    embedded_page: 'Card and other ways, here on this page.',
  },
  cardEnding: (brand: string, last4: string) => `${brand} ending in ${last4}`,
  cardExpires: (expiry: string) => `Expires ${expiry}. Charged at once.`,
  cardLoading: 'Looking up your saved card…',
  cardFailed: 'Your saved card cannot be looked up right now.',

  toPay: 'To pay now',
  credited: 'Credited',
  gift: 'of it a gift',
  validity: 'Valid for',
  validForever: 'no end',
  payNow: (amount: string) => `Pay ${amount} now`,
  payNowWithoutAmount: 'Pay now',
  paying: 'Paying…',
  toPayment: 'Continue to payment',
  opening: 'Opening payment…',
  cancel: 'Cancel',
  back: 'Back',

  tooLate: (day: string) =>
    `An invoice for the period until ${day} is being finalised; credits bought now cannot pay for it, they count from now.`,
  policyTitle: 'How credits are used',
  policy: [
    'Credits pay only for metered usage, at the moment an invoice is finalised.',
    'Those with the higher priority are used first, then those that expire soonest, then promotional before paid ones, then the oldest.',
    'They are no gift card and no stored value: they cannot be paid out, passed on or spent elsewhere.',
  ],
  conditions: 'Conditions',

  pageLoading: 'Loading the payment form…',
  pageFailed:
    'The payment form cannot be shown here. The same purchase can be paid on the payment page; nothing was charged.',
};
