import { recordUsage } from '../billing/usage.ts';
import { createGrant } from '../resources/credit-grants.ts';
import type { World } from '../world.ts';
import { addCustomer, DAY_SEC, type ScenarioCustomer, sellMetered, subscribe } from './parts.ts';

const DAYS = 3;
const GRANTS = 100;
const GRANT_MINOR = 100;
const UNITS_PER_DAY = 1_500;

/** What the `hundred-grants` scenario made. All amounts are US cents. */
export interface HundredGrantsScenario {
  customer: ScenarioCustomer;
  meterId: string;
  /** In the order of their creation, which is not the order in which they are used up. */
  grantIds: readonly string[];
  grantedMinor: number;
  unbilledMinor: number;
}

/** Three days before the present. */
export function hundredGrantsStartMs(nowMs: number): number {
  return nowMs - DAYS * DAY_SEC * 1_000;
}

/**
 * A customer at Stripe's limit of 100 unused grants of 1.00 each, mixed in priority, expiry and category; one more is
 * refused. Usage of 45.00 takes 45 of them in the order that the rules give.
 */
export function buildHundredGrants(world: World): HundredGrantsScenario {
  const { meter, price } = sellMetered(world, {
    name: 'API requests',
    eventName: 'api_requests',
    terms: { unitAmountDecimal: '1' },
  });
  const customer = subscribe(world, addCustomer(world, 'Hundredfold'), [price]);
  const grantIds = Array.from({ length: GRANTS }, (_, index) => {
    const expires = index % 3 === 0 ? { expiresSec: world.nowSec() + (60 + index) * DAY_SEC } : {};
    return createGrant(world, {
      customerId: customer.id,
      amountMinor: GRANT_MINOR,
      currency: 'usd',
      name: `Pack ${index + 1}`,
      category: index % 4 === 0 ? 'promotional' : 'paid',
      priority: [50, 10, 90][index % 3],
      ...expires,
    }).id;
  });
  const startSec = world.nowSec();
  for (let day = 0; day < DAYS; day += 1) {
    const atSec = startSec + day * DAY_SEC + DAY_SEC / 2;
    world.settle(atSec * 1_000);
    recordUsage(world, meter.id, customer.id, atSec, UNITS_PER_DAY);
  }
  return {
    customer,
    meterId: meter.id,
    grantIds,
    grantedMinor: GRANTS * GRANT_MINOR,
    unbilledMinor: DAYS * UNITS_PER_DAY,
  };
}
