import { nowSec, subscribed, use, type Walker } from './context.ts';

const hook = 'http://127.0.0.1:9/walk';

/** Webhook endpoints, snapshot events and what was sent to whom. */
export async function walkEvents({ stripe }: Walker): Promise<void> {
  const endpoint = await stripe.webhookEndpoints.create({
    url: hook,
    enabled_events: ['invoice.paid'],
    api_version: '2026-10-28.endive',
    description: 'Walk',
  });
  await stripe.webhookEndpoints.retrieve(endpoint.id);
  await stripe.webhookEndpoints.update(endpoint.id, { enabled_events: ['invoice.paid', 'invoice.created'] });
  await stripe.webhookEndpoints.list();
  await stripe.customers.create({ name: 'Noted' });
  const { data } = await stripe.events.list({ type: 'customer.created' });
  const [event] = data;
  if (event === undefined) throw new Error('Creating a customer made no event.');
  await stripe.events.retrieve(event.id);
  // What the command-line client calls to send an event again.
  await stripe.rawRequest('POST', `/v1/events/${event.id}/retry`, { webhook_endpoint: endpoint.id });
  await stripe.webhookEndpoints.del(endpoint.id);
}

/** Event destinations and thin events. */
export async function walkDestinations(walker: Walker): Promise<void> {
  const { stripe, sim } = walker;
  const destination = await stripe.v2.core.eventDestinations.create({
    name: 'Walk',
    type: 'webhook_endpoint',
    event_payload: 'thin',
    enabled_events: ['v1.billing.meter.no_meter_found'],
    webhook_endpoint: { url: hook },
    include: ['webhook_endpoint.url', 'webhook_endpoint.signing_secret'],
  });
  await stripe.v2.core.eventDestinations.retrieve(destination.id);
  await stripe.v2.core.eventDestinations.update(destination.id, { description: 'Walked' });
  await stripe.v2.core.eventDestinations.list();
  await stripe.v2.core.eventDestinations.ping(destination.id);
  await stripe.v2.core.eventDestinations.disable(destination.id);
  await stripe.v2.core.eventDestinations.enable(destination.id);
  await stripe.v2.core.eventDestinations.del(destination.id);

  const { customer } = await subscribed(walker, 'walk_thin');
  await use(walker, 'walk_thin_unknown', customer.id, 1);
  await sim.advance(60_000);
  const { data } = await stripe.v2.core.events.list({ limit: 20 });
  const [event] = data;
  if (event === undefined) throw new Error('An event for an unknown meter was reported to nobody.');
  await stripe.v2.core.events.retrieve(event.id);
}

/** Usage alerts. */
export async function walkAlerts(walker: Walker): Promise<void> {
  const { stripe } = walker;
  const { meter, customer } = await subscribed(walker, 'walk_alerts');
  const alert = await stripe.billing.alerts.create({
    alert_type: 'usage_threshold',
    title: 'Half way',
    usage_threshold: {
      gte: 50,
      meter: meter.id,
      recurrence: 'one_time',
      filters: [{ type: 'customer', customer: customer.id }],
    },
  });
  await stripe.billing.alerts.retrieve(alert.id);
  await stripe.billing.alerts.list({ meter: meter.id });
  await use(walker, 'walk_alerts', customer.id, 60);
  const triggered = await stripe.events.list({ type: 'billing.alert.triggered' });
  if (triggered.data.length !== 1) throw new Error('The alert did not trigger once.');
  await stripe.billing.alerts.deactivate(alert.id);
  await stripe.billing.alerts.activate(alert.id);
  await stripe.billing.alerts.archive(alert.id);
}

/** Test clocks, with a customer that lives on one. */
export async function walkClocks(walker: Walker): Promise<void> {
  const { stripe } = walker;
  const startSec = nowSec(walker) - 40 * 86_400;
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: startSec, name: 'Walk' });
  const customer = await stripe.customers.create({ test_clock: clock.id });
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 1_900,
    product_data: { name: 'Plan' },
    recurring: { interval: 'month' },
  });
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: card.id } });
  await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: startSec + 32 * 86_400 });
  let { status } = await stripe.testHelpers.testClocks.retrieve(clock.id);
  for (let tries = 0; status === 'advancing' && tries < 5; tries += 1)
    ({ status } = await stripe.testHelpers.testClocks.retrieve(clock.id));
  if (status !== 'ready') throw new Error(`The test clock is ${status}.`);
  const invoices = await stripe.invoices.list({ customer: customer.id });
  if (invoices.data.length !== 2) throw new Error('The advanced clock did not renew the subscription.');
  await stripe.testHelpers.testClocks.list();
  await stripe.testHelpers.testClocks.del(clock.id);
}
