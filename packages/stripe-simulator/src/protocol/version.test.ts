import { describe, expect, it } from 'vitest';
import { bodyOf, connect, send } from '../testing/connect.ts';
import { decodeForm } from './form.ts';
import { applyLegacy, type LegacyParam, readVersion } from './version.ts';

const legacy: LegacyParam[] = [
  {
    removedIn: '2026-03-25',
    rewrite(form) {
      const mode = form.get('ui_mode');
      if (mode === 'hosted') form.set('ui_mode', 'hosted_page');
    },
  },
];

describe('Stripe-Version', () => {
  it.each([
    [null, 'hosted_page'],
    ['2025-09-30', 'hosted_page'],
    ['2026-03-24', 'hosted_page'],
    ['2026-03-25', 'hosted'],
    ['2026-10-28', 'hosted'],
  ])('of %s: an old parameter means %s', (day, expected) => {
    const form = decodeForm('ui_mode=hosted&mode=payment');
    expect(applyLegacy(form, legacy, day).get('ui_mode')).toBe(expected);
    expect(form.get('ui_mode')).toBe('hosted');
  });

  it('is echoed, and is today’s when a request names none', async () => {
    await using server = await connect();
    const versionOf = async (headers: Record<string, string>) =>
      (await send(server.sim, 'GET', '/v1/customers', undefined, headers)).headers.get('stripe-version');
    expect(await versionOf({})).toBe('2026-10-28.endive');
    expect(await versionOf({ 'stripe-version': '2024-06-20' })).toBe('2024-06-20');
  });

  it.each(['latest', '2026-13', '2026-10-28.Endive!', '<script>'])('%j is refused', async (version) => {
    await using server = await connect();
    const answer = await send(server.sim, 'GET', '/v1/customers', undefined, { 'stripe-version': version });
    expect(await bodyOf(answer)).toMatchObject({
      status: 400,
      error: { type: 'invalid_request_error', message: `Invalid Stripe API version: ${version}` },
    });
    expect(() => readVersion(version)).toThrow();
  });
});

describe('clients of other languages', () => {
  it.each([
    [
      'curl',
      { authorization: `Basic ${Buffer.from('sk_test_x:').toString('base64')}`, 'user-agent': 'curl/8.0' },
    ],
    ['stripe-python', { authorization: 'Bearer sk_test_x', 'user-agent': 'Stripe/v1 PythonBindings/13.0' }],
    ['stripe-go', { authorization: 'Bearer rk_test_x', 'user-agent': 'Stripe/v1 GoBindings/83.0' }],
    ['the CLI', { authorization: 'Bearer sk_test_x', 'x-stripe-client-user-agent': '{"name":"stripe-cli"}' }],
  ])('%s is answered, without a version and with content types of its own', async (_name, headers) => {
    await using server = await connect();
    const created = await fetch(`${server.sim.url}/v1/customers`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: 'name=Ada+%26+Co&metadata%5Bx%5D=1&expand[0]=test_clock',
    });
    expect(await created.json()).toMatchObject({ name: 'Ada & Co', metadata: { x: '1' }, test_clock: null });
    const { id } = await (await fetch(`${server.sim.url}/v1/customers?limit=1`, { headers }))
      .json()
      .then(({ data }) => data[0]);
    const deleted = await fetch(`${server.sim.url}/v1/customers/${id}`, { method: 'DELETE', headers });
    expect(await deleted.json()).toEqual({ id, object: 'customer', deleted: true });
  });

  it('may put parameters of a POST into the query', async () => {
    await using server = await connect();
    const path = '/v1/customers?name=Ada&expand[]=test_clock';
    const create = (at: string) => send(server.sim, 'POST', at, 'email=a@b.c', { 'idempotency-key': 'k' });
    expect(await (await create(path)).json()).toMatchObject({ name: 'Ada', email: 'a@b.c' });
    expect((await create(path)).headers.get('idempotent-replayed')).toBe('true');
    expect((await create('/v1/customers?name=Bob')).status).toBe(400);
  });

  it.each([
    [undefined, 'You did not provide an API key'],
    ['Bearer ', 'You did not provide an API key'],
    ['Bearer nonsense', 'Invalid API Key provided'],
    ['Bearer sk_live_x', 'never takes a live key'],
    [`Basic ${Buffer.from('sk_live_x:').toString('base64')}`, 'never takes a live key'],
    ['Digest x', 'You did not provide an API key'],
  ])('the authorization %j is a 401', async (authorization, message) => {
    await using server = await connect();
    const answer = await fetch(`${server.sim.url}/v1/customers`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    expect(await bodyOf(answer)).toMatchObject({
      status: 401,
      error: { type: 'invalid_request_error', message: expect.stringContaining(message) },
    });
  });
});
