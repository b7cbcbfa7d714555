import { recordUsage } from '../billing/usage.ts';
import type { PriceInput } from '../resources/prices.ts';
import type { World } from '../world.ts';
import { addCustomer, DAY_SEC, type ScenarioCustomer, sellMetered, subscribe } from './parts.ts';

const DAYS = 5;

/** One kind of price with usage whose cost was computed by hand, in US cents. */
export interface PricedExample {
  /** How the amount comes about. */
  name: string;
  meterId: string;
  priceId: string;
  /** As Stripe prints it: an exact decimal. */
  quantity: string;
  amountMinor: number;
}

/** What the `tiers` scenario made: one subscription, one item per kind of price. */
export interface TiersScenario {
  customer: ScenarioCustomer;
  examples: readonly PricedExample[];
  /** The sum of all examples: what the preview of the subscription comes to. */
  totalMinor: number;
}

interface Example {
  name: string;
  eventName: string;
  terms: Omit<PriceInput, 'currency' | 'productId' | 'recurring'>;
  units: readonly (number | string)[];
  quantity: string;
  amountMinor: number;
}

const EXAMPLES: readonly Example[] = [
  {
    name: 'graduated: 1,000 free, then 1,500 at 0.8, then 500 at 0.5',
    eventName: 'graduated_units',
    terms: {
      tiersMode: 'graduated',
      tiers: [
        { upTo: 1_000, unitAmountDecimal: '0', flatAmountDecimal: null },
        { upTo: 2_500, unitAmountDecimal: '0.8', flatAmountDecimal: null },
        { upTo: null, unitAmountDecimal: '0.5', flatAmountDecimal: null },
      ],
    },
    units: [1_000, 1_000, 1_000],
    quantity: '3000',
    amountMinor: 1_450,
  },
  {
    name: 'volume: all 3,000 at the price of the tier reached, 0.6',
    eventName: 'volume_units',
    terms: {
      tiersMode: 'volume',
      tiers: [
        { upTo: 1_000, unitAmountDecimal: '1', flatAmountDecimal: null },
        { upTo: 5_000, unitAmountDecimal: '0.6', flatAmountDecimal: null },
        { upTo: null, unitAmountDecimal: '0.4', flatAmountDecimal: null },
      ],
    },
    units: [1_400, 1_600],
    quantity: '3000',
    amountMinor: 1_800,
  },
  {
    name: 'package: 2,050 units are 21 begun hundreds at 30',
    eventName: 'packaged_units',
    terms: { unitAmountDecimal: '30', transformQuantity: { divideBy: 100, round: 'up' } },
    units: [2_000, 50],
    quantity: '2050',
    amountMinor: 630,
  },
  {
    name: 'flat and unit: 500 for reaching the tier and 200 units at 2',
    eventName: 'flat_units',
    terms: {
      tiersMode: 'graduated',
      tiers: [{ upTo: null, unitAmountDecimal: '2', flatAmountDecimal: '500' }],
    },
    units: [120, 80],
    quantity: '200',
    amountMinor: 900,
  },
  {
    name: 'twelve decimals: 1,000,000.5 units at 0.000950000001, 950.000476 rounded once',
    eventName: 'fine_units',
    terms: { unitAmountDecimal: '0.000950000001' },
    units: [999_999, '1.5'],
    quantity: '1000000.5',
    amountMinor: 950,
  },
];

/** Five days before the present. */
export function tiersStartMs(nowMs: number): number {
  return nowMs - DAYS * DAY_SEC * 1_000;
}

/** One subscription with every kind of metered price, each used so that its cost is known by hand. */
export function buildTiers(world: World): TiersScenario {
  const sold = EXAMPLES.map((example) => ({ example, ...sellMetered(world, example) }));
  const customer = subscribe(
    world,
    addCustomer(world, 'Ladder Works'),
    sold.map(({ price }) => price),
  );
  const startSec = world.nowSec();
  for (let day = 0; day < DAYS; day += 1) {
    const atSec = startSec + day * DAY_SEC + DAY_SEC / 2;
    world.settle(atSec * 1_000);
    for (const { example, meter } of sold) {
      const units = example.units[day];
      if (units !== undefined) recordUsage(world, meter.id, customer.id, atSec, units);
    }
  }
  const examples = sold.map(({ example: { name, quantity, amountMinor }, meter, price }) => ({
    name,
    meterId: meter.id,
    priceId: price.id,
    quantity,
    amountMinor,
  }));
  return { customer, examples, totalMinor: examples.reduce((sum, { amountMinor }) => sum + amountMinor, 0) };
}
