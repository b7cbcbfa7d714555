import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMeterboard } from '@meterboard/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sharedStore } from '../../packages/server/src/testing/describe-stores.ts';
import {
  buildAccount,
  connect,
  createLog,
  grantCredits,
  packages,
  refusalOf,
  startWorld,
} from './stripe-world.ts';

const nowMs = Date.UTC(2026, 2, 20, 15, 45, 30);
let world: Awaited<ReturnType<typeof startWorld>>;
let account: Awaited<ReturnType<typeof buildAccount>>;

beforeEach(async () => {
  world = await startWorld('empty', nowMs);
  account = await buildAccount(world.client);
  await grantCredits(world.client, account.first, 500);
  world.signIn({ customerId: account.first });
});
afterEach(() => world.close());

const attempt = { packageId: 'credits-10', attemptId: 'attempt-0001' };
const range = { kind: 'last', days: 7 } as const;

function callsOf(client: ReturnType<typeof connect>): Record<string, () => Promise<unknown>> {
  return {
    'usage.series': () => client.usage.series.query({ range, bucket: 'day', timeZone: 'UTC' }),
    'usage.summary': () => client.usage.summary.query(),
    'credits.balance': () => client.credits.balance.query(),
    'invoices.list': () => client.invoices.list.query({}),
    'topUps.packages': () => client.topUps.packages.query(),
    'topUps.start': () => client.topUps.start.mutate(attempt),
  };
}
const names = Object.keys(callsOf(connect({ handler: async () => new Response() })));
const call = (name: string) => callsOf(connect(world.meterboard))[name]?.() ?? Promise.resolve();

describe('when Stripe cannot be reached', () => {
  it.each(names)('%s says so and invents no zero', async (name) => {
    world.simulator.faults.setOutage(true);
    expect(await refusalOf(call(name))).toMatchObject({ code: 'provider_unavailable', retryable: true });
  });

  it('the dashboard says so in every section, and recovers', async () => {
    world.simulator.faults.setOutage(true);
    const down = await connect(world.meterboard).overview.query({ timeZone: 'UTC' });
    const sections = [down.meters, down.usage, down.summary, down.credits, down.invoices, down.topUps];
    expect(sections.map((section) => section.ok || section.error.code)).toEqual(
      Array(6).fill('provider_unavailable'),
    );
    world.simulator.faults.setOutage(false);
    const up = await connect(world.meterboard).overview.query({ timeZone: 'UTC' });
    expect([up.usage.ok, up.credits.ok]).toEqual([true, true]);
  });

  it('one section that fails hides no other', async () => {
    world.simulator.faults.failNext({ path: /credit_grants/, status: 500 });
    const { credits, usage, summary, invoices } = await connect(world.meterboard).overview.query({
      timeZone: 'UTC',
    });
    expect(credits).toMatchObject({ ok: false, error: { code: 'provider_unavailable' } });
    expect([usage.ok, summary.ok, invoices.ok]).toEqual([true, true, true]);
  });

  it('a rate limit is told from an outage', async () => {
    world.simulator.faults.failNext({ path: /event_summaries/, status: 429 });
    expect(await refusalOf(call('usage.series'))).toMatchObject({
      code: 'provider_rate_limited',
      retryable: true,
    });
  });
});

describe('a customer that Stripe does not know', () => {
  it.each(names)('is refused as such by %s', async (name) => {
    world.signIn({ customerId: 'cus_nobody' });
    expect((await refusalOf(call(name))).code).toBe('customer_not_found');
  });

  it.each(names)('is refused as such by %s when it was deleted', async (name) => {
    const { id } = await world.client.customers.create({ name: 'Gone' });
    await world.client.customers.del(id);
    world.signIn({ customerId: id });
    expect((await refusalOf(call(name))).code).toBe('customer_not_found');
  });

  it('fails the whole dashboard', async () => {
    world.signIn({ customerId: 'cus_nobody' });
    const refusal = await refusalOf(connect(world.meterboard).overview.query({ timeZone: 'UTC' }));
    expect(refusal.code).toBe('customer_not_found');
  });
});

describe('a batch', () => {
  it('answers each call for itself', async () => {
    const path = 'meters.list,topUps.status,usage.series';
    const input = {
      1: { topUpId: `tu_${'x'.repeat(43)}` },
      2: { range: { kind: 'last', days: 999 }, bucket: 'day', timeZone: 'UTC' },
    };
    const response = await world.meterboard.handler(
      new Request(
        `https://app.example/api/meterboard/trpc/${path}?batch=1&input=${encodeURIComponent(JSON.stringify(input))}`,
      ),
    );
    const answers: { error?: { data: { billing: { code: string } } } }[] = await response.json();
    expect(answers.map(({ error }) => error?.data.billing.code)).toEqual([
      undefined,
      'not_found',
      'invalid_range',
    ]);
  });
});

describe('a provider that turns hostile', () => {
  const canary = 'canary-9f3 cus_OtherTenant sk_live_stolen <script>alert(1)</script> jane@canary.example';
  let hostile: Server | undefined;
  afterEach(() => {
    hostile?.closeAllConnections();
    hostile?.close();
  });

  async function createVictim(status: number, answer: object | ((path: string) => object)) {
    const server = createServer((request, response) => {
      response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_canary' });
      response.end(JSON.stringify(typeof answer === 'function' ? answer(request.url ?? '') : answer));
    });
    hostile = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const log = createLog();
    const { port } = server.address() as AddressInfo;
    const stripe = { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0 } as const;
    const app = createMeterboard({
      stripe: { secretKey: 'sk_test_OurVerySecretKey', ...stripe },
      identify: () => ({ customerId: 'cus_1' }),
      logger: log.logger,
      topUps: { packages, returnUrl: 'https://app.example/billing' },
      store: sharedStore(),
    });
    return { app, log };
  }

  async function readAll(app: { handler(request: Request): Promise<Response> }): Promise<string> {
    const texts: string[] = [];
    const client = connect({
      handler: async (request) => {
        const response = await app.handler(request);
        texts.push(await response.clone().text());
        return response;
      },
    });
    const overview = client.overview.query({ timeZone: 'UTC' });
    await Promise.allSettled([overview, ...Object.values(callsOf(client)).map((send) => send())]);
    return texts.join('\n');
  }

  const error = { type: 'invalid_request_error', message: canary, param: canary, doc_url: canary };
  it.each([
    ['a refusal', 400, { error }, 'provider_rejected'],
    [
      'a refusal of the key',
      401,
      { error: { ...error, message: `Invalid key ${canary}` } },
      'provider_rejected',
    ],
    ['a crash', 500, { error: { ...error, type: 'api_error' } }, 'provider_unavailable'],
    ['a missing thing', 404, { error: { ...error, code: 'resource_missing' } }, 'provider_rejected'],
    ['a declined card', 402, { error: { ...error, type: 'card_error' } }, 'payment_declined'],
    [
      'an unknown shape',
      200,
      { object: 'list', data: [{ id: canary, items: { data: [{}] } }] },
      'provider_rejected',
    ],
    ['no list at all', 200, { words: canary }, 'provider_rejected'],
  ])('by %s tells the browser nothing of it', async (_, status, body, code) => {
    const { app, log } = await createVictim(status, body);
    const text = await readAll(app);
    expect(text).toContain(code);
    expect(text).not.toMatch(
      /canary|OtherTenant|stolen|script|req_|stack|node_modules|\.ts|OurVerySecretKey/,
    );
    const logged = log.lines.join('\n');
    expect(logged).not.toMatch(/OurVerySecretKey|sk_live_stolen|jane@/);
    expect(logged).not.toBe('');
  });

  it('takes a deleted customer with empty lists for one that is not there', async () => {
    const { app } = await createVictim(200, (path: string) =>
      path.startsWith('/v1/customers/')
        ? { id: 'cus_1', object: 'customer', deleted: true }
        : { object: 'list', data: [], has_more: false, url: path },
    );
    expect((await refusalOf(connect(app).credits.balance.query())).code).toBe('customer_not_found');
    expect((await refusalOf(connect(app).invoices.list.query({}))).code).toBe('customer_not_found');
  });
});
