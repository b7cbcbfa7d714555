import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { connect, DAY_MS, HOUR_MS, START_MS, sdkFor } from '../testing/connect.ts';
import { startReceiver } from '../testing/receiver.ts';

const MINUTE_MS = 60_000;

/** A simulator with one endpoint for everything at a receiver. */
async function listening(types: Stripe.WebhookEndpointCreateParams.EnabledEvent[] = ['*']) {
  const receiver = await startReceiver();
  const server = await connect();
  const { stripe, sim } = server;
  const endpoint = await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: types });
  const secret = endpoint.secret ?? '';
  return {
    receiver,
    stripe,
    sim,
    endpoint,
    secret,
    createMeter: (eventName = 'calls') =>
      stripe.billing.meters.create({
        display_name: 'Calls',
        event_name: eventName,
        default_aggregation: { formula: 'sum' },
      }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

describe('webhook delivery', () => {
  it('posts a signed snapshot that the SDK accepts, on the simulator’s clock', async () => {
    await using at = await listening(['billing.meter.created']);
    const meter = await at.createMeter();
    await at.sim.webhooks.settled();
    const [got] = at.receiver.received;
    const event = at.stripe.webhooks.constructEvent(
      got?.body ?? '',
      got?.signature ?? '',
      at.secret,
      300,
      undefined,
      START_MS,
    );
    expect(event).toMatchObject({
      object: 'event',
      api_version: Stripe.API_VERSION,
      type: 'billing.meter.created',
      created: START_MS / 1_000,
      livemode: false,
      pending_webhooks: 1,
      data: { object: { id: meter.id, object: 'billing.meter', display_name: 'Calls' } },
    });
    expect(event.request?.id).toBe(meter.lastResponse.requestId);
    expect(event.request?.idempotency_key).toMatch(/^stripe-node-retry-/);
    expect(got?.signature).toMatch(/^t=1788220800,v1=[0-9a-f]{64}$/);
    expect(got?.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(got?.headers['user-agent']).toContain('Stripe/1.0');
    const stored = await at.stripe.events.retrieve(event.id);
    expect(stored.pending_webhooks).toBe(0);
    expect(stored.data.object).toEqual(event.data.object);
  });

  it('is refused by the SDK when the body or the secret is another, or the signature is too old', async () => {
    await using at = await listening();
    await at.createMeter();
    await at.sim.webhooks.settled();
    const { body = '', signature = '' } = at.receiver.received[0] ?? {};
    const check = (payload: string, secret: string, receivedAtMs: number) => () =>
      at.stripe.webhooks.constructEvent(payload, signature, secret, 300, undefined, receivedAtMs);
    expect(check(body, at.secret, START_MS + 300_000)).not.toThrow();
    expect(check(body, at.secret, START_MS + 301_000)).toThrow('Timestamp outside the tolerance zone');
    expect(check(`${body} `, at.secret, START_MS)).toThrow('No signatures found matching');
    expect(check(body, 'whsec_other', START_MS)).toThrow('No signatures found matching');
  });

  it('sends the same bytes with the same signatures for the same seed and calls', async () => {
    const sent = async (): Promise<string[]> => {
      await using at = await listening();
      await at.createMeter();
      await at.stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'one' });
      await at.sim.advance(DAY_MS);
      return at.receiver.received.slice(1).map(({ body, signature }) => `${signature}\n${body}`);
    };
    const first = await sent();
    expect(first).toHaveLength(1);
    expect(await sent()).toEqual(first);
  });

  it('can sign with real time for receivers that do not know the simulator’s clock', async () => {
    await using at = await listening();
    at.sim.webhooks.configure({ timestamps: 'real' });
    await at.createMeter();
    await at.sim.webhooks.settled();
    const { body = '', signature = '' } = at.receiver.received[0] ?? {};
    expect(at.stripe.webhooks.constructEvent(body, signature, at.secret).type).toBe('billing.meter.created');
  });

  it('signs with both secrets while one is rolled, and with the new one alone afterwards', async () => {
    await using at = await listening();
    const fresh = at.sim.webhooks.rollSecret(at.endpoint.id, { keepOldForSec: 3_600 });
    await at.createMeter('one');
    await at.sim.webhooks.settled();
    const accepts = (index: number, secret: string): boolean => {
      const { body = '', signature = '' } = at.receiver.received[index] ?? {};
      try {
        at.stripe.webhooks.constructEvent(body, signature, secret, 300, undefined, at.sim.nowMs());
        return true;
      } catch {
        return false;
      }
    };
    expect(fresh).toMatch(/^whsec_\w{32}$/);
    expect(at.receiver.received[0]?.signature.match(/v1=/g)).toHaveLength(2);
    expect([accepts(0, fresh), accepts(0, at.secret)]).toEqual([true, true]);
    await at.sim.advance(HOUR_MS);
    await at.createMeter('two');
    await at.sim.webhooks.settled();
    expect([accepts(1, fresh), accepts(1, at.secret)]).toEqual([true, false]);
  });

  it('retries in a sandbox after 5 minutes, 1 hour and 3 hours, then gives up', async () => {
    await using at = await listening(['billing.meter.created']);
    at.receiver.answer = 500;
    await at.createMeter();
    await at.sim.advance(DAY_MS);
    const [delivery] = at.sim.webhooks.deliveries();
    const offsets = delivery?.attempts.map(({ atMs }) => atMs - START_MS);
    expect(offsets).toEqual([0, 5 * MINUTE_MS, 65 * MINUTE_MS, 245 * MINUTE_MS]);
    expect(delivery?.attempts.map(({ status }) => status)).toEqual([500, 500, 500, 500]);
    expect(delivery?.state).toBe('failed');
    expect(at.receiver.received).toHaveLength(4);
    expect(new Set(at.receiver.received.map(({ body }) => JSON.parse(body).id)).size).toBe(1);
    const { data } = await at.stripe.events.list({ delivery_success: false });
    expect(data.map(({ pending_webhooks }) => pending_webhooks)).toEqual([1]);
  });

  it('retries for less than three days when set to live, and as told when given seconds', async () => {
    await using at = await listening(['billing.meter.created']);
    at.receiver.answer = 503;
    at.sim.webhooks.configure({ retries: 'live' });
    await at.createMeter('live');
    await at.sim.advance(10 * DAY_MS);
    const live = at.sim.webhooks.deliveries()[0]?.attempts.map(({ atMs }) => atMs) ?? [];
    expect(live.length).toBe(10);
    expect((live.at(-1) ?? 0) - START_MS).toBeLessThanOrEqual(3 * DAY_MS);
    at.sim.webhooks.configure({ retries: [7] });
    await at.createMeter('own');
    await at.sim.advance(DAY_MS);
    expect(at.sim.webhooks.deliveries()[1]?.attempts).toHaveLength(2);
  });

  it('delivers at a retry what a receiver refused at first, and counts it as delivered then', async () => {
    await using at = await listening();
    let calls = 0;
    at.receiver.answer = () => {
      calls += 1;
      return calls === 1 ? 400 : 204;
    };
    const before = await at.createMeter();
    await at.sim.webhooks.settled();
    const [event] = (await at.stripe.events.list({ type: 'billing.meter.*' })).data;
    expect(event?.pending_webhooks).toBe(1);
    await at.sim.advance(5 * MINUTE_MS);
    const again = await at.stripe.events.retrieve(event?.id ?? '');
    expect(again.pending_webhooks).toBe(0);
    expect(again.data.object).toMatchObject({ id: before.id });
    const times = at.receiver.received.map(({ signature }) => /^t=(\d+)/.exec(signature)?.[1]);
    expect(times).toEqual(['1788220800', '1788221100']);
  });

  it('takes a redirect for a failure and does not follow it', async () => {
    await using at = await listening();
    at.receiver.answer = 302;
    await at.createMeter();
    await at.sim.webhooks.settled();
    expect(at.receiver.received).toHaveLength(1);
    expect(at.sim.webhooks.deliveries()[0]).toMatchObject({ state: 'pending', attempts: [{ status: 302 }] });
  });

  it('gives a receiver that hangs up to the timeout, while the API goes on answering', async () => {
    await using at = await listening();
    at.sim.webhooks.configure({ timeoutMs: 150 });
    at.receiver.answer = () => undefined;
    await at.createMeter('hangs');
    const sending = at.sim.webhooks.settled();
    const answers = [];
    for (let call = 0; call < 3; call += 1) answers.push(await at.stripe.billing.meters.list());
    expect(answers).toHaveLength(3);
    expect(at.sim.webhooks.deliveries()[0]?.attempts).toEqual([]);
    await sending;
    expect(at.sim.webhooks.deliveries()[0]?.attempts).toEqual([
      { atMs: START_MS, status: null, error: 'No answer within 150 ms.' },
    ]);
  });

  it('notes a receiver that is not there, and never throws', async () => {
    await using at = await listening();
    await at.receiver[Symbol.asyncDispose]();
    await at.createMeter();
    await at.sim.webhooks.settled();
    const [attempt] = at.sim.webhooks.deliveries()[0]?.attempts ?? [];
    expect(attempt?.status).toBeNull();
    expect(attempt?.error).toContain('ECONNREFUSED');
  });

  it('reads no more than a little of an endless answer', async () => {
    await using at = await listening();
    at.receiver.answer = (_got, response) => {
      response.writeHead(200);
      const pour = setInterval(() => response.write('x'.repeat(50_000)), 1);
      response.on('close', () => clearInterval(pour));
      return undefined;
    };
    await at.createMeter();
    await at.sim.webhooks.settled();
    expect(at.sim.webhooks.deliveries()[0]?.state).toBe('delivered');
  });

  it('lets the receiver call the API back, also while time advances', async () => {
    await using at = await listening(['billing.meter.created', 'customer.created']);
    const inside = sdkFor(at.sim);
    at.receiver.answer = async ({ type }) => {
      if (type === 'billing.meter.created') await inside.customers.create({ name: 'from the receiver' });
      return 200;
    };
    await at.createMeter();
    await at.sim.advance(HOUR_MS);
    const { data } = await at.stripe.customers.list();
    expect(data.map(({ name, created }) => [name, created])).toEqual([
      ['from the receiver', START_MS / 1_000],
    ]);
  });

  it('settles what a test clock’s advance brings about, stamped with the simulator’s own time', async () => {
    await using at = await listening([
      'invoice.upcoming',
      'invoice.created',
      'test_helpers.test_clock.ready',
    ]);
    const { stripe, sim } = at;
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START_MS / 1_000 });
    const customer = await stripe.customers.create({ test_clock: clock.id });
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 900,
      product_data: { name: 'Plan' },
      recurring: { interval: 'month' },
    });
    await stripe.subscriptions.create({
      customer: customer.id,
      collection_method: 'send_invoice',
      days_until_due: 7,
      items: [{ price: price.id }],
    });
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: START_MS / 1_000 + 31 * 86_400 });
    await sim.webhooks.settled();
    await stripe.testHelpers.testClocks.retrieve(clock.id);
    await sim.webhooks.settled();
    expect(at.receiver.types()).toEqual([
      'invoice.created',
      'invoice.upcoming',
      'invoice.created',
      'test_helpers.test_clock.ready',
    ]);
    for (const { signature } of at.receiver.received) expect(signature).toContain(`t=${START_MS / 1_000},`);
  });

  it('sends soon after the request on its own, unless told to wait', async () => {
    await using at = await listening();
    at.sim.webhooks.configure({ automatic: false });
    await at.createMeter('waits');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(at.receiver.received).toEqual([]);
    at.sim.webhooks.configure({ automatic: true });
    await at.createMeter('goes');
    await expect.poll(() => at.receiver.received.length).toBe(2);
  });

  it('on a live clock runs retries when their time comes, without any request', async () => {
    await using receiver = await startReceiver();
    receiver.answer = 500;
    await using live = await connect({
      frozen: false,
      webhooks: { retries: [1], forward: [{ url: receiver.url, events: ['billing.meter.created'] }] },
    });
    await live.stripe.billing.meters.create({
      display_name: 'Calls',
      event_name: 'calls',
      default_aggregation: { formula: 'sum' },
    });
    await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBe(2);
  });

  it('forwards to an address that is not registered, with the secret that was given', async () => {
    await using receiver = await startReceiver();
    await using server = await connect({
      webhooks: { forward: [{ url: receiver.url, secret: 'whsec_mine' }] },
    });
    await server.stripe.customers.create({ name: 'Ada' });
    await server.sim.webhooks.settled();
    const { body = '', signature = '' } =
      receiver.received.find(({ type }) => type === 'customer.created') ?? {};
    const event = server.stripe.webhooks.constructEvent(
      body,
      signature,
      'whsec_mine',
      300,
      undefined,
      START_MS,
    );
    expect(event.type).toBe('customer.created');
    expect((await server.stripe.webhookEndpoints.list()).data).toEqual([]);
    await expect(connect({ webhooks: { forward: [{ url: 'file:///etc/passwd' }] } })).rejects.toThrow(
      'http(s) URL',
    );
  });
});
