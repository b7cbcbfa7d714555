import { allocateCredits } from './domain/allocate-credits.ts';
import { foldLedger } from './domain/grant-order.ts';
import type { BillingGateway } from './gateway.ts';

/**
 * How much usage of the running periods no credit pays for, in minor units of the currency: what credits that come now would pay
 * first. Drafts take their share before, and are not counted: their periods have ended.
 */
export async function readNotCovered(
  gateway: BillingGateway,
  { customerId, currency, nowMs }: { customerId: string; currency: string; nowMs: number },
): Promise<number> {
  const subscriptions = await gateway.listSubscriptions(customerId);
  const live = subscriptions.filter(
    (subscription) => subscription.live && subscription.currency === currency,
  );
  const [grants, transactions, drafts, previews] = await Promise.all([
    gateway.listCreditGrants(customerId),
    gateway.listCreditTransactions(customerId),
    gateway.listDrafts(customerId),
    Promise.all(live.map(({ subscriptionId }) => gateway.previewInvoice({ customerId, subscriptionId }))),
  ]);
  const documents = [...drafts, ...previews.filter((preview) => preview !== null)];
  return allocateCredits(documents, foldLedger(grants, transactions, nowMs))
    .filter(({ document }) => document.kind === 'preview' && document.currency === currency)
    .reduce((sum, { notCoveredMinor }) => sum + notCoveredMinor, 0);
}
