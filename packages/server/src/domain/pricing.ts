import Big from 'big.js';
import type { RawPrice } from '../gateway.ts';

/** What pricing needs of a price. Its currency decides nothing here: amounts are in the currency's minor unit. */
export type PriceTerms = Pick<RawPrice, 'tiers' | 'tiersMode' | 'unitAmountMinor' | 'transformQuantity'>;

/** The part of a quantity that one tier prices. Quantities and unit amounts are exact decimal strings. */
export interface PricedTier {
  /** From 1; `null` where the price has no tiers. */
  tierNumber: number | null;
  /** The part is `(fromQuantity, toQuantity]`; both are equal only where nothing was used. */
  fromQuantity: string;
  toQuantity: string;
  /** `toQuantity − fromQuantity`, before it is counted in packages. */
  quantity: string;
  /** How many packages are charged; `null` where the price does not sell packages. */
  packages: string | null;
  /** Minor units per unit, or per package. */
  unitAmountMinor: string;
  /** Of the quantity, rounded to whole minor units. */
  usageMinor: number;
  /** Minor units; `null` where reaching the tier costs nothing. */
  flatAmountMinor: string | null;
  /** The flat fee, rounded to whole minor units. */
  flatMinor: number;
  /** `usageMinor + flatMinor`. */
  amountMinor: number;
}

/** What a quantity costs, before discounts, tax and credits. */
export interface PricedQuantity {
  /** What is charged for, a decimal string: a negative quantity bills as `'0'`. */
  quantity: string;
  /** Ascending; at least one. */
  tiers: PricedTier[];
  /** The sum of all tiers, in whole minor units. */
  amountMinor: number;
}

/** A line as the provider's preview shows it. */
export interface PricedLine {
  tierNumber: number | null;
  flat: boolean;
  quantity: string;
  unitAmountMinor: string;
  amountMinor: number;
}

/**
 * The price of a quantity over a whole billing period, as Stripe bills it: per unit, by package, graduated or by volume.
 * A bound is the last unit of its tier. The first tier is always reached, so its flat fee is due without usage. Usage
 * and flat fee of a tier are each rounded once, half away from zero; that Stripe rounds lines and not their sum is
 * the simulator's documented assumption. Stripe's prices know no minimum (SDK 23.1.0: only amounts that buyers choose
 * themselves, which metered prices cannot have).
 *
 * `null` where it cannot be told: a model that this version does not know, tiers that end below the quantity, or an
 * amount past `Number.MAX_SAFE_INTEGER`. Then only the provider's preview knows.
 */
export function priceQuantity(price: PriceTerms, quantity: string): PricedQuantity | null {
  const asked = new Big(quantity);
  const billed = asked.lt(0) ? new Big(0) : asked;
  const tiers = tiersFor(price, billed);
  if (tiers === null) return null;
  const amountMinor = tiers.reduce((sum, tier) => sum + tier.amountMinor, 0);
  const amounts = [amountMinor, ...tiers.flatMap(({ usageMinor, flatMinor }) => [usageMinor, flatMinor])];
  if (!amounts.every(Number.isSafeInteger)) return null;
  return { quantity: billed.toFixed(), tiers, amountMinor };
}

/** `priceQuantity().amountMinor`, or `null`. */
export function amountOf(price: PriceTerms, quantity: string): number | null {
  return priceQuantity(price, quantity)?.amountMinor ?? null;
}

/** The lines that a preview shows for it: one per tier, and one more for each flat fee. They add up to the amount. */
export function linesOf({ tiers }: PricedQuantity): PricedLine[] {
  return tiers.flatMap(
    ({ tierNumber, quantity, unitAmountMinor, usageMinor, flatAmountMinor, flatMinor }) => {
      const usage = { tierNumber, flat: false, quantity, unitAmountMinor, amountMinor: usageMinor };
      if (flatAmountMinor === null) return [usage];
      const fee = { tierNumber, flat: true, quantity: '1', unitAmountMinor: flatAmountMinor };
      return [usage, { ...fee, amountMinor: flatMinor }];
    },
  );
}

/** How much of it is charged by the unit: all but what lies in tiers whose units are free. Decimal string. */
export function billableQuantity({ tiers }: PricedQuantity): string {
  return tiers
    .filter(({ unitAmountMinor }) => !new Big(unitAmountMinor).eq(0))
    .reduce((sum, { quantity }) => sum.plus(quantity), new Big(0))
    .toFixed();
}

/** The tier after the one that a quantity is in. */
export interface NextTier {
  /** From 2. */
  tierNumber: number;
  /** It begins with the first unit above this quantity; decimal string. */
  aboveQuantity: string;
  /** `aboveQuantity − quantity`: what can be used before it begins; never negative. */
  remainingQuantity: string;
  /** Minor units per unit: of what is above (graduated), or of everything (volume). */
  unitAmountMinor: string;
  /** Minor units, decimal string; `'0'` where reaching it costs nothing. */
  flatAmountMinor: string;
}

/** Where the next tier begins; `null` in the last one, and for prices without tiers. */
export function nextTier({ tiers }: PriceTerms, quantity: string): NextTier | null {
  const asked = new Big(quantity);
  const used = asked.lt(0) ? new Big(0) : asked;
  const index = tiers.findIndex(({ upTo }) => upTo === null || used.lte(upTo));
  const [current, next] = [tiers[index], tiers[index + 1]];
  if (!current || !next || current.upTo === null) return null;
  return {
    tierNumber: index + 2,
    aboveQuantity: current.upTo,
    remainingQuantity: new Big(current.upTo).minus(used).toFixed(),
    unitAmountMinor: next.unitAmountMinor,
    flatAmountMinor: next.flatAmountMinor,
  };
}

function tiersFor(price: PriceTerms, quantity: Big): PricedTier[] | null {
  if (price.tiers.length === 0) {
    if (price.unitAmountMinor === null || price.transformQuantity?.round === 'other') return null;
    const terms = { unitAmountMinor: price.unitAmountMinor, flatAmountMinor: '0' };
    return [priceTier(null, new Big(0), quantity, terms, price.transformQuantity)];
  }
  if (price.transformQuantity !== null) return null;
  if (price.tiersMode === 'graduated') return priceGraduated(price, quantity);
  return price.tiersMode === 'volume' ? priceByVolume(price, quantity) : null;
}

function priceGraduated({ tiers }: PriceTerms, quantity: Big): PricedTier[] | null {
  const priced: PricedTier[] = [];
  let below = new Big(0);
  for (const [index, tier] of tiers.entries()) {
    const top = tier.upTo === null || quantity.lte(tier.upTo) ? quantity : new Big(tier.upTo);
    priced.push(priceTier(index + 1, below, top, tier, null));
    if (top.eq(quantity)) return priced;
    below = top;
  }
  return null;
}

function priceByVolume({ tiers }: PriceTerms, quantity: Big): PricedTier[] | null {
  const index = tiers.findIndex(({ upTo }) => upTo === null || quantity.lte(upTo));
  const tier = tiers[index];
  return tier ? [priceTier(index + 1, new Big(0), quantity, tier, null)] : null;
}

function priceTier(
  tierNumber: number | null,
  from: Big,
  to: Big,
  { unitAmountMinor, flatAmountMinor }: { unitAmountMinor: string; flatAmountMinor: string },
  transform: PriceTerms['transformQuantity'],
): PricedTier {
  const quantity = to.minus(from);
  const packages = transform === null ? null : packagesIn(quantity, transform);
  const hasFee = !new Big(flatAmountMinor).eq(0);
  const usageMinor = roundMinor((packages ?? quantity).times(unitAmountMinor));
  const flatMinor = hasFee ? roundMinor(new Big(flatAmountMinor)) : 0;
  return {
    tierNumber,
    fromQuantity: from.toFixed(),
    toQuantity: to.toFixed(),
    quantity: quantity.toFixed(),
    packages: packages?.toFixed() ?? null,
    unitAmountMinor,
    usageMinor,
    flatAmountMinor: hasFee ? flatAmountMinor : null,
    flatMinor,
    amountMinor: usageMinor + flatMinor,
  };
}

/** Divides what is a multiple without its rest, so that no digit is lost: a quotient of Big ends after 20 places. */
function packagesIn(quantity: Big, { divideBy, round }: NonNullable<PriceTerms['transformQuantity']>): Big {
  const rest = quantity.mod(divideBy);
  const whole = quantity.minus(rest).div(divideBy);
  return round === 'up' && rest.gt(0) ? whole.plus(1) : whole;
}

function roundMinor(amount: Big): number {
  return amount.round(0, Big.roundHalfUp).toNumber();
}
