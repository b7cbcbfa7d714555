import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAccount, connect, grantCredits, refusalOf, startWorld } from './stripe-world.ts';

const startMs = Date.UTC(2026, 2, 20, 15, 45, 30);
let world: Awaited<ReturnType<typeof startWorld>>;
let account: Awaited<ReturnType<typeof buildAccount>>;
/** What only the second customer has: ids, amounts and words that must never reach the first one. */
const canaries: string[] = [];
let foreignTopUpId = '';
let foreignInvoiceId = '';

beforeAll(async () => {
  world = await startWorld('empty', startMs);
  const { client, simulator, meterboard } = world;
  account = await buildAccount(client);
  const grant = await grantCredits(client, account.second, 77_777);
  await client.billing.meterEvents.create({
    event_name: 'api_calls',
    payload: { stripe_customer_id: account.second, value: '424242' },
    timestamp: Math.floor(startMs / 1000),
  });
  await simulator.advance(33 * 86_400_000);
  await client.billing.meterEvents.create({
    event_name: 'api_calls',
    payload: { stripe_customer_id: account.second, value: '535353' },
    timestamp: Math.floor(simulator.nowMs() / 1000),
  });
  const [invoice] = (await client.invoices.list({ customer: account.second })).data;
  foreignInvoiceId = invoice?.id ?? '';
  const caller = meterboard.createCaller({ customerId: account.second });
  foreignTopUpId = (await caller.topUps.start({ packageId: 'credits-10', attemptId: 'foreign-attempt' }))
    .topUpId;
  const own = meterboard.createCaller({ customerId: account.first });
  const started = await own.topUps.start({ packageId: 'credits-10', attemptId: 'own-status' });
  calls['topUps.status'] = { topUpId: started.topUpId };
  calls['topUps.receipt'] = { topUpId: started.topUpId };
  canaries.push(account.second, grant.id, foreignInvoiceId, foreignTopUpId);
  canaries.push('77777', '424242', '535353', 'canary.example', (await caller.meters.list()).sessionKey);
});
afterAll(() => world.close());

const range = { kind: 'last', days: 60 } as const;
const attempt = { packageId: 'credits-10', attemptId: 'own-attempt' };

/** Every procedure, with valid input. The test below keeps this list complete. */
const calls: Record<string, object | undefined> = {
  overview: { timeZone: 'UTC' },
  'meters.list': undefined,
  'usage.series': { range, bucket: 'day', timeZone: 'UTC' },
  'usage.summary': { timeZone: 'UTC' },
  'usage.cost': { timeZone: 'UTC' },
  'credits.balance': undefined,
  'invoices.list': {},
  'topUps.packages': undefined,
  'topUps.start': attempt,
  'topUps.status': { topUpId: 'of the first customer, once it is begun' },
  'topUps.receipt': { topUpId: 'the same' },
  'topUps.savedCard': undefined,
  'topUps.history': {},
};

async function send(path: string, input: unknown): Promise<{ status: number; text: string }> {
  const url = `https://app.example/api/meterboard/trpc/${path}`;
  const request =
    path === 'topUps.start'
      ? new Request(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(input),
        })
      : new Request(input === undefined ? url : `${url}?input=${encodeURIComponent(JSON.stringify(input))}`);
  const response = await world.meterboard.handler(request);
  return { status: response.status, text: await response.text() };
}

const leaks = (text: string) => canaries.filter((canary) => canary !== '' && text.includes(canary));

describe('S0-8: the customer comes from the session', () => {
  it('in every procedure there is', () => {
    const { procedures } = world.meterboard.router._def;
    expect(Object.keys(calls).toSorted()).toEqual(Object.keys(procedures).toSorted());
  });

  it.each(Object.keys(calls))('S0-8: %s shows nothing of another customer', async (path) => {
    world.signIn({ customerId: account.first });
    const { status, text } = await send(path, calls[path]);
    expect([status, leaks(text)]).toEqual([200, []]);
  });

  it.each(Object.keys(calls))('S0-8: %s refuses an input that names a customer', async (path) => {
    world.signIn({ customerId: account.first });
    for (const key of ['customerId', 'customer', 'stripe_customer_id']) {
      const before = world.callCount();
      const { status, text } = await send(path, { ...calls[path], [key]: account.second });
      expect([status, JSON.parse(text).error.data.billing.code]).toEqual([400, 'invalid_input']);
      expect(world.callCount()).toBe(before);
    }
  });

  it('S0-8: the canaries would be seen: the other customer does see them', async () => {
    world.signIn({ customerId: account.second });
    const seen = await Promise.all(Object.keys(calls).map((path) => send(path, calls[path])));
    const all = seen.map(({ text }) => text).join();
    expect(leaks(all).length).toBeGreaterThanOrEqual(5);
  });

  it("S0-8: another customer's top-up and invoice cursor do not exist", async () => {
    world.signIn({ customerId: account.first });
    const client = connect(world.meterboard);
    expect((await refusalOf(client.topUps.status.query({ topUpId: foreignTopUpId }))).code).toBe('not_found');
    expect((await refusalOf(client.topUps.receipt.query({ topUpId: foreignTopUpId }))).code).toBe(
      'not_found',
    );
    expect((await refusalOf(client.invoices.list.query({ cursor: foreignInvoiceId }))).code).toBe(
      'not_found',
    );
    expect((await refusalOf(client.invoices.list.query({ cursor: 'in_unknown' }))).code).toBe('not_found');
  });

  it('S0-8: an equal attempt of another customer is another top-up', async () => {
    world.signIn({ customerId: account.first });
    const started = await connect(world.meterboard).topUps.start.mutate({
      ...attempt,
      attemptId: 'foreign-attempt',
    });
    expect(started.topUpId).not.toBe(foreignTopUpId);
  });

  it.each(Object.keys(calls))('%s asks nobody but the host who is there', async (path) => {
    world.signIn(null);
    const before = world.callCount();
    const { status, text } = await send(path, calls[path]);
    expect([status, JSON.parse(text).error.data.billing.code]).toEqual([401, 'not_signed_in']);
    expect(world.callCount()).toBe(before);
  });
});

describe('S0-8: files', () => {
  const question = 'range=last&days=60&bucket=day&timeZone=UTC&compare=true&cumulative=true';
  const download = async (file: string, query = question) => {
    const url = `https://app.example/api/meterboard/export/${file}?${query}`;
    const response = await world.meterboard.handler(new Request(url));
    return { status: response.status, text: await response.text() };
  };

  it.each(['usage.csv', 'usage.json'])('%s holds nothing of another customer', async (file) => {
    world.signIn({ customerId: account.first });
    const { status, text } = await download(file);
    expect([status, leaks(text)]).toEqual([200, []]);
    world.signIn({ customerId: account.second });
    expect(leaks((await download(file)).text), 'the canaries would be seen').toContain('535353');
  });

  it.each(['usage.csv', 'usage.json'])('%s refuses a query that names a customer', async (file) => {
    world.signIn({ customerId: account.first });
    for (const key of ['customerId', 'customer', 'stripe_customer_id', 'range.customerId']) {
      const before = world.callCount();
      const { status, text } = await download(file, `${question}&${key}=${account.second}`);
      expect([status, JSON.parse(text).error.data.billing.code]).toEqual([400, 'invalid_input']);
      expect(world.callCount()).toBe(before);
    }
  });

  it.each(['usage.csv', 'usage.json'])('%s is for nobody without a session', async (file) => {
    world.signIn(null);
    const before = world.callCount();
    expect((await download(file)).status).toBe(401);
    expect(world.callCount()).toBe(before);
  });
});

describe('permissions', () => {
  const withPermissions = async (path: string, permissions: ('view' | 'view_money' | 'top_up')[]) => {
    world.signIn({ customerId: account.first, permissions });
    const { status, text } = await send(path, calls[path]);
    return status === 200 ? 'shown' : JSON.parse(text).error.data.billing.code;
  };

  it.each(Object.keys(calls))('%s needs view', async (path) => {
    expect(await withPermissions(path, ['view_money', 'top_up'])).toBe('not_allowed');
  });

  it('money and top-ups need theirs', async () => {
    expect(await withPermissions('credits.balance', ['view'])).toBe('not_allowed');
    expect(await withPermissions('invoices.list', ['view'])).toBe('not_allowed');
    expect(await withPermissions('usage.cost', ['view'])).toBe('not_allowed');
    expect(await withPermissions('topUps.start', ['view', 'view_money'])).toBe('not_allowed');
    expect(await withPermissions('topUps.status', ['view', 'view_money'])).toBe('not_allowed');
    expect(await withPermissions('credits.balance', ['view', 'view_money'])).toBe('shown');
    expect(await withPermissions('topUps.start', ['view', 'top_up'])).toBe('shown');
  });

  it('the dashboard of someone without view_money holds no amounts and still shows usage', async () => {
    const caller = world.meterboard.createCaller({ customerId: account.second, permissions: ['view'] });
    const { usage, summary, credits, invoices, topUps } = await caller.overview({ timeZone: 'UTC' });
    expect([usage.ok, summary.ok, topUps.ok]).toEqual([true, true, true]);
    for (const section of [credits, invoices]) {
      expect(section).toMatchObject({ ok: false, error: { code: 'not_allowed' } });
    }
    expect(summary.ok && summary.data.meters.map(({ total, costs }) => [total, costs])).toEqual([
      ['535353', []],
    ]);
    expect(topUps.ok && topUps.data.unavailable).toBe('not_allowed');
  });
});
