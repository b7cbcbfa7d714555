import { BillingError, type Money, type TopUpPackages, type TopUpStartInput } from '@meterboard/contract';
import type { RawDocument, RawSubscription } from '../gateway.ts';
import type { ResolvedTopUps } from './top-up-options.ts';

/** What can be bought, how, and why not. */
export type Offer = Omit<TopUpPackages, 'sessionKey' | 'asOfMs' | 'servedAtMs' | 'source' | 'freshness'>;

/** The facts that decide an offer. */
export interface OfferFacts {
  /** `null`: the host or the provider sells nothing. */
  options: ResolvedTopUps | null;
  mayBuy: boolean;
  subscriptions: readonly RawSubscription[];
  /** The customer's draft invoices. */
  drafts: readonly RawDocument[];
}

/**
 * What the customer can buy: packages by price, smallest first, of which a live metered subscription item could use the
 * credits. Where it could use none, all of them with the reason: credits that nothing can use are not for sale.
 */
export function describeOffer({ options, mayBuy, subscriptions, drafts }: OfferFacts): Offer {
  if (options === null || (options.packages.length === 0 && options.custom === null)) {
    return {
      packages: [],
      custom: null,
      payWith: [],
      conditions: null,
      tooLateForPeriodEndMs: null,
      unavailable: 'not_configured',
    };
  }
  const all = options.packages.toSorted(
    (a, b) => a.price.amountMinor - b.price.amountMinor || (a.id < b.id ? -1 : 1),
  );
  const usable = all.filter(({ credit }) => canUseCredits(subscriptions, credit.currency));
  const customIsUsable = options.custom !== null && canUseCredits(subscriptions, options.custom.currency);
  const isUsable = usable.length > 0 || customIsUsable;
  return {
    packages: (isUsable ? usable : all).map((entry) => ({
      packageId: entry.id,
      label: entry.label,
      price: entry.price,
      credit: entry.credit,
      bonus: entry.bonus,
      category: entry.category,
      expiresAfterMonths: entry.expiresAfterMonths ?? null,
    })),
    custom: customIsUsable || !isUsable ? describeCustom(options) : null,
    payWith: [...options.payWith],
    conditions: options.conditions,
    tooLateForPeriodEndMs: latestWaitingPeriodEnd(drafts),
    unavailable: mayBuy ? (isUsable ? null : 'no_metered_subscription') : 'not_allowed',
  };
}

function describeCustom({ custom }: ResolvedTopUps): Offer['custom'] {
  if (custom === null) return null;
  const { currency, category, expiresAfterMonths = null } = custom;
  const money = (amountMinor: number): Money => ({ amountMinor, currency });
  return {
    minimum: money(custom.minimumMinor),
    maximum: money(custom.maximumMinor),
    step: money(custom.stepMinor),
    category,
    expiresAfterMonths,
  };
}

/** A draft with usage on it is a period that has ended: credits that come now are too late for it. */
function latestWaitingPeriodEnd(drafts: readonly RawDocument[]): number | null {
  const ends = drafts
    .filter(({ lines }) =>
      lines.some(({ meterId, netAmountMinor }) => meterId !== null && netAmountMinor > 0),
    )
    .map(({ periodEndMs }) => periodEndMs);
  return ends.length === 0 ? null : Math.max(...ends);
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

/** What a purchase buys, by the server's own table. */
export interface ChosenOffer {
  packageId: string | null;
  label: string;
  price: Money;
  credit: Money;
  category: 'paid' | 'promotional';
  expiresAfterMonths: number | null;
  priority: number;
}

/** Rejects with `unknown_package`, or with `invalid_input` on `amountMinor` for an amount that is not for sale. */
export function chooseOffer(options: ResolvedTopUps, input: TopUpStartInput): ChosenOffer {
  const { packageId, amountMinor } = input;
  if (packageId !== undefined && amountMinor === undefined) {
    const entry = options.packages.find(({ id }) => id === packageId);
    if (!entry) throw new BillingError('unknown_package', { field: 'packageId' });
    const { label, price, credit, category, priority, expiresAfterMonths = null } = entry;
    return { packageId, label, price, credit, category, priority, expiresAfterMonths };
  }
  if (packageId !== undefined || amountMinor === undefined) {
    const message = 'Name a package or an amount, and not both.';
    throw new BillingError('invalid_input', { field: 'amountMinor', message });
  }
  const { custom } = options;
  if (custom === null) {
    throw new BillingError('invalid_input', { field: 'amountMinor', message: 'Only packages are for sale.' });
  }
  const { minimumMinor, maximumMinor, stepMinor, currency } = custom;
  if (amountMinor < minimumMinor || amountMinor > maximumMinor || amountMinor % stepMinor !== 0) {
    throw new BillingError('invalid_input', {
      field: 'amountMinor',
      message: 'This amount is not for sale.',
      limit: `${minimumMinor} to ${maximumMinor} in steps of ${stepMinor}, in the minor unit of ${currency.toUpperCase()}`,
    });
  }
  const amount = { amountMinor, currency };
  const { label, category, priority, expiresAfterMonths = null } = custom;
  return { packageId: null, label, price: amount, credit: amount, category, priority, expiresAfterMonths };
}
