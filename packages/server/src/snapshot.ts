import { BillingError } from '@meterboard/contract';
import type { BillingGateway, RawSubscription } from './gateway.ts';

/** Where a snapshot reads: `first` may share with the rest of the request, `fresh` always asks the provider. */
export interface SnapshotGateways {
  first: BillingGateway;
  fresh: BillingGateway;
  /** Where the next try reads when this one proved torn. Left out: from `fresh`. */
  again?(): SnapshotGateways;
}

/** What one snapshot holds. */
export interface SnapshotPlan<T> {
  read(gateway: BillingGateway, subscriptions: RawSubscription[]): Promise<T>;
  /** What must be the same before and after, besides the billing periods. Compared as JSON. */
  watch?(gateway: BillingGateway): Promise<unknown>;
}

/** Figures that belong together, and the subscriptions whose periods they belong to. */
export interface Snapshot<T> {
  subscriptions: RawSubscription[];
  data: T;
}

const maxAttempts = 3;

/**
 * Reads figures that must belong together. The billing periods, and what the plan watches, are read before and
 * after; when they moved in between, usage could be counted on a draft and on a preview, or credits twice, so
 * everything is read again. Rejects with `BillingError('provider_unavailable')` when that happens three times in a
 * row.
 */
export async function readSnapshot<T>(
  gateways: SnapshotGateways,
  customerId: string,
  { read, watch = async () => null }: SnapshotPlan<T>,
): Promise<Snapshot<T>> {
  async function look(gateway: BillingGateway) {
    const [subscriptions, watched] = await Promise.all([
      gateway.listSubscriptions(customerId),
      watch(gateway),
    ]);
    return { subscriptions, version: JSON.stringify([periodsOf(subscriptions), watched]) };
  }

  let { first, fresh, again } = gateways;
  let before = await look(first);
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const { subscriptions, version } = before;
    const data = await read(first, subscriptions);
    before = await look(fresh);
    if (before.version === version) return { subscriptions, data };
    ({ first, fresh, again } = again?.() ?? { first: fresh, fresh });
  }
  throw new BillingError('provider_unavailable', {
    message: 'Billing figures are just changing. Try again in a moment.',
    cause: new Error(`periods, drafts or credits changed during ${maxAttempts} readings`),
  });
}

function periodsOf(subscriptions: readonly RawSubscription[]): string[] {
  return subscriptions
    .flatMap(({ live, items }) => items.map(({ itemId, period }) => [itemId, live, period.endMs].join(' ')))
    .toSorted();
}
