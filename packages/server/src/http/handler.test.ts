import { describe, expect, it, vi } from 'vitest';
import { exampleApp, exampleBase, exampleStart } from '../testing/example-app.ts';
import { readRequestFacts } from './request-facts.ts';

const get = (path: string) => new Request(`${exampleBase}${path}`);
const start = (headers: Record<string, string> = {}, body: BodyInit | null = exampleStart()) =>
  new Request(`${exampleBase}/trpc/topUps.start`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
const codeOf = async (response: Response) => (await response.json()).error?.data?.billing?.code;

describe('the fetch handler', () => {
  it('answers procedures below its base path, never cached', async () => {
    const response = await exampleApp().handler(get('/trpc/meters.list'));
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
    const response = await exampleApp().handler(get(path));
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
    expect((await exampleApp().handler(start(headers))).status).toBe(status);
  });

  it('returns to the page behind a proxy that asked', async () => {
    const request = start(
      { origin: 'https://public.example', 'sec-fetch-site': 'same-origin' },
      JSON.stringify({ packageId: 'ten', attemptId: 'attempt-1', returnUrl: 'https://public.example/b' }),
    );
    expect((await exampleApp().handler(request)).status).toBe(200);
  });

  it('takes JSON only, of at most 100 kB, also when the length is not announced', async () => {
    const { handler } = exampleApp();
    const form = start({ 'content-type': 'application/x-www-form-urlencoded' });
    expect((await handler(form)).status).toBe(415);
    expect((await handler(start({}, 'x'.repeat(100_001)))).status).toBe(413);
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(10_000))),
    });
    const streamed = new Request(`${exampleBase}/trpc/topUps.start`, {
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
    const response = await exampleApp().handler(start({}, body));
    expect([response.status, await codeOf(response)]).toEqual([status, 'invalid_input']);
  });

  it('refuses mutations by GET and batches of more than 10 before anyone is asked who they are', async () => {
    let asked = 0;
    const { handler } = exampleApp(() => {
      asked += 1;
      return null;
    });
    expect((await handler(get('/trpc/topUps.start?input={}'))).status).toBe(405);
    const paths = Array(11).fill('meters.list').join(',');
    const response = await handler(get(`/trpc/${paths}?batch=1&input={}`));
    expect(response.status).toBe(400);
    expect(asked).toBe(0);
  });

  it('asks once per request who sends it, however many calls it batches', async () => {
    let asked = 0;
    const { handler } = exampleApp(async () => {
      asked += 1;
      return { customerId: 'cus_1' };
    });
    const response = await handler(
      get('/trpc/meters.list,credits.balance,invoices.list?batch=1&input={"2":{}}'),
    );
    expect([response.status, asked]).toEqual([200, 1]);
  });

  it('answers internal and says why only in the log when identify breaks', async () => {
    const { handler, logged } = exampleApp(() => {
      throw new Error('the session store is down at db.internal');
    });
    const response = await handler(get('/trpc/meters.list'));
    const body = await response.text();
    expect(response.status).toBe(500);
    expect(body).not.toMatch(/session store|db\.internal|stack|cause/);
    expect(logged.join()).toContain('the session store is down');
  });

  it('answers as ever where the logger of the host throws', async () => {
    const console = vi.spyOn(globalThis.console, 'error').mockReturnValue();
    const broken = () => {
      throw new Error('disk full');
    };
    const { handler } = exampleApp(broken, { error: broken, warn: broken, info: broken });
    expect((await handler(get('/trpc/meters.list'))).status).toBe(500);
    expect(console).toHaveBeenCalledOnce();
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('answers %s with 405 and the methods it takes', async (method) => {
    const response = await exampleApp().handler(new Request(`${exampleBase}/trpc/meters.list`, { method }));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
    expect((await response.json()).error).toMatchObject({
      code: -32005,
      data: { code: 'METHOD_NOT_SUPPORTED', httpStatus: 405, billing: { code: 'invalid_input' } },
    });
  });

  it('never streams: its status is that of the answer', async () => {
    const request = new Request(`${exampleBase}/trpc/meters.list?batch=1&input={}`, {
      headers: { 'trpc-accept': 'application/jsonl' },
    });
    const response = await exampleApp(() => null).handler(request);
    expect([response.status, response.headers.get('content-type')]).toEqual([401, 'application/json']);
  });

  it('refuses a body that breaks off, without a word in the log', async () => {
    const { handler, logged } = exampleApp();
    const broken = new ReadableStream({
      pull: (controller) => controller.error(new Error('socket closed')),
    });
    const request = new Request(`${exampleBase}/trpc/topUps.start`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: broken,
      ...{ duplex: 'half' },
    });
    expect((await handler(request)).status).toBe(400);
    expect(logged).toEqual([]);
  });

  it('has no word in the log for requests that were given up', async () => {
    const gone = new AbortController();
    const { handler, logged } = exampleApp(async (request) => {
      gone.abort();
      request.signal.throwIfAborted();
      return null;
    });
    await handler(new Request(`${exampleBase}/trpc/meters.list`, { signal: gone.signal }));
    expect(logged).toEqual([]);
  });

  it('begins one top-up in a batch, the same attempt as often as it is asked', async () => {
    const { handler } = exampleApp();
    const batch = async (...attemptIds: string[]) => {
      const known = { packageId: 'ten', returnUrl: 'https://app.example/billing' };
      const calls = attemptIds.map((attemptId, index) => [index, { ...known, attemptId }]);
      const request = new Request(
        `${exampleBase}/trpc/${attemptIds.map(() => 'topUps.start').join(',')}?batch=1`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(Object.fromEntries(calls)),
        },
      );
      const answers: { error?: { data: { billing: { code: string } } } }[] = await (
        await handler(request)
      ).json();
      return answers.map(({ error }) => error?.data.billing.code ?? 'begun');
    };
    expect(await batch('attempt-1', 'attempt-1')).toEqual(['begun', 'begun']);
    expect(await batch('attempt-2', 'attempt-3')).toEqual(['begun', 'invalid_input']);
  });

  it('shows nothing when identify answers without a customer', async () => {
    const { handler } = exampleApp(() => ({ customerId: '' }));
    expect((await handler(get('/trpc/meters.list'))).status).toBe(500);
    const nobody = exampleApp(() => undefined as unknown as null);
    expect((await nobody.handler(get('/trpc/meters.list'))).status).toBe(401);
    const words = exampleApp(() => ({ customerId: 'cus_1', permissions: 'view_money' as never }));
    expect((await words.handler(get('/trpc/meters.list'))).status).toBe(500);
    expect(words.logged.join()).toContain('permissions that are no list');
  });

  it('refuses requests once closed, after answering those under way', async () => {
    let admit: (identity: { customerId: string }) => void = () => undefined;
    const { handler, close } = exampleApp(
      () =>
        new Promise((resolve) => {
          admit = resolve;
        }),
    );
    const underWay = handler(get('/trpc/meters.list'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const closing = close();
    const refused = await handler(get('/trpc/meters.list'));
    expect(refused.status).toBe(503);
    expect((await refused.json()).error.data).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      billing: { code: 'provider_unavailable', retryable: true },
    });
    admit({ customerId: 'cus_1' });
    await closing;
    expect((await underWay).status).toBe(200);
  });
});

describe('closing', () => {
  it('ends although a request never does', async () => {
    const { handler, close } = exampleApp(() => new Promise(() => undefined));
    void handler(get('/trpc/meters.list'));
    await expect(close({ timeoutMs: 5 })).resolves.toBeUndefined();
  });
});

describe('a context for a router of the host', () => {
  it('is that of the request', async () => {
    const { createContext, router } = exampleApp((request) => ({
      customerId: request.headers.get('x-customer') ?? '',
    }));
    const request = new Request(`${exampleBase}/trpc/x`, { headers: { 'x-customer': 'cus_1' } });
    expect((await router.createCaller(createContext(request)).meters.list()).meters).toHaveLength(1);
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
