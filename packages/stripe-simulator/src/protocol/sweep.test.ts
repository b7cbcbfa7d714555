import { describe, expect, it } from 'vitest';
import { routes } from '../resources/index.ts';
import { bodyOf, type Connected, connect, send } from '../testing/connect.ts';

const v1 = routes.filter(({ path }) => path.startsWith('/v1/'));
const pathFor = (path: string, id = 'x_nothing'): string => path.replaceAll(/:\w+/g, id);

/** What none of the routes may stumble over. */
const HOSTILE = [
  'customer=&amount=&currency=&limit=',
  'customer=cus_%00&amount=-1&currency=USD%0A&metadata=x&expand=y',
  `amount=${'9'.repeat(30)}&unit_amount=${'9'.repeat(30)}&quantity=-${'9'.repeat(30)}`,
  'items=x&items[0]=y&line_items[]=z&metadata[][]=1',
  'items[0][price]=&line_items[9999999999][quantity]=1&prices[-1]=x',
  'customer[id]=x&amount[type][a][b][c][d]=1&price[__proto__]=x',
  '__proto__[polluted]=1&constructor[prototype][polluted]=1',
  'expand[]=customer.customer.customer.customer.customer',
  'expand[]=__proto__&expand[]=constructor',
  'name=%F0%9F%92%B0%00%E2%80%AE&display_name=<script>&event_name=%27%3B--',
  'timestamp=99999999999999999999&start_time=-1&end_time=NaN&created[gt]=x',
  '=&==&&&[]=1&[a]=2&a[=3&a]=4',
];

async function holdsShape(server: Connected, method: string, path: string, body: string): Promise<void> {
  const isGet = method === 'GET' || method === 'DELETE';
  const answer = isGet
    ? await send(server.sim, method, `${path}?${body}`)
    : await send(server.sim, method, path, body);
  const { status, error } = await bodyOf(answer);
  const what = `${method} ${path} ${body} → ${status} ${error?.message}`;
  if (status !== 200) expect(error, what).toMatchObject({ message: expect.stringMatching(/\S/) });
  expect([200, 400, 402, 404, 501], what).toContain(status);
}

describe('every route', () => {
  it('answers hostile input in Stripe’s shape, and never with a fault of the simulator’s own', async () => {
    await using server = await connect();
    const { id } = await server.stripe.customers.create({});
    for (const { method, path } of v1) {
      for (const body of HOSTILE) {
        await holdsShape(server, method, pathFor(path), body);
        await holdsShape(server, method, pathFor(path, id), body);
      }
    }
    expect(server.sim.requests.all().filter(({ internalError }) => internalError !== null)).toEqual([]);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  }, 30_000);

  it('refuses an unknown parameter by name', async () => {
    await using server = await connect();
    for (const { method, path } of v1) {
      const isGet = method === 'GET' || method === 'DELETE';
      const answer = isGet
        ? await send(server.sim, method, `${pathFor(path)}?surprise=1`)
        : await send(server.sim, method, pathFor(path), 'surprise=1');
      expect(await bodyOf(answer), `${method} ${path}`).toMatchObject({
        status: 400,
        error: { code: 'parameter_unknown', param: 'surprise', type: 'invalid_request_error' },
      });
    }
  });

  it('answers an unknown id in its path with 404 or, for want of parameters, with 400', async () => {
    await using server = await connect();
    for (const { method, path } of routes.filter((candidate) => candidate.path.includes(':'))) {
      const answer = await send(server.sim, method, pathFor(path), method === 'POST' ? '' : undefined, {
        'content-type': path.startsWith('/v2/') ? 'application/json' : 'application/x-www-form-urlencoded',
      });
      const { status, error } = await bodyOf(answer);
      expect([400, 404], `${method} ${path}: ${status} ${error?.message}`).toContain(status);
    }
  });
});

describe('every list', () => {
  it('takes 1 to 100 rows, one cursor that it knows, and says where it is', async () => {
    await using server = await connect();
    let lists = 0;
    for (const { method, path } of v1) {
      if (method !== 'GET' || path.includes(':')) continue;
      const plain = await bodyOf(await send(server.sim, 'GET', path));
      if (plain.object !== 'list') continue;
      lists += 1;
      expect(plain, path).toMatchObject({
        data: expect.any(Array),
        has_more: expect.any(Boolean),
        url: path,
      });
      for (const query of [
        'limit=0',
        'limit=101',
        'limit=x',
        'starting_after=x_nothing',
        'ending_before=x_nothing',
        'starting_after=a&ending_before=b',
      ])
        expect(
          (await bodyOf(await send(server.sim, 'GET', `${path}?${query}`))).status,
          `${path}?${query}`,
        ).toBe(400);
    }
    expect(lists).toBeGreaterThan(8);
  });
});
