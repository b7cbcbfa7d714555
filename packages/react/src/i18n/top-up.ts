/** What a page says of top-ups before anything of theirs is loaded. */
export const topUpWords = {
  topUp: 'Top up',
  /** While a part of the page is being loaded. */
  preparing: 'One moment…',
  checking: 'Checking your payment…',
  /** A part of the page could not be loaded. */
  partFailed: 'This part could not be loaded.',
  unavailable: {
    not_allowed: 'Your role does not include top-ups.',
    no_metered_subscription: 'Top-ups need a subscription with metered prices.',
  },
};
