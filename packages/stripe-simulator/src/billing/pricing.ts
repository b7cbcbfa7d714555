import Big from 'big.js';

export interface Tier {
  /** Inclusive upper bound of the tier; `null` for the last. */
  upTo: number | null;
  unitAmountDecimal: string | null;
  flatAmountDecimal: string | null;
}

/** What a price charges, in minor units as exact decimals. */
export interface PriceTerms {
  billingScheme: 'per_unit' | 'tiered';
  unitAmountDecimal: string | null;
  tiersMode: 'graduated' | 'volume' | null;
  tiers: readonly Tier[];
  transformQuantity: { divideBy: number; round: 'down' | 'up' } | null;
}

/** One line that a quantity turns into. */
export interface PricedPart {
  /** `unit` or, for a flat fee, `flat`, with the tier's number from 1. */
  key: string;
  tierNumber: number | null;
  flat: boolean;
  quantityDecimal: string;
  unitAmountDecimal: string;
  amountMinor: number;
}

/**
 * Prices a quantity. Graduated tiers give one part per tier that is reached (and one per flat fee), since Stripe shows
 * them as several lines. A negative quantity bills as 0. Each part is rounded once, half away from zero; that Stripe
 * rounds each line rather than the sum is an assumption.
 */
export function priceQuantity(price: PriceTerms, quantity: Big): PricedPart[] {
  const billed = quantity.lt(0) ? new Big(0) : quantity;
  if (price.billingScheme === 'per_unit') {
    return [part('unit', null, transform(price, billed), price.unitAmountDecimal ?? '0', billed)];
  }
  return price.tiersMode === 'volume'
    ? priceByVolume(price.tiers, billed)
    : priceGraduated(price.tiers, billed);
}

function priceGraduated(tiers: readonly Tier[], quantity: Big): PricedPart[] {
  const parts: PricedPart[] = [];
  let below = new Big(0);
  for (const [index, tier] of tiers.entries()) {
    if (index > 0 && quantity.lte(below)) break;
    const top = tier.upTo === null || quantity.lt(tier.upTo) ? quantity : new Big(tier.upTo);
    parts.push(...tierParts(tier, index + 1, top.minus(below)));
    below = top;
  }
  return parts;
}

function priceByVolume(tiers: readonly Tier[], quantity: Big): PricedPart[] {
  const index = tiers.findIndex((tier) => tier.upTo === null || quantity.lte(tier.upTo));
  const tier = tiers[index];
  return tier === undefined ? [] : tierParts(tier, index + 1, quantity);
}

function tierParts(tier: Tier, tierNumber: number, quantity: Big): PricedPart[] {
  const unit = part(`tier-${tierNumber}`, tierNumber, quantity, tier.unitAmountDecimal ?? '0', quantity);
  if (tier.flatAmountDecimal === null || new Big(tier.flatAmountDecimal).eq(0)) return [unit];
  const one = new Big(1);
  return [
    unit,
    { ...part(`tier-${tierNumber}-flat`, tierNumber, one, tier.flatAmountDecimal, one), flat: true },
  ];
}

function part(
  key: string,
  tierNumber: number | null,
  units: Big,
  unitAmountDecimal: string,
  shown: Big,
): PricedPart {
  return {
    key,
    tierNumber,
    flat: false,
    quantityDecimal: shown.toFixed(),
    unitAmountDecimal,
    amountMinor: roundMinor(units.times(unitAmountDecimal)),
  };
}

function transform(price: PriceTerms, quantity: Big): Big {
  if (price.transformQuantity === null) return quantity;
  const { divideBy, round } = price.transformQuantity;
  return quantity.div(divideBy).round(0, round === 'up' ? Big.roundUp : Big.roundDown);
}

/** To whole minor units, half away from zero. */
export function roundMinor(amount: Big): number {
  return amount.round(0, Big.roundHalfUp).toNumber();
}
