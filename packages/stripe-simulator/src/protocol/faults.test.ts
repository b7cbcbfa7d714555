import { describe, expect, it } from 'vitest';
import { connect, errorOf, send } from '../testing/connect.ts';

async function names(server: Awaited<ReturnType<typeof connect>>): Promise<Array<string | null | undefined>> {
  return (await server.stripe.customers.list()).data.map(({ name }) => name);
}

const keyed = { headers: { 'idempotency-key': 'k' } };

describe('fail-next', () => {
  it('before the effect: nothing happens and nothing is stored under the key', async () => {
    await using server = await connect();
    server.sim.faults.failNext({ path: /customers/, status: 500 });
    expect((await send(server.sim, 'POST', '/v1/customers', 'name=Ada', keyed.headers)).status).toBe(500);
    expect(await names(server)).toEqual([]);
    expect((await send(server.sim, 'POST', '/v1/customers', 'name=Ada', keyed.headers)).status).toBe(200);
  });

  it('after the effect: it stands, and the key replays the failure', async () => {
    await using server = await connect();
    server.sim.faults.failNext({ path: /customers/, status: 500, when: 'after' });
    const answers = [
      await send(server.sim, 'POST', '/v1/customers', 'name=Ada', keyed.headers),
      await send(server.sim, 'POST', '/v1/customers', 'name=Ada', keyed.headers),
    ];
    expect(answers.map(({ status }) => status)).toEqual([500, 500]);
    expect(answers[1]?.headers.get('idempotent-replayed')).toBe('true');
    expect(await names(server)).toEqual(['Ada']);
  });

  it('says what the SDK may retry', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    sim.faults.failNext({ status: 429, shouldRetry: true });
    await stripe.customers.list({}, { maxNetworkRetries: 1 });
    expect(sim.requests.callCount()).toBe(2);
    sim.faults.failNext({ status: 500, shouldRetry: false });
    expect((await errorOf(stripe.customers.list({}, { maxNetworkRetries: 1 }))).statusCode).toBe(500);
    expect(sim.requests.callCount()).toBe(3);
    sim.faults.failNext({ status: 429, code: 'lock_timeout' });
    expect(await errorOf(stripe.customers.list())).toMatchObject({
      code: 'lock_timeout',
      headers: { 'stripe-should-retry': 'true' },
    });
  });

  it('refuses what is no error status', async () => {
    await using server = await connect();
    expect(() => server.sim.faults.failNext({ status: 200 })).toThrow(RangeError);
    expect(() => server.sim.faults.failNext({ status: 500, times: 0 })).toThrow(RangeError);
    expect(() => server.sim.faults.setLatency(-1)).toThrow(RangeError);
  });
});

describe('a connection that breaks after the commit', () => {
  it('leaves one effect, and the retry of the same key gets the stored answer', async () => {
    await using server = await connect();
    server.sim.faults.resetNext({ path: /customers/ });
    const customer = await server.stripe.customers.create({ name: 'Ada' }, { maxNetworkRetries: 2 });
    expect(customer.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await names(server)).toEqual(['Ada']);
    expect(server.sim.requests.all({ method: 'POST' }).map(({ status }) => status)).toEqual([0, 200]);
  });

  it('is a connection error without retries', async () => {
    await using server = await connect();
    server.sim.faults.resetNext({ times: 3 });
    const first = await errorOf(server.stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' }));
    expect(first.type).toBe('StripeConnectionError');
    server.sim.faults.clear();
    expect(await names(server)).toEqual(['Ada']);
  });

  it('can break off in the middle of the answer', async () => {
    await using server = await connect();
    server.sim.faults.truncateNext({ path: /customers/ });
    const answer = await send(server.sim, 'POST', '/v1/customers', 'name=Ada');
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
    expect(await names(server)).toEqual(['Ada']);
  });
});

describe('a storm of 429s', () => {
  it('lasts until it is called off and gives its reason', async () => {
    await using server = await connect();
    server.sim.faults.setStorm('global-concurrency');
    for (let round = 0; round < 3; round += 1) {
      expect(await errorOf(server.stripe.customers.create({ name: 'Ada' }))).toMatchObject({
        type: 'StripeRateLimitError',
        headers: { 'stripe-rate-limited-reason': 'global-concurrency' },
      });
    }
    server.sim.faults.setStorm(null);
    expect(await names(server)).toEqual([]);
  });
});

describe('stripe-should-retry', () => {
  it('is false for requests that can never succeed, and absent for conflicts and faults of the server', async () => {
    await using server = await connect();
    const { sim } = server;
    expect((await send(sim, 'GET', '/v1/customers/cus_x')).headers.get('stripe-should-retry')).toBe('false');
    expect((await send(sim, 'POST', '/v1/customers', 'x=1')).headers.get('stripe-should-retry')).toBe(
      'false',
    );
    sim.faults.failNext({ status: 500 });
    expect((await send(sim, 'GET', '/v1/customers')).headers.get('stripe-should-retry')).toBeNull();
  });
});
