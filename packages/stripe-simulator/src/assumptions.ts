/**
 * What Stripe leaves undocumented and the simulator therefore had to choose, each one switchable: in code through
 * `createSimulator({ assumptions })` and `simulator.assumptions`, over HTTP through `/_simulator/assumptions`.
 */
export interface Assumptions {
  /** A charge of a customer who never had a payment method succeeds, instead of failing for want of one. */
  chargeWithoutPaymentMethod: boolean;
  /** How long a received meter event stays out of summaries, previews and invoices, in milliseconds. */
  aggregationLagMs: number;
  /** Whether meter event values may have decimals; older Stripe pages say whole numbers only. */
  decimalMeterValues: boolean;
  /** Whether an unusable value of a v1 meter event is refused with 400 at once, or accepted and reported later. */
  checkMeterValuesAtOnce: boolean;
  /** Whether v1 and v2 meter events share one set of identifiers. */
  identifiersSharedWithV2: boolean;
  /** How many errors a meter's error report names, per kind; the counts are of all of them. */
  sampledErrorsPerKind: number;
  /** Whether a customer on a test clock may report events around that clock's time, instead of the real time. */
  eventLimitsFollowTestClock: boolean;
  /** Whether events of a customer on a test clock carry that clock's time, instead of the simulator's own. */
  eventTimesFollowTestClock: boolean;
  /** Whether activating an alert again lets it trigger again for customers for whom it already has. */
  alertsTriggerAgainWhenActivated: boolean;
  /** How long a test clock stays `advancing`, in milliseconds of the simulator's own clock. */
  testClockAdvancingMs: number;
  /** Whether a test clock that is `advancing` is found `ready` by the next read of it, however soon that comes. */
  testClockReadyOnRead: boolean;
  /** Whether an invoice below its currency's minimum charge is paid at once and moved to the customer balance. */
  minimumCharge: boolean;
  /** How long a bank debit stays `processing` before it succeeds or fails, in milliseconds. */
  bankDebitSettlesAfterMs: number;
  /** How long after a charge its test card's dispute opens, in milliseconds. */
  disputeOpensAfterMs: number;
  /** How long after submitted evidence a dispute is decided, in milliseconds. */
  disputeDecidedAfterMs: number;
  /** How long a pending refund stays pending, and when a refund that fails does so, in milliseconds. */
  refundSettlesAfterMs: number;
  /** The rate of automatic tax for every payer, in percent; sessions keep the one that stood at their creation. */
  automaticTaxPercent: number;
  /** The local currency that pages offer beside the session's own (Adaptive Pricing), or `none`. */
  adaptivePricingCurrency: string;
  /** How much of the local currency one of the session's own currency buys. */
  adaptivePricingRate: number;
  /** Whether intents and charges carry the local currency, instead of the session's own with `presentment_details`. */
  adaptivePricingChargesLocalCurrency: boolean;
  /** Whether a Checkout Session that is open can still be paid after its customer was deleted. */
  deletedCustomersCanPay: boolean;
}

/** The choices that stand when nothing else is said. */
export const DEFAULT_ASSUMPTIONS: Readonly<Assumptions> = {
  chargeWithoutPaymentMethod: true,
  aggregationLagMs: 0,
  decimalMeterValues: true,
  checkMeterValuesAtOnce: true,
  identifiersSharedWithV2: true,
  sampledErrorsPerKind: 5,
  eventLimitsFollowTestClock: true,
  eventTimesFollowTestClock: false,
  alertsTriggerAgainWhenActivated: true,
  testClockAdvancingMs: 1_000,
  testClockReadyOnRead: true,
  minimumCharge: true,
  bankDebitSettlesAfterMs: 180_000,
  disputeOpensAfterMs: 0,
  disputeDecidedAfterMs: 0,
  refundSettlesAfterMs: 60_000,
  automaticTaxPercent: 20,
  adaptivePricingCurrency: 'none',
  adaptivePricingRate: 0.9,
  adaptivePricingChargesLocalCurrency: false,
  deletedCustomersCanPay: true,
};
