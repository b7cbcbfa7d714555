import Big from 'big.js';
import type Stripe from 'stripe';
import type { Recurrence } from '../billing/periods.ts';
import type { PriceTerms, Tier } from '../billing/pricing.ts';
import { invalidRequest, resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Json, Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { requireMeter } from './meters.ts';
import { requireProduct } from './products.ts';

export interface PriceState extends PriceTerms {
  id: string;
  createdSec: number;
  active: boolean;
  currency: string;
  productId: string;
  recurring: (Recurrence & { usageType: 'licensed' | 'metered'; meterId: string | null }) | null;
  nickname: string | null;
  lookupKey: string | null;
  taxBehavior: 'exclusive' | 'inclusive' | 'unspecified';
  metadata: Record<string, string>;
}

export const prices = defineTable<PriceState>();

export interface PriceInput {
  currency: string;
  productId: string;
  active?: boolean | undefined;
  /** Minor units, at most 12 decimals. Left out for tiered prices. */
  unitAmountDecimal?: string | undefined;
  recurring?: PriceState['recurring'];
  tiers?: Tier[] | undefined;
  tiersMode?: 'graduated' | 'volume' | undefined;
  transformQuantity?: PriceTerms['transformQuantity'];
  nickname?: string | null | undefined;
  lookupKey?: string | null | undefined;
  taxBehavior?: PriceState['taxBehavior'] | undefined;
  metadata?: Record<string, string>;
}

/** How many of each interval make three years, the longest that Stripe takes. */
const LONGEST: Readonly<Record<Recurrence['interval'], number>> = {
  day: 1_095,
  week: 156,
  month: 36,
  year: 3,
};

/** Throws Stripe's 400 for a period longer than three years (the wording is an assumption). */
export function checkInterval(
  interval: Recurrence['interval'],
  count: number | undefined,
  param: string,
): void {
  const most = LONGEST[interval];
  if ((count ?? 1) > most)
    throw invalidRequest(`The maximum of \`interval_count\` is ${most} for the interval ${interval}.`, {
      param,
    });
}

/** Throws Stripe's 400 for combinations that make no price; has no effect. */
export function checkPrice(world: World, input: Omit<PriceInput, 'productId'>): void {
  const tiers = input.tiers ?? [];
  const recurring = input.recurring ?? null;
  if (input.tiers !== undefined) checkTiers(tiers, input);
  else if (input.unitAmountDecimal === undefined) {
    throw invalidRequest('Missing required param: unit_amount.', {
      code: 'parameter_missing',
      param: 'unit_amount',
    });
  }
  if (recurring?.usageType === 'metered') checkMeter(world, recurring.meterId);
  if (recurring?.usageType === 'licensed' && recurring.meterId !== null) {
    throw invalidRequest('A meter can only be set on prices with `recurring[usage_type]=metered`.', {
      param: 'recurring[meter]',
    });
  }
}

/** Adds a price after `checkPrice`. */
export function createPrice(world: World, input: PriceInput): PriceState {
  checkPrice(world, input);
  requireProduct(world, input.productId);
  const tiers = input.tiers ?? [];
  const tiered = tiers.length > 0;
  return prices(world).put({
    id: world.ids.next('price_'),
    createdSec: world.nowSec(),
    active: input.active ?? true,
    currency: input.currency,
    productId: input.productId,
    billingScheme: tiered ? 'tiered' : 'per_unit',
    unitAmountDecimal: tiered ? null : new Big(input.unitAmountDecimal ?? '0').toFixed(),
    tiers,
    tiersMode: tiered ? (input.tiersMode ?? 'graduated') : null,
    transformQuantity: input.transformQuantity ?? null,
    recurring: input.recurring ?? null,
    nickname: input.nickname ?? null,
    lookupKey: input.lookupKey ?? null,
    taxBehavior: input.taxBehavior ?? 'unspecified',
    metadata: input.metadata ?? {},
  });
}

function checkMeter(world: World, meterId: string | null): void {
  if (meterId === null) {
    throw invalidRequest(
      'Metered prices must be backed by a meter: set `recurring[meter]`. Legacy usage records were removed in 2025-03-31.basil.',
      { code: 'parameter_missing', param: 'recurring[meter]' },
    );
  }
  const meter = requireMeter(world, meterId, 'recurring[meter]');
  if (meter.deactivatedSec !== null)
    throw invalidRequest('The meter is inactive.', { param: 'recurring[meter]' });
}

function checkTiers(tiers: readonly Tier[], input: Omit<PriceInput, 'productId'>): void {
  if (input.unitAmountDecimal !== undefined) {
    throw invalidRequest('You cannot set `unit_amount` on a tiered price.', { param: 'unit_amount' });
  }
  if (input.tiersMode === undefined) {
    throw invalidRequest('Missing required param: tiers_mode.', {
      code: 'parameter_missing',
      param: 'tiers_mode',
    });
  }
  if (input.transformQuantity !== undefined && input.transformQuantity !== null) {
    throw invalidRequest('You cannot set `transform_quantity` on a tiered price.', {
      param: 'transform_quantity',
    });
  }
  if (tiers.length === 0) throw invalidRequest('`tiers` must not be empty.', { param: 'tiers' });
  for (const [index, tier] of tiers.entries()) {
    const param = `tiers[${index}][up_to]`;
    const previous = tiers[index - 1]?.upTo ?? 0;
    const isLast = index === tiers.length - 1;
    if (isLast !== (tier.upTo === null)) {
      throw invalidRequest('The last tier, and only the last, must have `up_to` set to `inf`.', { param });
    }
    if (tier.upTo !== null && tier.upTo <= previous) {
      throw invalidRequest('Tiers must be in ascending order of `up_to`.', { param });
    }
    if (tier.unitAmountDecimal === null && tier.flatAmountDecimal === null) {
      throw invalidRequest('Each tier needs a unit amount or a flat amount.', { param: `tiers[${index}]` });
    }
  }
}

export function requirePrice(world: World, id: string, param = 'price'): PriceState {
  const price = prices(world).get(id);
  if (price === undefined) throw resourceMissing('price', id, param);
  return price;
}

/** Stripe shows the integer twin of a decimal amount only when nothing is lost. */
export function wholeMinor(decimal: string | null): number | null {
  if (decimal === null) return null;
  const amount = new Big(decimal);
  return amount.eq(amount.round(0, Big.roundDown)) ? amount.toNumber() : null;
}

export function toStripePrice(price: PriceState) {
  return {
    id: price.id,
    object: 'price',
    active: price.active,
    billing_scheme: price.billingScheme,
    created: price.createdSec,
    currency: price.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: price.lookupKey,
    metadata: price.metadata,
    nickname: price.nickname,
    product: price.productId,
    recurring:
      price.recurring === null
        ? null
        : {
            interval: price.recurring.interval,
            interval_count: price.recurring.intervalCount,
            meter: price.recurring.meterId,
            trial_period_days: null,
            usage_type: price.recurring.usageType,
          },
    tax_behavior: price.taxBehavior,
    tiers_mode: price.tiersMode,
    transform_quantity:
      price.transformQuantity === null
        ? null
        : { divide_by: price.transformQuantity.divideBy, round: price.transformQuantity.round },
    type: price.recurring === null ? 'one_time' : 'recurring',
    unit_amount: wholeMinor(price.unitAmountDecimal),
    unit_amount_decimal: price.unitAmountDecimal,
  } satisfies Wire<Stripe.Price>;
}

/** The tiers of a price, which Stripe shows only when they are expanded. */
export function revealTiers(world: World, owner: Json): Array<Wire<Stripe.Price.Tier>> {
  const price = typeof owner.id === 'string' ? prices(world).get(owner.id) : undefined;
  return (price?.tiers ?? []).map(
    (tier) =>
      ({
        flat_amount: wholeMinor(tier.flatAmountDecimal),
        flat_amount_decimal: tier.flatAmountDecimal,
        unit_amount: wholeMinor(tier.unitAmountDecimal),
        unit_amount_decimal: tier.unitAmountDecimal,
        up_to: tier.upTo,
      }) satisfies Wire<Stripe.Price.Tier>,
  );
}

/** The price in the older shape that subscription items still carry beside it. */
export function toStripePlan(price: PriceState) {
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: wholeMinor(price.unitAmountDecimal),
    amount_decimal: price.unitAmountDecimal,
    billing_scheme: price.billingScheme,
    created: price.createdSec,
    currency: price.currency,
    interval: price.recurring?.interval ?? 'month',
    interval_count: price.recurring?.intervalCount ?? 1,
    livemode: false,
    metadata: price.metadata,
    meter: price.recurring?.meterId ?? null,
    nickname: price.nickname,
    product: price.productId,
    tiers_mode: price.tiersMode,
    transform_usage:
      price.transformQuantity === null
        ? null
        : { divide_by: price.transformQuantity.divideBy, round: price.transformQuantity.round },
    trial_period_days: null,
    usage_type: price.recurring?.usageType ?? 'licensed',
  } satisfies Wire<Stripe.Plan>;
}
