/** Where the simulator answers otherwise than Stripe on purpose, for whoever holds the two against each other. */
export const onPurpose: readonly string[] = [
  'Usage counts at once; Stripe adds it up some seconds to minutes later (`assumptions.aggregationLagMs`).',
  'Clocks are ready by the next read; Stripe takes seconds to minutes.',
  'Ids have the prefixes and lengths of Stripe’s, and derive from a seed.',
  'Hosted pages are the simulator’s own, at its own address.',
  'A charge of a customer without any payment method succeeds (`assumptions.chargeWithoutPaymentMethod`); Stripe refuses it.',
  'What the simulator lacks is a 501 that names it; the README’s table lists every route.',
];
