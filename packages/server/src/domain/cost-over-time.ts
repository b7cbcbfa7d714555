import type { Aggregation } from '@meterboard/contract';
import Big from 'big.js';
import type { BurnPoint } from './crossing.ts';
import type { ForecastPoint } from './forecast.ts';
import { amountOf, type PricedQuantity, type PriceTerms, priceQuantity } from './pricing.ts';

/** What buckets add to the cost of a period, in whole minor units: `baseMinor` and all known steps add up to `totalMinor`. */
export interface CostSteps {
  /** Due before anything is used: flat fees of the first tier. */
  baseMinor: number;
  /** One for each bucket; `null` where the bucket's quantity is. Negative where a volume tier is cheaper, or a level falls. */
  stepsMinor: (number | null)[];
  totalMinor: number;
}

/**
 * The cost of a period, bucket by bucket: each step is the cost of everything up to and with its bucket, less that of
 * everything before, so nothing is lost to rounding. `quantities` are those of the period's buckets, ascending: what each
 * adds or, for `last` meters, its level. A missing bucket (`null`) costs `null`, and the total is the cost of what is known.
 * `null` where the price cannot be told (see `priceQuantity`).
 */
export function costByBucket(
  price: PriceTerms,
  quantities: readonly (string | null)[],
  aggregation: Aggregation,
): CostSteps | null {
  const baseMinor = amountOf(price, '0');
  if (baseMinor === null) return null;
  const stepsMinor: (number | null)[] = [];
  let used = new Big(0);
  let totalMinor = baseMinor;
  for (const quantity of quantities) {
    if (quantity === null) {
      stepsMinor.push(null);
      continue;
    }
    used = aggregation === 'last' ? new Big(quantity) : used.plus(quantity);
    const costMinor = amountOf(price, used.toFixed());
    if (costMinor === null) return null;
    stepsMinor.push(costMinor - totalMinor);
    totalMinor = costMinor;
  }
  return { baseMinor, stepsMinor, totalMinor };
}

/** What was used in a period while one price was in force. */
export interface PriceSegment {
  price: PriceTerms;
  /** Decimal string: the meter's aggregate over the segment alone. */
  quantity: string;
}

/** Segments that are billed, each with what it costs; `amountMinor` is the sum in whole minor units. */
export interface PricedSegments {
  segments: PricedQuantity[];
  amountMinor: number;
}

/**
 * What a period costs in which the price changed. `segments` are all of the period's, ascending, the last one being
 * what was used since the latest change (maybe `'0'`).
 *
 * `flexible` (the default of new subscriptions): usage keeps the price in force when it was reported, and each segment
 * begins at the first tier again. `classic`: only usage since the latest change is billed; what was used before is
 * forgotten. A change with `proration_behavior: 'none'` forgets it in either mode: leave those segments out.
 *
 * `null` where one of the prices cannot be told. Sources: Stripe's docs on billing modes; that tiers begin anew is an
 * assumption shared with the simulator.
 */
export function priceSegments(
  segments: readonly PriceSegment[],
  billingMode: 'flexible' | 'classic',
): PricedSegments | null {
  const billed = billingMode === 'classic' ? segments.slice(-1) : segments;
  const priced: PricedQuantity[] = [];
  for (const { price, quantity } of billed) {
    const segment = priceQuantity(price, quantity);
    if (segment === null) return null;
    priced.push(segment);
  }
  const amountMinor = priced.reduce((sum, segment) => sum + segment.amountMinor, 0);
  return Number.isSafeInteger(amountMinor) ? { segments: priced, amountMinor } : null;
}

/**
 * What a forecast of usage comes to in whole minor units, point by point, with its band: the least and the most that any
 * quantity of the band costs. Volume prices fall where a cheaper tier is reached, so there the path may fall too, and the
 * band reaches beyond what its edges cost. `null` where the price cannot be told (see `priceQuantity`).
 */
export function costAlong(price: PriceTerms, path: readonly ForecastPoint[]): BurnPoint[] | null {
  const points: BurnPoint[] = [];
  for (const { atMs, expected, low, high } of path) {
    const expectedMinor = amountOf(price, expected);
    const within = [low, high, ...jumpsWithin(price, low, high)].map((quantity) => amountOf(price, quantity));
    const known = within.flatMap((amountMinor) => amountMinor ?? []);
    if (expectedMinor === null || known.length < within.length) return null;
    const [lowMinor, highMinor] = [Math.min(expectedMinor, ...known), Math.max(expectedMinor, ...known)];
    points.push({ atMs, expected: expectedMinor, low: lowMinor, high: highMinor });
  }
  return points;
}

/** The bounds of volume tiers in a band, and what is just above them: there the cost jumps. */
function jumpsWithin({ tiers, tiersMode }: PriceTerms, low: string, high: string): string[] {
  if (tiersMode !== 'volume') return [];
  return tiers
    .flatMap(({ upTo }) => (upTo === null ? [] : [upTo, new Big(upTo).plus('0.000001').toFixed()]))
    .filter((quantity) => new Big(quantity).gte(low) && new Big(quantity).lte(high));
}
