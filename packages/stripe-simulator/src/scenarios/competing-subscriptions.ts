import { recordUsage } from '../billing/usage.ts';
import { createGrant } from '../resources/credit-grants.ts';
import type { World } from '../world.ts';
import { addCustomer, DAY_SEC, type ScenarioCustomer, sellMetered, subscribe } from './parts.ts';

const DAYS = 10;
const GRANT_MINOR = 10_000;
const USED_MINOR = 6_000;

/** What the `competing-subscriptions` scenario made. All amounts are US cents. */
export interface CompetingSubscriptionsScenario {
  customer: ScenarioCustomer;
  /** In the order of the subscriptions. */
  meterIds: readonly [string, string];
  grantId: string;
  grantMinor: number;
  /** What each subscription's preview claims from the same grant. */
  claimedMinor: readonly [number, number];
  /** What no credit can cover once both have billed. */
  notCoveredMinor: number;
}

/** Ten days before the present. */
export function competingSubscriptionsStartMs(nowMs: number): number {
  return nowMs - DAYS * DAY_SEC * 1_000;
}

/**
 * One grant of 100.00 and two subscriptions that have used 60.00 each in periods that end at the same second: both
 * previews show 60.00 of credits, only 100.00 exist.
 */
export function buildCompetingSubscriptions(world: World): CompetingSubscriptionsScenario {
  const sell = (name: string, eventName: string) =>
    sellMetered(world, { name, eventName, terms: { unitAmountDecimal: '1' } });
  const compute = sell('Compute seconds', 'compute_seconds');
  const storage = sell('Stored gigabytes', 'stored_gigabytes');
  const plain = addCustomer(world, 'Twin Rivers');
  const customer = subscribe(world, subscribe(world, plain, [compute.price]), [storage.price]);
  const grant = createGrant(world, {
    customerId: customer.id,
    amountMinor: GRANT_MINOR,
    currency: 'usd',
    name: 'Prepaid credits',
  });
  const startSec = world.nowSec();
  for (let day = 0; day < DAYS; day += 1) {
    const atSec = startSec + day * DAY_SEC + DAY_SEC / 2;
    world.settle(atSec * 1_000);
    for (const { meter } of [compute, storage])
      recordUsage(world, meter.id, customer.id, atSec, USED_MINOR / DAYS);
  }
  return {
    customer,
    meterIds: [compute.meter.id, storage.meter.id],
    grantId: grant.id,
    grantMinor: GRANT_MINOR,
    claimedMinor: [USED_MINOR, USED_MINOR],
    notCoveredMinor: 2 * USED_MINOR - GRANT_MINOR,
  };
}
