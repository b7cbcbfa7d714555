import { recordUsage } from '../billing/usage.ts';
import { createGrant } from '../resources/credit-grants.ts';
import type { World } from '../world.ts';
import { addCustomer, DAY_SEC, type ScenarioCustomer, sellMetered, subscribe } from './parts.ts';

const DAYS = 14;
const GRANT_MINOR = 10_000;
/** One unit costs one minor unit. By day, the weekend slower; they add up to 9,958. */
const UNITS_BY_DAY = [812, 798, 831, 402, 377, 804, 822, 815, 790, 836, 411, 389, 807, 1_064];

/** What the `nearly-out` scenario made. All amounts are US cents. */
export interface NearlyOutScenario {
  customer: ScenarioCustomer;
  meterId: string;
  priceId: string;
  grantId: string;
  grantMinor: number;
  /** Used in the running period; it bills at its end. */
  unbilledMinor: number;
  /** `grantMinor` less `unbilledMinor`. */
  remainingMinor: number;
}

/** Two weeks before the present, to the second, so that the subscription stands in the middle of its period. */
export function nearlyOutStartMs(nowMs: number): number {
  return nowMs - DAYS * DAY_SEC * 1_000;
}

/** One customer that has used 99.58 of a grant of 100.00 in the running period: 0.42 remain. */
export function buildNearlyOut(world: World): NearlyOutScenario {
  const { meter, price } = sellMetered(world, {
    name: 'API requests',
    eventName: 'api_requests',
    terms: { unitAmountDecimal: '1' },
  });
  const customer = subscribe(world, addCustomer(world, 'Ebb Studio'), [price]);
  const grant = createGrant(world, {
    customerId: customer.id,
    amountMinor: GRANT_MINOR,
    currency: 'usd',
    name: 'Prepaid credits',
  });
  const startSec = world.nowSec();
  for (const [day, units] of UNITS_BY_DAY.entries()) {
    const atSec = startSec + day * DAY_SEC + DAY_SEC / 2;
    world.settle(atSec * 1_000);
    recordUsage(world, meter.id, customer.id, atSec, units);
  }
  const unbilledMinor = UNITS_BY_DAY.reduce((sum, units) => sum + units, 0);
  return {
    customer,
    meterId: meter.id,
    priceId: price.id,
    grantId: grant.id,
    grantMinor: GRANT_MINOR,
    unbilledMinor,
    remainingMinor: GRANT_MINOR - unbilledMinor,
  };
}
