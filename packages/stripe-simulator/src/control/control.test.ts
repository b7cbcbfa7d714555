import { describe, expect, it } from 'vitest';
import { isSimulatorPath } from '../simulator.ts';
import { bodyOf, connect, errorOf, START_MS } from '../testing/connect.ts';

type Server = Awaited<ReturnType<typeof connect>>;

function control(server: Server, method: string, path: string, body?: unknown) {
  return fetch(`${server.sim.url}/_simulator${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).then(bodyOf);
}

describe('switches over HTTP', () => {
  it('lie outside the paths of Stripe’s API and list themselves', async () => {
    await using server = await connect();
    expect([isSimulatorPath('/_simulator'), isSimulatorPath('/_simulator/clock')]).toEqual([true, true]);
    expect(isSimulatorPath('/_simulators')).toBe(false);
    const { status, switches } = await control(server, 'GET', '');
    expect(status).toBe(200);
    expect(switches).toContain('POST /_simulator/faults/fail-next');
    expect(server.sim.requests.callCount()).toBe(0);
  });

  it('move the clock', async () => {
    await using server = await connect();
    expect(await control(server, 'GET', '/clock')).toMatchObject({ nowMs: START_MS });
    expect(await control(server, 'POST', '/clock/advance', { ms: 5_000 })).toMatchObject({
      nowMs: START_MS + 5_000,
    });
    expect(await control(server, 'POST', '/clock/advance', { toMs: START_MS + 9_000 })).toMatchObject({
      nowMs: START_MS + 9_000,
    });
    for (const body of [{ toMs: START_MS }, { ms: -1 }, {}, { ms: 1, toMs: 2 }])
      expect((await control(server, 'POST', '/clock/advance', body)).status).toBe(400);
    expect(server.sim.nowMs()).toBe(START_MS + 9_000);
  });

  it('make requests fail before and after their effect, break connections and answers, and delay', async () => {
    await using server = await connect();
    const { stripe } = server;
    await control(server, 'POST', '/faults/fail-next', { path: 'customers$', method: 'POST', status: 500 });
    expect((await errorOf(stripe.customers.create({}))).statusCode).toBe(500);
    await control(server, 'POST', '/faults/fail-next', { status: 503, when: 'after' });
    expect((await errorOf(stripe.customers.create({}))).statusCode).toBe(503);
    await control(server, 'POST', '/faults/reset-next', { times: 3 });
    expect((await errorOf(stripe.customers.create({}, { idempotencyKey: 'a' }))).type).toBe(
      'StripeConnectionError',
    );
    server.sim.faults.clear();
    await control(server, 'POST', '/faults/latency', { ms: 60 });
    const before = performance.now();
    expect((await stripe.customers.list()).data.length).toBeGreaterThanOrEqual(2);
    expect(performance.now() - before).toBeGreaterThanOrEqual(55);
    await control(server, 'POST', '/faults/outage', { down: true });
    expect((await errorOf(stripe.customers.list())).type).toBe('StripeConnectionError');
    await control(server, 'DELETE', '/faults');
    await stripe.customers.list();
  });

  it('switch rate limits, storms and the aggregation lag', async () => {
    await using server = await connect();
    await control(server, 'POST', '/faults/storm', { reason: 'global-rate' });
    expect((await errorOf(server.stripe.customers.list())).statusCode).toBe(429);
    await control(server, 'POST', '/faults/storm', { reason: null });
    await control(server, 'POST', '/faults/rate-limits', { profile: 'sandbox', clock: 'simulator' });
    for (let index = 0; index < 25; index += 1) await server.stripe.customers.list();
    expect((await errorOf(server.stripe.customers.list())).statusCode).toBe(429);
    await control(server, 'POST', '/faults/aggregation-lag', { ms: 1_000 });
    expect(server.sim.assumptions.aggregationLagMs).toBe(1_000);
    await control(server, 'DELETE', '/faults');
    expect(server.sim.assumptions.aggregationLagMs).toBe(0);
    await server.stripe.customers.list();
  });

  it('tell what was called', async () => {
    await using server = await connect();
    await server.stripe.customers.create({ name: 'Ada' });
    await errorOf(server.stripe.customers.retrieve('cus_x'));
    expect(await control(server, 'GET', '/requests/count?method=POST')).toMatchObject({ count: 1 });
    expect(await control(server, 'GET', '/requests/count?path=cus_x%24&status=404')).toMatchObject({
      count: 1,
    });
    expect((await control(server, 'GET', '/requests')).requests).toHaveLength(2);
    await control(server, 'DELETE', '/requests');
    expect(server.sim.requests.length).toBe(0);
  });

  it('change assumptions, all that are named or none', async () => {
    await using server = await connect();
    expect(await control(server, 'GET', '/assumptions')).toMatchObject({ decimalMeterValues: true });
    await control(server, 'POST', '/assumptions', { decimalMeterValues: false });
    expect(server.sim.assumptions.decimalMeterValues).toBe(false);
    for (const body of [
      { decimalMeterValues: true, nothing: 1 },
      { decimalMeterValues: 'yes' },
      { aggregationLagMs: -1 },
      [],
    ])
      expect((await control(server, 'POST', '/assumptions', body)).status).toBe(400);
    expect(server.sim.assumptions).toMatchObject({ decimalMeterValues: false, aggregationLagMs: 0 });
  });

  it('bring a whole world back', async () => {
    await using server = await connect();
    await server.stripe.customers.create({ name: 'Ada' });
    const { id } = await control(server, 'POST', '/snapshots', {});
    await server.stripe.customers.create({ name: 'Bob' });
    await server.sim.advance(1_000);
    expect(await control(server, 'POST', `/snapshots/${id}/restore`, {})).toMatchObject({ nowMs: START_MS });
    expect((await server.stripe.customers.list()).data.map(({ name }) => name)).toEqual(['Ada']);
    await control(server, 'DELETE', `/snapshots/${id}`);
    expect((await control(server, 'POST', `/snapshots/${id}/restore`, {})).status).toBe(404);
  });

  it.each([
    ['POST', '/nothing', {}, 404],
    ['POST', '/faults/fail-next', { status: 200 }, 400],
    ['POST', '/faults/fail-next', { status: 500, surprise: 1 }, 400],
    ['POST', '/faults/fail-next', { status: 500, path: '(' }, 400],
    ['POST', '/faults/latency', { ms: -5 }, 400],
    ['POST', '/faults/storm', { reason: 'weather' }, 400],
    ['POST', '/faults/rate-limits', { profile: 'huge' }, 400],
    ['POST', '/snapshots/x/restore', {}, 404],
  ])('%s %s with %j is a %d', async (method, path, body, status) => {
    await using server = await connect();
    expect((await control(server, method, path, body)).status).toBe(status);
    await server.stripe.customers.list();
  });

  it('refuse a POST that a page of another origin could send', async () => {
    await using server = await connect();
    const answer = await fetch(`${server.sim.url}/_simulator/faults/outage`, {
      method: 'POST',
      body: '{"down":true}',
    });
    expect(answer.status).toBe(400);
    await server.stripe.customers.list();
  });
});
