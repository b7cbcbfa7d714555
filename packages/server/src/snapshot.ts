import { BillingError } from '@meterboard/contract';
import type { BillingGateway, RawSubscription } from './gateway.ts';

/** Where a snapshot reads: `first` may share with the rest of the request, `fresh` always asks the provider. */
export interface SnapshotGateways {
  first: BillingGateway;
  fresh: BillingGateway;
}

/** Figures that belong together, and the subscriptions whose periods they belong to. */
export interface Snapshot<T> {
  subscriptions: RawSubscription[];
  data: T;
}

const maxAttempts = 3;

/**
 * Reads figures that must come from the same billing periods. The periods are read before and after; when one
 * rolled over in between, usage could be counted on a draft and on a preview, so everything is read again.
 * Rejects with `BillingError('provider_unavailable')` when that happens three times in a row.
 */
export async function readSnapshot<T>(
  gateways: SnapshotGateways,
  customerId: string,
  read: (gateway: BillingGateway, subscriptions: RawSubscription[]) => Promise<T>,
): Promise<Snapshot<T>> {
  let subscriptions = await gateways.first.listSubscriptions(customerId);
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const data = await read(attempt === 1 ? gateways.first : gateways.fresh, subscriptions);
    const after = await gateways.fresh.listSubscriptions(customerId);
    if (periodsOf(after) === periodsOf(subscriptions)) return { subscriptions, data };
    subscriptions = after;
  }
  throw new BillingError('provider_unavailable', {
    message: 'A billing period is just ending. Try again in a moment.',
    cause: new Error(`periods changed during ${maxAttempts} readings`),
  });
}

function periodsOf(subscriptions: readonly RawSubscription[]): string {
  return JSON.stringify(
    subscriptions
      .flatMap(({ live, items }) => items.map(({ itemId, period }) => [itemId, live, period.endMs].join(' ')))
      .toSorted(),
  );
}
