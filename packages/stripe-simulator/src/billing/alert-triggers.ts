import type Stripe from 'stripe';
import { emit } from '../events/emit.ts';
import { type AlertState, alerts, toStripeAlert } from '../resources/billing-alerts.ts';
import { meters } from '../resources/meters.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { Job, World } from '../world.ts';
import { aggregate, usageBetween } from './usage.ts';

/** Which alert has triggered for which customer, and in which of its activations. */
const triggered = defineTable<{ id: string; activation: number }>();

const checkJob: Job = {
  name: 'check usage alerts',
  run(world, id) {
    const [meterId = '', customerId = ''] = id.split(' ');
    check(world, meterId, customerId);
  },
};

/**
 * Checks the meter's alerts against all usage of the customer so far, once what was just reported counts. Customers
 * on a test clock have no alerts.
 */
export function usageReported(
  world: World,
  { meterId, customerId }: { meterId: string; customerId: string },
): void {
  if (alerts(world).size() === 0 || world.clockIdOf(customerId) !== null) return;
  const lagMs = world.assumptions.aggregationLagMs;
  if (lagMs === 0) check(world, meterId, customerId);
  else world.scheduleOwnMs(world.ownNowMs() + lagMs, checkJob, `${meterId} ${customerId}`);
}

function check(world: World, meterId: string, customerId: string): void {
  const waiting = alerts(world)
    .oldestFirst()
    .filter((alert) => alert.meterId === meterId && isArmed(world, alert, customerId));
  const meter = meters(world).get(meterId);
  if (waiting.length === 0 || meter === undefined) return;
  const usage = usageBetween(world, meter, customerId, 0, Number.MAX_SAFE_INTEGER);
  const value = aggregate(usage, meter).toNumber();
  for (const alert of waiting) {
    if (value >= alert.gte) trigger(world, alert, customerId, value);
  }
}

function isArmed(world: World, alert: AlertState, customerId: string): boolean {
  if (alert.status !== 'active') return false;
  if (alert.customerId !== null && alert.customerId !== customerId) return false;
  const last = triggered(world).get(`${alert.id} ${customerId}`);
  if (last === undefined) return true;
  return world.assumptions.alertsTriggerAgainWhenActivated && last.activation < alert.activations;
}

function trigger(world: World, alert: AlertState, customerId: string, value: number): void {
  triggered(world).put({ id: `${alert.id} ${customerId}`, activation: alert.activations });
  const object = {
    object: 'billing.alert_triggered',
    alert: toStripeAlert(alert),
    created: world.nowSec(),
    customer: customerId,
    livemode: false,
    value,
  } satisfies Wire<Stripe.Billing.AlertTriggered>;
  emit(world, { type: 'billing.alert.triggered', object, customerId });
}
