import { describe, expect, it } from 'vitest';
import { bodyOf, connect, DAY_MS, errorOf, send } from '../testing/connect.ts';

const GRANT =
  'amount[type]=monetary&amount[monetary][currency]=usd&amount[monetary][value]=100&applicability_config[scope][price_type]=metered';

describe('idempotency keys', () => {
  it('answer 409 idempotency_key_in_use while the first request runs, and store nothing for the second', async () => {
    await using server = await connect();
    const { sim } = server;
    sim.faults.setLatency(150);
    const create = () => send(sim, 'POST', '/v1/customers', 'name=Ada', { 'idempotency-key': 'k' });
    const [first, second] = await Promise.all([create(), create()]);
    const conflict = [first, second].find(({ status }) => status === 409);
    expect(conflict === undefined ? undefined : await bodyOf(conflict)).toMatchObject({
      error: { code: 'idempotency_key_in_use', type: 'idempotency_error' },
    });
    sim.faults.clear();
    expect((await create()).headers.get('idempotent-replayed')).toBe('true');
    expect((await server.stripe.customers.list()).data).toHaveLength(1);
  });

  it('let the SDK’s own retry of a conflict find the first answer', async () => {
    await using server = await connect();
    server.sim.faults.setLatency(200);
    const create = (maxNetworkRetries: number) =>
      server.stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k', maxNetworkRetries });
    const [first, second] = await Promise.all([create(2), create(2)]);
    expect(second.id).toBe(first.id);
  });

  it('mean the parameters whatever their order and spelling, and no others', async () => {
    await using server = await connect();
    const create = (body: string) =>
      send(server.sim, 'POST', '/v1/customers', body, { 'idempotency-key': 'k' });
    const first = await (await create('name=A%20B&metadata[x]=1')).text();
    expect(await (await create('metadata%5Bx%5D=1&name=A+B')).text()).toBe(first);
    expect(await bodyOf(await create('name=A+B&metadata[x]=2'))).toMatchObject({
      status: 400,
      error: { type: 'idempotency_error' },
    });
  });

  it('are forgotten after 24 hours of the clock, and not a millisecond sooner', async () => {
    await using server = await connect();
    const create = async () =>
      (await server.stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' })).id;
    const first = await create();
    await server.sim.advance(DAY_MS - 1);
    expect(await create()).toBe(first);
    await server.sim.advance(1);
    expect(await create()).not.toBe(first);
  });

  it('store nothing when validation fails, for a rate limit, or for a wrong expansion', async () => {
    await using server = await connect();
    const { sim } = server;
    const create = (body: string) => send(sim, 'POST', '/v1/customers', body, { 'idempotency-key': 'k' });
    expect((await create('nonsense=1')).status).toBe(400);
    expect((await create('name=Ada&expand[]=nothing')).status).toBe(400);
    sim.faults.setStorm('endpoint-rate');
    expect((await create('name=Ada')).status).toBe(429);
    sim.faults.clear();
    const answer = await create('name=Ada');
    expect([answer.status, answer.headers.get('idempotent-replayed')]).toEqual([200, null]);
  });

  it('replay an error that came after validation, also when its cause is gone', async () => {
    await using server = await connect();
    const create = (customer: string) =>
      send(server.sim, 'POST', '/v1/billing/credit_grants', `customer=${customer}&${GRANT}`, {
        'idempotency-key': 'k',
      });
    const first = await create('cus_nobody');
    const again = await create('cus_nobody');
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([
      400,
      400,
      'true',
    ]);
  });

  it('of GET requests are ignored', async () => {
    await using server = await connect();
    const list = () => send(server.sim, 'GET', '/v1/customers', undefined, { 'idempotency-key': 'k' });
    await list();
    await server.stripe.customers.create({});
    expect((await bodyOf(await list())).data).toHaveLength(1);
  });

  it('longer than 255 characters are refused', async () => {
    await using server = await connect();
    const call = server.stripe.customers.create({}, { idempotencyKey: 'k'.repeat(256) });
    expect((await errorOf(call)).statusCode).toBe(400);
    await server.stripe.customers.create({}, { idempotencyKey: 'k'.repeat(255) });
  });
});
