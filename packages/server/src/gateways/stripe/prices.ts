import type Stripe from 'stripe';
import type { RawPrice, RawTier } from '../../gateway.ts';
import { fromDecimal } from './from-stripe.ts';

/** Prices by id. What it knows of a price cannot change at Stripe, so it is read once per process. */
export interface PriceBook {
  get(priceId: string): Promise<RawPrice>;
  /** The meter that a price bills, or `null`: known from subscriptions without a call of its own. */
  meterOf(priceId: string): Promise<string | null>;
  noteMeter(priceId: string, meterId: string | null): void;
}

const maxKept = 1_000;

export function createPriceBook(stripe: Stripe): PriceBook {
  const prices = new Map<string, RawPrice>();
  const meters = new Map<string, string | null>();

  async function get(priceId: string): Promise<RawPrice> {
    const known = prices.get(priceId);
    if (known) return known;
    const price = fromStripePrice(await stripe.prices.retrieve(priceId, { expand: ['tiers', 'product'] }));
    keep(prices, priceId, price);
    return price;
  }

  return {
    get,
    noteMeter: (priceId, meterId) => keep(meters, priceId, meterId),
    async meterOf(priceId) {
      const meterId = meters.get(priceId);
      return meterId === undefined ? (await get(priceId)).meterId : meterId;
    },
  };
}

/** Makes room by forgetting the one that was noted longest ago. */
function keep<T>(book: Map<string, T>, priceId: string, entry: T): void {
  book.delete(priceId);
  book.set(priceId, entry);
  const [oldest] = book.keys();
  if (book.size > maxKept && oldest !== undefined) book.delete(oldest);
}

function fromStripePrice(price: Stripe.Price): RawPrice {
  return {
    priceId: price.id,
    currency: price.currency,
    meterId: price.recurring?.meter ?? null,
    tiers: (price.tiers ?? []).map(fromStripeTier),
    tiersMode: fromStripeTiersMode(price.tiers_mode),
    unitAmountMinor: fromStripeUnitAmount(price),
    transformQuantity: fromStripeTransform(price.transform_quantity),
    name: price.nickname ?? fromStripeProductName(price.product),
  };
}

function fromStripeProductName(product: Stripe.Price['product']): string | null {
  return typeof product === 'string' || product.deleted ? null : product.name;
}

function fromStripeTier(tier: Stripe.Price.Tier): RawTier {
  return {
    upTo: tier.up_to === null ? null : fromDecimal(tier.up_to),
    unitAmountMinor: fromDecimal(tier.unit_amount_decimal ?? 0),
    flatAmountMinor: fromDecimal(tier.flat_amount_decimal ?? 0),
  };
}

function fromStripeUnitAmount({ billing_scheme, unit_amount_decimal }: Stripe.Price): string | null {
  if (billing_scheme !== 'per_unit' || unit_amount_decimal === null) return null;
  return fromDecimal(unit_amount_decimal);
}

function fromStripeTransform(
  transform: Stripe.Price.TransformQuantity | null,
): RawPrice['transformQuantity'] {
  if (transform === null) return null;
  const round: string = transform.round;
  return { divideBy: transform.divide_by, round: round === 'up' || round === 'down' ? round : 'other' };
}

function fromStripeTiersMode(mode: string | null): RawPrice['tiersMode'] {
  return mode === 'graduated' || mode === 'volume' ? mode : null;
}
