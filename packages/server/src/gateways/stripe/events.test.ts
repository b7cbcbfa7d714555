import { createSimulator, type Simulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEventGateway } from './events.ts';

const nowMs = Date.parse('2026-11-26T09:30:00Z');
const secret = 'whsec_of_the_destination';
let simulator: Simulator;
let stripe: Stripe;
let logged: string[];
beforeEach(async () => {
  simulator = await createSimulator({ nowMs, frozen: true });
  stripe = new Stripe('sk_test_events', {
    host: simulator.host,
    port: simulator.port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
  });
  logged = [];
});
afterEach(() => simulator.close());

const gateway = () => {
  const keep = (message: string) => logged.push(message);
  return createEventGateway(stripe, { logger: { error: keep, warn: keep, info: keep } });
};

const snapshot = (change: object = {}, object: object = { object: 'balance' }) =>
  JSON.stringify({
    id: 'evt_1',
    object: 'event',
    api_version: Stripe.API_VERSION,
    created: nowMs / 1000,
    livemode: false,
    type: 'balance.available',
    data: { object },
    ...change,
  });

const thin = (change: object = {}) =>
  JSON.stringify({
    id: 'evt_test_2',
    object: 'v2.core.event',
    created: '2026-11-26T09:29:58.123Z',
    livemode: false,
    type: 'v1.billing.meter.error_report_triggered',
    related_object: { id: 'mtr_1', type: 'billing.meter', url: '/v1/billing/meters/mtr_1' },
    ...change,
  });

function deliver(
  payload: string,
  change: { signedAtMs?: number; secrets?: string[]; signature?: string | null } = {},
) {
  const timestamp = Math.floor((change.signedAtMs ?? nowMs) / 1000);
  const signed = stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  const { signature = signed, secrets = ['whsec_other', secret] } = change;
  return gateway().readDelivery({ body: new TextEncoder().encode(payload), signature, secrets, nowMs });
}

describe('a delivery', () => {
  it('is read in both kinds, by whichever secret fits', async () => {
    expect(await deliver(snapshot())).toEqual({
      eventId: 'evt_1',
      type: 'balance.available',
      payload: 'snapshot',
      createdAtMs: nowMs,
      livemode: false,
      customerId: null,
      payment: null,
      body: snapshot(),
    });
    expect(await deliver(thin())).toMatchObject({
      eventId: 'evt_test_2',
      payload: 'thin',
      createdAtMs: nowMs - 1_877,
      payment: null,
    });
  });

  it.each([
    ['without a signature', snapshot(), { signature: null }, /no Stripe-Signature header/],
    ['with a header that is none', snapshot(), { signature: 'nonsense' }, /No signing secret fits/],
    ['of a secret that is not listed', snapshot(), { secrets: ['whsec_other'] }, /No signing secret fits/],
    ['older than 300 seconds', snapshot(), { signedAtMs: nowMs - 301_000 }, /older than 300 seconds/],
    ['that is no JSON', 'hello', {}, /no event of Stripe’s/],
    ['that is no object', '[1]', {}, /no event of Stripe’s/],
    ['of another object', snapshot({ object: 'charge' }), {}, /no event of Stripe’s/],
    ['without an id', snapshot({ id: undefined }), {}, /no event of Stripe’s/],
    ['without an instant', thin({ created: 'yesterday' }), {}, /no event of Stripe’s/],
    ['without a body', '', {}, /has no body/],
  ])('%s is refused in words that hold no secret', async (_, payload, change, words) => {
    const refused = await deliver(payload, change).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'invalid_input', message: expect.stringMatching(words) });
    expect(String(refused)).not.toMatch(/whsec/);
  });

  it('is taken up to 300 seconds after it was signed, by the given clock', async () => {
    expect((await deliver(snapshot(), { signedAtMs: nowMs - 300_000 })).eventId).toBe('evt_1');
  });

  it('in another API version is used all the same, and said once', async () => {
    const events = gateway();
    const old = snapshot({ api_version: '2024-06-20' });
    expect([events.readStored(old).eventId, events.readStored(old).eventId]).toEqual(['evt_1', 'evt_1']);
    expect(logged).toEqual([expect.stringMatching(/another API version/)]);
  });
});

describe('what an event says of a payment', () => {
  const read = (object: object) => gateway().readStored(snapshot({}, object));
  const note = { metadata: { topup_id: 'tu_1' } };

  it.each([
    [
      'a session',
      { object: 'checkout.session', id: 'cs_1', payment_intent: 'pi_1', ...note },
      'tu_1',
      ['cs_1', 'pi_1'],
    ],
    [
      'a session without intent',
      { object: 'checkout.session', id: 'cs_1', payment_intent: null, ...note },
      'tu_1',
      ['cs_1'],
    ],
    ['an intent', { object: 'payment_intent', id: 'pi_1', ...note }, 'tu_1', ['pi_1']],
    ['a charge', { object: 'charge', id: 'ch_1', payment_intent: { id: 'pi_1' }, ...note }, 'tu_1', ['pi_1']],
    [
      'a charge without note',
      { object: 'charge', id: 'ch_1', payment_intent: 'pi_1', metadata: {} },
      null,
      ['pi_1'],
    ],
    ['a refund', { object: 'refund', id: 're_1', payment_intent: 'pi_1', metadata: {} }, null, ['pi_1']],
    ['a dispute', { object: 'dispute', id: 'dp_1', payment_intent: 'pi_1' }, null, ['pi_1']],
  ])('%s', (_, object, topUpId, paymentIds) => {
    expect(read(object).payment).toEqual({ topUpId, paymentIds });
  });

  it.each([
    ['a session of somebody else', { object: 'checkout.session', id: 'cs_1', metadata: {} }],
    ['an intent of somebody else', { object: 'payment_intent', id: 'pi_1', metadata: { topup_id: '' } }],
    ['a refund of an old charge', { object: 'refund', id: 're_1', payment_intent: null }],
    ['an invoice', { object: 'invoice', id: 'in_1', ...note }],
  ])('%s is about no payment', (_, object) => {
    expect(read(object).payment).toBeNull();
  });

  it('names the customer where the event does', () => {
    expect(read({ object: 'invoice', customer: 'cus_1' }).customerId).toBe('cus_1');
    expect(read({ object: 'charge', customer: { id: 'cus_2' } }).customerId).toBe('cus_2');
    expect(read({ object: 'customer', id: 'cus_3' }).customerId).toBe('cus_3');
    const related_object = { id: 'cus_4', type: 'customer', url: '/v1/customers/cus_4' };
    expect(gateway().readStored(thin({ related_object })).customerId).toBe('cus_4');
  });
});

describe('the event types', () => {
  it('are types that Stripe has, and never the one that holds invoices back', async () => {
    const { snapshot: types, thin: thinTypes } = gateway().wantedTypes;
    expect(types).not.toContain('invoice.created');
    expect(new Set([...types, ...thinTypes]).size).toBe(types.length + thinTypes.length);
  });
});

describe('the list of events', () => {
  it('is complete, oldest first, and of the wanted types', async () => {
    const { wantedTypes, listEvents } = gateway();
    await stripe.customers.create({ name: 'before' });
    await simulator.advance(3_600_000);
    const sinceMs = simulator.nowMs();
    const customer = await stripe.customers.create({ name: 'after' });
    for (let n = 1; n <= 105; n += 1) await stripe.customers.update(customer.id, { name: `after ${n}` });
    await simulator.advance(1000);
    await stripe.billing.meters.create({
      display_name: 'Calls',
      event_name: 'calls',
      default_aggregation: { formula: 'sum' },
    });
    const found = await listEvents({ sinceMs, untilMs: Date.UTC(2200, 0, 1), types: wantedTypes.snapshot });
    expect(found).toHaveLength(106);
    expect(found[0]).toMatchObject({ type: 'customer.updated', customerId: customer.id });
    expect(JSON.parse(found[104]?.body ?? '').data.object.name).toBe('after 105');
    expect(found.at(-1)?.type).toBe('billing.meter.created');
    expect(gateway().readStored(found[3]?.body ?? '')).toEqual(found[3]);
  });

  it('rejects as the gateway does', async () => {
    simulator.faults.failNext({ path: /^\/v1\/events/, status: 500 });
    await expect(
      gateway().listEvents({ sinceMs: 0, untilMs: Date.UTC(2200, 0, 1), types: ['customer.updated'] }),
    ).rejects.toMatchObject({
      code: 'provider_unavailable',
    });
  });
});

describe('destinations', () => {
  const url = 'https://app.example/api/meterboard/webhooks/stripe';

  it('are made with a secret that is told once, pinned to the version of the SDK, and changed', async () => {
    const events = gateway();
    const types = events.wantedTypes;
    const made = await events.createDestination({
      name: 'A',
      url,
      payload: 'snapshot',
      types: ['invoice.paid'],
    });
    expect(made).toMatchObject({ url, payload: 'snapshot', types: ['invoice.paid'], enabled: true });
    expect(made.secret).toMatch(/^whsec_/);
    const stored = await stripe.v2.core.eventDestinations.retrieve(made.destinationId);
    expect(stored.snapshot_api_version).toBe(Stripe.API_VERSION);
    await events.createDestination({ name: 'B', url, payload: 'thin', types: types.thin });

    await stripe.v2.core.eventDestinations.disable(made.destinationId);
    expect((await events.listDestinations()).map(({ enabled, secret }) => [enabled, secret])).toEqual([
      [true, null],
      [false, null],
    ]);
    const { destinationId } = made;
    const changed = await events.updateDestination({ destinationId, types: types.snapshot });
    expect(changed).toMatchObject({ destinationId, url, enabled: true, types: types.snapshot, secret: null });
  });

  it('made as webhook endpoints are listed and changed as well', async () => {
    const events = gateway();
    const endpoint = await stripe.webhookEndpoints.create({ url, enabled_events: ['invoice.paid'] });
    const [listed] = await events.listDestinations();
    expect(listed).toMatchObject({ destinationId: endpoint.id, url, payload: 'snapshot', secret: null });
    const changed = await events.updateDestination({
      destinationId: endpoint.id,
      types: ['invoice.paid', 'invoice.voided'],
    });
    expect(changed.types).toEqual(['invoice.paid', 'invoice.voided']);
  });
});
