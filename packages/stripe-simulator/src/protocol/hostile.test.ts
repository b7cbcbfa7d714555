import { request as httpRequest } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { describe, expect, it } from 'vitest';
import { bodyOf, connect, send } from '../testing/connect.ts';

type Server = Awaited<ReturnType<typeof connect>>;

/** Everything that the world is, without the counter of request ids. */
async function fingerprintOf(server: Server): Promise<string> {
  const [customers, products, prices, meters, events] = await Promise.all([
    server.stripe.customers.list(),
    server.stripe.products.list(),
    server.stripe.prices.list(),
    server.stripe.billing.meters.list(),
    server.stripe.events.list(),
  ]);
  return JSON.stringify([customers, products, prices, meters, events].map(({ data }) => data));
}

describe('bad input', () => {
  it.each([
    ['a huge number', '/v1/prices', `currency=usd&product_data[name]=x&unit_amount=${'9'.repeat(400)}`],
    ['a negative price', '/v1/prices', 'currency=usd&product_data[name]=x&unit_amount=-5'],
    ['an exponent', '/v1/prices', 'currency=usd&product_data[name]=x&unit_amount=1e3'],
    ['a fraction', '/v1/prices', 'currency=usd&product_data[name]=x&unit_amount=1.5'],
    ['NaN', '/v1/prices', 'currency=usd&product_data[name]=x&unit_amount=NaN'],
    [
      '13 decimal places',
      '/v1/prices',
      'currency=usd&product_data[name]=x&unit_amount_decimal=0.0000000000001',
    ],
    ['a wrong currency', '/v1/prices', 'currency=%F0%9F%92%B6&product_data[name]=x&unit_amount=5'],
    ['a huge timestamp', '/v1/billing/meter_events', 'event_name=x&payload[a]=1&timestamp=99999999999999'],
    ['a negative timestamp', '/v1/billing/meter_events', 'event_name=x&payload[a]=1&timestamp=-1'],
    [
      'a name that is too long',
      '/v1/billing/meters',
      `event_name=${'x'.repeat(101)}&display_name=x&default_aggregation[formula]=sum`,
    ],
    ['deep nesting', '/v1/customers', `metadata${'[a]'.repeat(500)}=1`],
    ['broken brackets', '/v1/customers', 'metadata]a[=1'],
    [
      'a thousand fields too many',
      '/v1/customers',
      Array.from({ length: 2_000 }, (_, i) => `metadata[k${i}]=1`).join('&'),
    ],
    [
      '51 metadata keys',
      '/v1/customers',
      Array.from({ length: 51 }, (_, i) => `metadata[k${i}]=1`).join('&'),
    ],
    ['a value as map and text', '/v1/customers', 'name=x&name[a]=1'],
    ['a number that is an object', '/v1/prices', 'currency=usd&product_data[name]=x&unit_amount[a]=1'],
    ['invalid UTF-8', '/v1/customers', 'name=%C3%28'],
    ['an unknown id', '/v1/prices', 'currency=usd&product=prod_nothing&unit_amount=1'],
    ['an id with a line break', '/v1/billing/credit_grants', 'customer=cus_%0d%0aSet-Cookie:%20a'],
    ['nothing that is needed', '/v1/billing/meters', ''],
  ])('%s is a 400 in Stripe’s shape and changes nothing', async (_name, path, body) => {
    await using server = await connect();
    const before = await fingerprintOf(server);
    const answer = await bodyOf(await send(server.sim, 'POST', path, body));
    expect(answer).toMatchObject({ status: 400, error: { type: 'invalid_request_error' } });
    expect(answer.error.message).toBeTruthy();
    expect(await fingerprintOf(server)).toBe(before);
  });

  it.each(['/v1/customers', '/v2/billing/meter_events'])('a body of 10 MB to %s is a 413', async (path) => {
    await using server = await connect();
    const body = `name=${'x'.repeat(10_000_000)}`;
    const type = path.startsWith('/v2') ? 'application/json' : 'application/x-www-form-urlencoded';
    const answer = await send(server.sim, 'POST', path, body, { 'content-type': type }).then(bodyOf, String);
    if (typeof answer !== 'string')
      expect(answer).toMatchObject({ status: 413, error: { message: /too large/ } });
    expect((await server.stripe.customers.list()).data).toEqual([]);
  });

  it.each([
    ['POST', '/v1/customers', 'multipart/form-data; boundary=x', '--x\r\n\r\n--x--'],
    ['POST', '/v1/customers', 'text/plain', 'name=x'],
    ['POST', '/v1/customers', 'application/json', '{"name":"x"}'],
    ['POST', '/v2/billing/meter_events', 'text/plain', '{}'],
  ])('%s %s as %s is a 400', async (method, path, type, body) => {
    await using server = await connect();
    const answer = await send(server.sim, method, path, body, { 'content-type': type });
    expect(await bodyOf(answer)).toMatchObject({
      status: 400,
      error: { message: expect.stringContaining('content type') },
    });
  });

  it('stores hostile strings as they are, and no key of an object’s prototype does anything', async () => {
    await using server = await connect();
    const body = 'name=%3Cscript%3E&metadata[__proto__]=a&metadata[constructor]=b&metadata[toString]=c';
    const created = await bodyOf(await send(server.sim, 'POST', '/v1/customers', body));
    expect(created).toMatchObject({ status: 200, name: '<script>' });
    expect(Object.keys(created.metadata as object).sort()).toEqual(['__proto__', 'constructor', 'toString']);
    expect(({} as { a?: string }).a).toBeUndefined();
  });

  it.each(['PUT', 'PATCH', 'OPTIONS', 'HEAD'])('%s is a 501', async (method) => {
    await using server = await connect();
    expect((await send(server.sim, method, '/v1/customers')).status).toBe(501);
  });

  it('survives what is no HTTP, a body that never comes, and paths of any kind', async () => {
    await using server = await connect();
    const { sim } = server;
    const said = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connectTcp(sim.port, sim.host, () => socket.write('nonsense\r\n\r\n'));
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('close', () => resolve(text)).on('error', reject);
    });
    expect(said).toMatch(/^HTTP\/1.1 400 .*"type": "invalid_request_error"/s);
    await new Promise<void>((resolve) => {
      const broken = httpRequest({
        host: sim.host,
        port: sim.port,
        path: '/v1/customers',
        method: 'POST',
        headers: { 'content-length': '100', authorization: 'Bearer sk_test_x' },
      });
      broken.on('error', () => resolve());
      broken.write('name=', () => setTimeout(() => broken.destroy(), 20));
    });
    for (const path of [
      '/v1/',
      '/v1/customers/',
      '/v1//customers',
      '/v1/customers/..%2f..',
      '/v2/',
      '/v1/%00',
    ])
      expect((await send(sim, 'GET', path)).status, path).toBeGreaterThanOrEqual(400);
    expect((await server.stripe.customers.list()).data).toEqual([]);
    expect(sim.requests.all().filter(({ internalError }) => internalError !== null)).toEqual([]);
  });
});
