import { createServer, type IncomingMessage, request as openRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryCustomer, createMemoryGateway } from '../gateways/memory.ts';
import type { Identify } from '../identity.ts';
import { createMeterboard } from '../meterboard.ts';
import { exampleMeter, exampleNowMs, exampleSubscription } from '../testing/example-world.ts';
import { toNodeHandler } from './node.ts';
import { readRequestFacts } from './request-facts.ts';

const usd = (amountMinor: number) => ({ amountMinor, currency: 'usd' });
const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

function createApp(identify: Identify = () => ({ customerId: 'cus_1' })) {
  const logged: string[] = [];
  const log = (message: string, details?: object) => logged.push(`${message} ${JSON.stringify(details)}`);
  const app = createMeterboard({
    gateway: createMemoryGateway({
      nowMs: () => exampleNowMs,
      meters: [exampleMeter()],
      prices: [],
      customers: { cus_1: createMemoryCustomer({ subscriptions: [exampleSubscription()] }) },
    }),
    identify,
    nowMs: () => exampleNowMs,
    logger: { error: log, warn: log, info: log },
    topUps: { packages: [{ id: 'ten', label: 'Ten', price: usd(1000), credit: usd(1000) }] },
    allowedOrigins: ['https://partner.example'],
  });
  return { ...app, logged };
}

const base = 'https://app.example/api/meterboard';
const get = (path: string) => new Request(`${base}${path}`);
const start = (headers: Record<string, string> = {}, body: BodyInit | null = startBody()) =>
  new Request(`${base}/trpc/topUps.start`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
const startBody = () =>
  JSON.stringify({ packageId: 'ten', attemptId: 'attempt-1', returnUrl: 'https://app.example/billing' });
const codeOf = async (response: Response) => (await response.json()).error?.data?.billing?.code;

describe('the fetch handler', () => {
  it('answers procedures below its base path, never cached', async () => {
    const response = await createApp().handler(get('/trpc/meters.list'));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect((await response.json()).result.data.meters).toHaveLength(1);
  });

  it.each([
    ['/', 404],
    ['/trpc', 404],
    ['/webhooks', 404],
    ['/trpc/nothing.here', 404],
    ['/trpc/__proto__', 404],
    ['/trpc/constructor.constructor', 404],
    ['/../other', 404],
  ])('%s is %i, in JSON', async (path, status) => {
    const response = await createApp().handler(get(path));
    expect([response.status, await codeOf(response)]).toEqual([status, 'not_found']);
  });

  it.each([
    ['own origin', { origin: 'https://app.example' }, 200],
    ['a listed origin', { origin: 'https://partner.example', 'sec-fetch-site': 'cross-site' }, 200],
    [
      'same-origin behind a proxy',
      { origin: 'https://public.example', 'sec-fetch-site': 'same-origin' },
      200,
    ],
    ['no page', {}, 200],
    ['another origin', { origin: 'https://evil.example' }, 403],
    [
      'another origin that browsers attest',
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      403,
    ],
    ['a sibling site', { origin: 'https://x.app.example', 'sec-fetch-site': 'same-site' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
    ['a cross-site request without an origin', { 'sec-fetch-site': 'cross-site' }, 403],
  ])('lets a mutation from %s be %o: %i', async (_, headers, status) => {
    expect((await createApp().handler(start(headers))).status).toBe(status);
  });

  it('returns to the page behind a proxy that asked', async () => {
    const request = start(
      { origin: 'https://public.example', 'sec-fetch-site': 'same-origin' },
      JSON.stringify({ packageId: 'ten', attemptId: 'attempt-1', returnUrl: 'https://public.example/b' }),
    );
    expect((await createApp().handler(request)).status).toBe(200);
  });

  it('takes JSON only, of at most 100 kB, also when the length is not announced', async () => {
    const { handler } = createApp();
    const form = start({ 'content-type': 'application/x-www-form-urlencoded' });
    expect((await handler(form)).status).toBe(415);
    expect((await handler(start({}, 'x'.repeat(100_001)))).status).toBe(413);
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(10_000))),
    });
    const streamed = new Request(`${base}/trpc/topUps.start`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: endless,
      ...{ duplex: 'half' },
    });
    expect((await handler(streamed)).status).toBe(413);
  });

  it.each([
    ['no JSON at all', '{', 400],
    ['a list', '[]', 400],
    [
      'a polluting object',
      '{"__proto__":{"customerId":"cus_2"},"packageId":"ten","attemptId":"attempt-1"}',
      400,
    ],
  ])('refuses %s', async (_, body, status) => {
    const response = await createApp().handler(start({}, body));
    expect([response.status, await codeOf(response)]).toEqual([status, 'invalid_input']);
  });

  it('refuses mutations by GET and batches of more than 20 before anyone is asked who they are', async () => {
    let asked = 0;
    const { handler } = createApp(() => {
      asked += 1;
      return null;
    });
    expect((await handler(get('/trpc/topUps.start?input={}'))).status).toBe(405);
    const paths = Array(21).fill('meters.list').join(',');
    const response = await handler(get(`/trpc/${paths}?batch=1&input={}`));
    expect(response.status).toBe(400);
    expect(asked).toBe(0);
  });

  it('asks once per request who sends it, however many calls it batches', async () => {
    let asked = 0;
    const { handler } = createApp(async () => {
      asked += 1;
      return { customerId: 'cus_1' };
    });
    const response = await handler(
      get('/trpc/meters.list,credits.balance,invoices.list?batch=1&input={"2":{}}'),
    );
    expect([response.status, asked]).toEqual([200, 1]);
  });

  it('answers internal and says why only in the log when identify breaks', async () => {
    const { handler, logged } = createApp(() => {
      throw new Error('the session store is down at db.internal');
    });
    const response = await handler(get('/trpc/meters.list'));
    const body = await response.text();
    expect(response.status).toBe(500);
    expect(body).not.toMatch(/session store|db\.internal|stack|cause/);
    expect(logged.join()).toContain('the session store is down');
  });

  it('shows nothing when identify answers without a customer', async () => {
    const { handler } = createApp(() => ({ customerId: '' }));
    expect((await handler(get('/trpc/meters.list'))).status).toBe(500);
    const nobody = createApp(() => undefined as unknown as null);
    expect((await nobody.handler(get('/trpc/meters.list'))).status).toBe(401);
  });

  it('refuses requests once closed, after answering those under way', async () => {
    let admit: (identity: { customerId: string }) => void = () => undefined;
    const { handler, close } = createApp(
      () =>
        new Promise((resolve) => {
          admit = resolve;
        }),
    );
    const underWay = handler(get('/trpc/meters.list'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const closing = close();
    expect((await handler(get('/trpc/meters.list'))).status).toBe(503);
    admit({ customerId: 'cus_1' });
    await closing;
    expect((await underWay).status).toBe(200);
  });
});

describe('readRequestFacts', () => {
  it('names only trusted origins as the own ones', () => {
    const facts = (headers: Record<string, string>) =>
      readRequestFacts(new Request('http://internal:3000/x', { headers }), []).ownOrigins;
    expect(facts({})).toEqual(['http://internal:3000']);
    expect(facts({ origin: 'https://evil.example' })).toEqual(['http://internal:3000']);
    expect(facts({ origin: 'https://internal:3000' })).toEqual([
      'http://internal:3000',
      'https://internal:3000',
    ]);
  });
});

describe('the Node handler', () => {
  async function listen(handle: (message: IncomingMessage) => void = () => undefined) {
    const app = createApp();
    const nodeHandler = toNodeHandler(app);
    const server = createServer(async (message, response) => {
      handle(message);
      if (!(await nodeHandler(message, response))) response.writeHead(418).end('not ours');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  it('serves over HTTP and leaves every other path alone', async () => {
    const { origin } = await listen();
    const answers = await Promise.all(
      ['/api/meterboard/trpc/meters.list', '/', '/api/meterboardroom', '/api/meterboard'].map((path) =>
        fetch(`${origin}${path}`),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 418, 418, 404]);
  });

  it('takes bodies and their limit', async () => {
    const { origin } = await listen();
    const post = (body: string) =>
      fetch(`${origin}/api/meterboard/trpc/topUps.start`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    const started = await post(startBody().replace('https://app.example', origin));
    expect((await started.json()).result.data.topUpId).toMatch(/^tu_/);
    expect((await post('x'.repeat(200_000))).status).toBe(413);
  });

  it('works behind a body parser and below a mount path, as in Express', async () => {
    const app = createApp();
    const nodeHandler = toNodeHandler(app);
    const server = createServer(async (message, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of message) chunks.push(chunk);
      const parsed = {
        body: JSON.parse(Buffer.concat(chunks).toString()),
        originalUrl: message.url,
        url: '/cut',
      };
      await nodeHandler(Object.assign(message, parsed), response, () => response.writeHead(418).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => server.close());
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const response = await fetch(`${origin}/api/meterboard/trpc/topUps.start`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: startBody().replace('https://app.example', origin),
    });
    expect(response.status).toBe(200);
  });

  it('gives up when the browser goes away', async () => {
    let signal: AbortSignal | undefined;
    const gone = new Promise<void>((resolve) => {
      const nodeHandler = toNodeHandler({
        basePath: '/api/meterboard',
        handler: (request) =>
          new Promise((answer) => {
            signal = request.signal;
            request.signal.addEventListener('abort', () => {
              answer(new Response(null, { status: 499 }));
              resolve();
            });
          }),
      });
      const server = createServer((message, response) => void nodeHandler(message, response));
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo;
        const request = openRequest({ port, host: '127.0.0.1', path: '/api/meterboard/trpc/x' });
        request.on('error', () => undefined);
        request.end();
        setTimeout(() => request.destroy(), 50);
      });
      cleanUps.push(() => server.close());
    });
    await gone;
    expect(signal?.aborted).toBe(true);
  });

  it.each([
    ['a b', 400],
    ['@', 400],
    ['evil.example/x?', 404],
  ])('refuses the host header %j', async (host, expected) => {
    const { origin } = await listen();
    const status = await new Promise((resolve, reject) => {
      openRequest(`${origin}/api/meterboard/trpc/meters.list`, { headers: { host } }, (response) =>
        resolve(response.statusCode),
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(expected);
  });
});
