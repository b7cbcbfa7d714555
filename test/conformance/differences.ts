/**
 * Keys of Stripe's published samples that the simulator leaves out on purpose, as `kind.path`, and why. Keys that the
 * SDK declares as optional may be absent without a row. A row that no longer differs fails the test.
 */
export const differences: Readonly<Record<string, string>> = {
  'invoice.subscription':
    'removed in 2025-03-31.basil: the subscription stands in parent.subscription_details',
};

/** What the SDK's declarations do not know and the API has all the same, as the check words it, and why. */
export const beyondDeclarations: Readonly<Record<string, string>> = {
  'v2.core.event.related_object is not a key that the SDK knows':
    'the reference lists it for every event, null where there is none; the SDK only types it where there is one',
};
