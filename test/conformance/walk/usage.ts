import { nowSec, subscribed, use, type Walker } from './context.ts';

/** Meters, events of both versions, and summaries. */
export async function walkUsage(walker: Walker): Promise<void> {
  const { stripe } = walker;
  const { meter, customer } = await subscribed(walker, 'walk_usage');
  await stripe.billing.meters.retrieve(meter.id);
  await stripe.billing.meters.update(meter.id, { display_name: 'Renamed' });
  await stripe.billing.meters.list({ status: 'active' });
  await stripe.billing.meters.deactivate(meter.id);
  await stripe.billing.meters.reactivate(meter.id);
  await use(walker, 'walk_usage', customer.id, 7);
  await stripe.v2.billing.meterEvents.create({
    event_name: 'walk_usage',
    payload: { stripe_customer_id: customer.id, value: '3' },
  });
  const midnight = nowSec(walker) - (nowSec(walker) % 86_400);
  await stripe.billing.meters.listEventSummaries(meter.id, {
    customer: customer.id,
    start_time: midnight,
    end_time: midnight + 86_400,
    value_grouping_window: 'day',
  });
}
