import type { TopUpPackage, TopUpPackages } from '@meterboard/contract';
import type { RawSubscription } from '../gateway.ts';
import type { TopUpOptions, TopUpPackageOption } from './top-up-options.ts';

/** What can be bought, and why not. */
export type PackageOffer = Pick<TopUpPackages, 'packages' | 'unavailable'>;

/** The facts that decide an offer. */
export interface OfferFacts {
  /** `null`: the host or the provider sells nothing. */
  options: TopUpOptions | null;
  mayBuy: boolean;
  subscriptions: readonly RawSubscription[];
}

/**
 * The packages whose credits a live metered subscription item could use, by price, smallest first. Where none
 * could, all of them with the reason: credits that nothing can use are not for sale.
 */
export function offerPackages({ options, mayBuy, subscriptions }: OfferFacts): PackageOffer {
  if (options === null || options.packages.length === 0)
    return { packages: [], unavailable: 'not_configured' };
  const all = options.packages.toSorted(comparePrices);
  const usable = all.filter(({ credit }) => canUseCredits(subscriptions, credit.currency));
  const packages = (usable.length > 0 ? usable : all).map(describePackage);
  if (!mayBuy) return { packages, unavailable: 'not_allowed' };
  return { packages, unavailable: usable.length > 0 ? null : 'no_metered_subscription' };
}

/** Whether a live metered item bills in the currency: only those use credits. */
export function canUseCredits(subscriptions: readonly RawSubscription[], currency: string): boolean {
  return subscriptions.some(
    (subscription) =>
      subscription.live &&
      subscription.currency === currency &&
      subscription.items.some(({ meterId }) => meterId !== null),
  );
}

function describePackage({ id, label, price, credit, expiresAfterMonths }: TopUpPackageOption): TopUpPackage {
  return { packageId: id, label, price, credit, expiresAfterMonths: expiresAfterMonths ?? null };
}

function comparePrices(a: TopUpPackageOption, b: TopUpPackageOption): number {
  return a.price.amountMinor - b.price.amountMinor || (a.id < b.id ? -1 : 1);
}
