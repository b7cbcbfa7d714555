import type { BillingGateway, RawDocument, RawSubscription } from '../gateway.ts';
import type { CustomerContext } from './init.ts';

/** The previews of all live subscriptions that bill a meter; those without a next invoice have none. */
export async function readPreviews(
  { customerId }: CustomerContext,
  gateway: BillingGateway,
  subscriptions: readonly RawSubscription[],
): Promise<RawDocument[]> {
  const billing = subscriptions.filter(
    ({ live, items }) => live && items.some(({ meterId }) => meterId !== null),
  );
  const previews = await Promise.all(
    billing.map(({ subscriptionId }) => gateway.previewInvoice({ customerId, subscriptionId })),
  );
  return previews.filter((preview) => preview !== null);
}
