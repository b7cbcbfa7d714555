import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { connect, errorOf, report, send } from '../testing/connect.ts';
import { startReceiver } from '../testing/receiver.ts';

async function metered(stripe: Stripe): Promise<{ meter: string; customer: string }> {
  const meter = await stripe.billing.meters.create({
    display_name: 'Units',
    event_name: 'units',
    default_aggregation: { formula: 'sum' },
  });
  return { meter: meter.id, customer: (await stripe.customers.create({})).id };
}

function threshold(meter: string, gte: number, customer?: string): Stripe.Billing.AlertCreateParams {
  return {
    alert_type: 'usage_threshold',
    title: `at ${gte}`,
    usage_threshold: {
      meter,
      gte,
      recurrence: 'one_time',
      ...(customer === undefined ? {} : { filters: [{ type: 'customer', customer }] }),
    },
  };
}

async function triggered(stripe: Stripe): Promise<Array<[string, string, number]>> {
  const { data } = await stripe.events.list({ type: 'billing.alert.triggered' });
  return data.toReversed().map((event) => {
    if (event.type !== 'billing.alert.triggered') throw new Error(event.type);
    const { alert, customer, value } = event.data.object;
    return [alert.title, customer, value];
  });
}

describe('billing alerts', () => {
  it('are created, read and listed', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { meter, customer } = await metered(stripe);
    const alert = await stripe.billing.alerts.create(threshold(meter, 100, customer));
    expect({ ...alert }).toEqual({
      id: alert.id,
      object: 'billing.alert',
      alert_type: 'usage_threshold',
      livemode: false,
      status: 'active',
      title: 'at 100',
      usage_threshold: {
        filters: [{ customer, type: 'customer' }],
        gte: 100,
        meter,
        recurrence: 'one_time',
      },
    });
    const other = await stripe.billing.alerts.create(threshold(meter, 50));
    expect(other.usage_threshold?.filters).toBeNull();
    const expanded = await stripe.billing.alerts.retrieve(alert.id, {
      expand: ['usage_threshold.meter', 'usage_threshold.filters.customer'],
    });
    expect(expanded.usage_threshold).toMatchObject({
      meter: { id: meter },
      filters: [{ customer: { id: customer } }],
    });
    const list = await stripe.billing.alerts.list({ meter, alert_type: 'usage_threshold' });
    expect(list.data.map(({ title }) => title)).toEqual(['at 50', 'at 100']);
    expect((await stripe.billing.alerts.list({ meter: 'mtr_other' })).data).toEqual([]);
  });

  it('trigger at the report that reaches the threshold, with a snapshot and a thin event', async () => {
    await using receiver = await startReceiver();
    await using server = await connect();
    const { stripe, sim } = server;
    sim.webhooks.forward({ url: receiver.url, events: ['billing.alert.triggered'] });
    sim.webhooks.forward({ url: receiver.url, payload: 'thin', events: ['v1.billing.alert.triggered'] });
    const { meter, customer } = await metered(stripe);
    const alert = await stripe.billing.alerts.create(threshold(meter, 100));
    await report(stripe, customer, 99);
    expect(await triggered(stripe)).toEqual([]);
    await report(stripe, customer, 1);
    await sim.webhooks.settled();
    expect(await triggered(stripe)).toEqual([['at 100', customer, 100]]);
    expect(receiver.types()).toEqual(['billing.alert.triggered', 'v1.billing.alert.triggered']);
    const [snapshot, thin] = receiver.received.map(({ body }) => JSON.parse(body));
    expect(snapshot.data.object).toMatchObject({
      object: 'billing.alert_triggered',
      alert: { id: alert.id },
    });
    expect(thin.related_object).toEqual({
      id: alert.id,
      type: 'billing.alert',
      url: `/v1/billing/alerts/${alert.id}`,
    });
  });

  it('trigger once per customer, and again only after they were activated again', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { meter, customer } = await metered(stripe);
    const second = (await stripe.customers.create({})).id;
    const alert = await stripe.billing.alerts.create(threshold(meter, 10));
    await report(stripe, customer, 10);
    await report(stripe, customer, 10);
    await report(stripe, second, 15);
    expect((await triggered(stripe)).map(([, whose, value]) => [whose, value])).toEqual([
      [customer, 10],
      [second, 15],
    ]);
    await stripe.billing.alerts.activate(alert.id);
    await report(stripe, customer, 1);
    await report(stripe, customer, 1);
    expect((await triggered(stripe)).map(([, , value]) => value)).toEqual([10, 15, 21]);
  });

  it('trigger once for life when the assumption says so', async () => {
    await using server = await connect({ assumptions: { alertsTriggerAgainWhenActivated: false } });
    const { stripe } = server;
    const { meter, customer } = await metered(stripe);
    const alert = await stripe.billing.alerts.create(threshold(meter, 10));
    await report(stripe, customer, 10);
    await stripe.billing.alerts.activate(alert.id);
    await report(stripe, customer, 10);
    expect(await triggered(stripe)).toHaveLength(1);
  });

  it('count usage from before their creation, at the next report', async () => {
    await using server = await connect();
    const { stripe, sim } = server;
    const { meter, customer } = await metered(stripe);
    await report(stripe, customer, 500);
    await stripe.billing.alerts.create(threshold(meter, 100));
    await sim.advance(86_400_000);
    expect(await triggered(stripe)).toEqual([]);
    await report(stripe, customer, 1);
    expect(await triggered(stripe)).toEqual([['at 100', customer, 501]]);
  });

  it('wait for usage that does not count yet', async () => {
    await using server = await connect({ assumptions: { aggregationLagMs: 60_000 } });
    const { stripe, sim } = server;
    const { meter, customer } = await metered(stripe);
    await stripe.billing.alerts.create(threshold(meter, 100));
    await report(stripe, customer, 150);
    expect(await triggered(stripe)).toEqual([]);
    await sim.advance(60_000);
    expect(await triggered(stripe)).toEqual([['at 100', customer, 150]]);
  });

  it('look at the customer they name, and not while inactive or archived', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { meter, customer } = await metered(stripe);
    const other = (await stripe.customers.create({})).id;
    const inactive = await stripe.billing.alerts.create(threshold(meter, 5));
    const archived = await stripe.billing.alerts.create(threshold(meter, 6));
    await stripe.billing.alerts.create(threshold(meter, 7, customer));
    expect((await stripe.billing.alerts.deactivate(inactive.id)).status).toBe('inactive');
    expect((await stripe.billing.alerts.archive(archived.id)).status).toBe('archived');
    await report(stripe, other, 10);
    expect(await triggered(stripe)).toEqual([]);
    await report(stripe, customer, 10);
    expect(await triggered(stripe)).toEqual([['at 7', customer, 10]]);
    expect((await errorOf(stripe.billing.alerts.activate(archived.id))).message).toContain('archived');
  });

  it('leave customers on a test clock alone', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { meter } = await metered(stripe);
    const clock = await stripe.testHelpers.testClocks.create({
      frozen_time: Math.floor(server.sim.nowMs() / 1_000),
    });
    const customer = await stripe.customers.create({ test_clock: clock.id });
    await stripe.billing.alerts.create(threshold(meter, 1));
    await report(stripe, customer.id, 10);
    expect(await triggered(stripe)).toEqual([]);
  });

  it('are at most 25 per meter and customer', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { meter, customer } = await metered(stripe);
    const [first] = await Promise.all(
      Array.from({ length: 25 }, (_, index) =>
        stripe.billing.alerts.create(threshold(meter, index + 1, customer)),
      ),
    );
    const error = await errorOf(stripe.billing.alerts.create(threshold(meter, 99, customer)));
    expect([error.statusCode, error.message]).toEqual([400, expect.stringContaining('at most 25')]);
    expect((await stripe.billing.alerts.create(threshold(meter, 99))).status).toBe('active');
    await stripe.billing.alerts.archive(first?.id ?? '');
    expect((await stripe.billing.alerts.create(threshold(meter, 99, customer))).status).toBe('active');
  });

  it.each([
    ['usage_threshold[gte]=0', 'usage_threshold[gte]'],
    ['usage_threshold[meter]=mtr_none', 'usage_threshold[meter]'],
    ['usage_threshold[recurrence]=monthly', 'usage_threshold[recurrence]'],
    ['usage_threshold[filters][0][type]=customer', 'usage_threshold[filters][0][customer]'],
    [
      'usage_threshold[filters][0][type]=customer&usage_threshold[filters][0][customer]=cus_none',
      'usage_threshold[filters][0][customer]',
    ],
    ['alert_type=spend_threshold', 'alert_type'],
    ['metadata[a]=b', 'metadata'],
  ])('refuse %s', async (change, param) => {
    await using server = await connect();
    const { meter } = await metered(server.stripe);
    const form = new URLSearchParams({
      alert_type: 'usage_threshold',
      title: 'x',
      'usage_threshold[gte]': '1',
      'usage_threshold[meter]': meter,
      'usage_threshold[recurrence]': 'one_time',
    });
    for (const [key, value] of new URLSearchParams(change)) form.set(key, value);
    const answer = await send(server.sim, 'POST', '/v1/billing/alerts', form.toString());
    expect([answer.status, (await answer.json()).error.param]).toEqual([400, param]);
    expect((await server.stripe.billing.alerts.list()).data).toEqual([]);
  });
});
