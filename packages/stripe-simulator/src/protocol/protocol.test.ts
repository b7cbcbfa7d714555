import { describe, expect, it } from 'vitest';
import { bodyOf, connect, errorOf, START_MS, sdkFor, send } from '../testing/connect.ts';

describe('keys', () => {
  it.each([
    ['no key', {}, 'You did not provide an API key'],
    ['a wrong key', { authorization: 'Bearer hello_world_key' }, 'Invalid API Key provided: hello_wo***_key'],
    ['a live key', { authorization: 'Bearer sk_live_51abc' }, 'never takes a live key'],
  ])('answers 401 to %s', async (_name, headers, message) => {
    await using server = await connect();
    const response = await fetch(`${server.sim.url}/v1/customers`, { headers });
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    expect(await bodyOf(response)).toMatchObject({
      status: 401,
      error: { type: 'invalid_request_error', message: expect.stringContaining(message) },
    });
  });

  it('takes any test key, bearer or basic', async () => {
    await using server = await connect();
    expect((await sdkFor(server.sim, 'sk_test_anything').customers.list()).data).toEqual([]);
    const basic = `Basic ${Buffer.from('sk_test_curl:').toString('base64')}`;
    expect(
      (await fetch(`${server.sim.url}/v1/customers`, { headers: { authorization: basic } })).status,
    ).toBe(200);
  });
});

describe('errors', () => {
  it('names a route that is missing with 501 and tells the client not to retry', async () => {
    await using server = await connect();
    const response = await send(server.sim, 'GET', '/v1/issuing/cards');
    expect(response.headers.get('stripe-should-retry')).toBe('false');
    expect(await bodyOf(response)).toMatchObject({
      status: 501,
      error: { message: expect.stringContaining('GET /v1/issuing/cards') },
    });
    expect((await errorOf(server.stripe.payouts.list())).statusCode).toBe(501);
  });

  it('answers in Stripe’s shape: unknown, missing and wrong parameters, unknown ids', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    expect(await bodyOf(await send(sim, 'POST', '/v1/customers', 'nickname=x'))).toEqual({
      status: 400,
      error: {
        type: 'invalid_request_error',
        code: 'parameter_unknown',
        param: 'nickname',
        message: 'Received unknown parameter: nickname',
        doc_url: 'https://stripe.com/docs/error-codes/parameter-unknown',
      },
    });
    expect(await bodyOf(await send(sim, 'POST', '/v1/products', ''))).toMatchObject({
      status: 400,
      error: { code: 'parameter_missing', param: 'name' },
    });
    expect(await errorOf(stripe.customers.retrieve('cus_nobody'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'id',
      message: "No such customer: 'cus_nobody'",
    });
    expect(
      await errorOf(stripe.billing.creditBalanceTransactions.list({ customer: 'cus_nobody' })),
    ).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'customer',
    });
    expect(await bodyOf(await send(sim, 'POST', '/v1/customers', 'cash_balance=5'))).toMatchObject({
      status: 501,
      error: { message: expect.stringContaining("'cash_balance'") },
    });
  });

  it('sends a request id and echoes the version and the idempotency key', async () => {
    await using server = await connect();
    const response = await send(server.sim, 'POST', '/v1/customers', '', {
      'stripe-version': '2025-03-31.basil',
      'idempotency-key': 'k1',
    });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'request-id': expect.stringMatching(/^req_\w{14}$/),
      'stripe-version': '2025-03-31.basil',
      'idempotency-key': 'k1',
    });
    expect((await send(server.sim, 'GET', '/v1/customers')).headers.get('stripe-version')).toBe(
      '2026-10-28.endive',
    );
  });

  it.each([
    ['a broken form', 'POST', '/v1/customers', 'name=%', {}, 400],
    ['a broken path', 'GET', '/v1/customers/%E0%A4%A', undefined, {}, 400],
    ['a JSON body', 'POST', '/v1/customers', '{"name":"x"}', { 'content-type': 'application/json' }, 400],
    ['a map for a string', 'POST', '/v1/customers', 'name[a]=1', {}, 400],
    ['a prototype key', 'POST', '/v1/customers', '__proto__[x]=1', {}, 400],
    [
      'a hostile metadata map',
      'POST',
      '/v1/customers',
      'metadata[__proto__]=1&metadata[constructor]=2',
      {},
      200,
    ],
    ['a huge number', 'GET', '/v1/customers?limit=1e999', undefined, {}, 400],
    ['an unknown verb', 'PUT', '/v1/customers', 'name=x', {}, 501],
    ['two megabytes', 'POST', '/v1/customers', `name=${'x'.repeat(2_000_000)}`, {}, 413],
  ])('never crashes on %s', async (_name, method, path, body, headers, status) => {
    await using server = await connect();
    const response = await send(server.sim, method, path, body, headers);
    const answer = await response.json();
    expect(response.status).toBe(status);
    if (status !== 200) expect(answer.error.type).toMatch(/^(invalid_request|api)_error$/);
    expect((await server.stripe.customers.list()).data).toHaveLength(status === 200 ? 1 : 0);
  });

  it('keeps hostile strings as they are', async () => {
    await using server = await connect();
    const name = `<script>alert('x')</script> "quotes" & 🦊 \u202e ${'é'.repeat(50)}`;
    const { id } = await server.stripe.customers.create({ name, metadata: { 'a=c&d;e': '\u0000%00' } });
    expect(await server.stripe.customers.retrieve(id)).toMatchObject({
      name,
      metadata: { 'a=c&d;e': '\u0000%00' },
    });
  });
});

describe('lists', () => {
  it('are newest first, ten at a time, and can be walked in both directions', async () => {
    await using server = await connect();
    const { stripe } = server;
    const ids: string[] = [];
    for (let index = 0; index < 23; index += 1)
      ids.unshift((await stripe.customers.create({ name: String(index) })).id);
    const first = await stripe.customers.list();
    expect([first.data.length, first.has_more, first.url]).toEqual([10, true, '/v1/customers']);
    expect(
      (await stripe.customers.list({ limit: 3 }).autoPagingToArray({ limit: 100 })).map(({ id }) => id),
    ).toEqual(ids);
    const backwards = await stripe.customers.list({ ending_before: ids[20] ?? '', limit: 5 });
    expect(backwards.data.map(({ id }) => id)).toEqual(ids.slice(15, 20));
    expect(backwards.has_more).toBe(true);
  });

  it('refuse limits above 100 and cursors that they do not know', async () => {
    await using server = await connect();
    expect(await errorOf(server.stripe.customers.list({ limit: 101 }))).toMatchObject({
      statusCode: 400,
      param: 'limit',
    });
    expect(await errorOf(server.stripe.customers.list({ starting_after: 'cus_x' }))).toMatchObject({
      code: 'resource_missing',
      param: 'starting_after',
    });
  });
});

describe('expand', () => {
  it('puts objects where ids were, through lists and nested objects', async () => {
    await using server = await connect();
    const { stripe } = server;
    const product = await stripe.products.create({ name: 'Thing' });
    const price = await stripe.prices.create({ currency: 'usd', unit_amount: 5, product: product.id });
    expect(price.product).toBe(product.id);
    expect((await stripe.prices.retrieve(price.id, { expand: ['product'] })).product).toEqual(product);
    expect((await stripe.prices.list({ expand: ['data.product'] })).data[0]?.product).toEqual(product);
  });

  it.each([
    ['GET', '/v1/prices?expand[]=currency', 'This property cannot be expanded (currency).'],
    ['GET', '/v1/customers?expand[]=customer', 'This property cannot be expanded (customer).'],
    ['GET', '/v1/prices?expand[]=data.product.a.b.c', 'You cannot expand more than 4 levels'],
  ])('refuses %s %s', async (method, path, message) => {
    await using server = await connect();
    expect(await bodyOf(await send(server.sim, method, path))).toMatchObject({
      status: 400,
      error: { message: expect.stringContaining(message) },
    });
  });

  it('refuses a wrong path before the request has any effect', async () => {
    await using server = await connect();
    expect(
      (await errorOf(server.stripe.customers.create({ name: 'x', expand: ['nothing'] }))).statusCode,
    ).toBe(400);
    expect((await server.stripe.customers.list()).data).toEqual([]);
  });
});

describe('idempotency keys', () => {
  const create = (sim: Parameters<typeof send>[0], body: string, path = '/v1/customers') =>
    send(sim, 'POST', path, body, { 'idempotency-key': 'key-1' });

  it('replay the first answer, byte for byte, with the header that says so', async () => {
    await using server = await connect();
    const first = await create(server.sim, 'name=Ada&email=a@b.c');
    const again = await create(server.sim, 'email=a@b.c&name=Ada');
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('original-request')).toBe(first.headers.get('request-id'));
    expect(await again.text()).toBe(await first.text());
    expect((await server.stripe.customers.list()).data).toHaveLength(1);
    expect(server.sim.requests.all().map(({ replayed }) => replayed)).toEqual([false, true, false]);
  });

  it('replay errors that came after validation', async () => {
    await using server = await connect();
    const { sim } = server;
    const body =
      'customer=cus_later&amount[type]=monetary&amount[monetary][currency]=usd&amount[monetary][value]=1&applicability_config[scope][price_type]=metered';
    const answers = [
      await create(sim, body, '/v1/billing/credit_grants'),
      await create(sim, body, '/v1/billing/credit_grants'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
    expect(answers[1]?.headers.get('idempotent-replayed')).toBe('true');
  });

  it('refuse other parameters and other endpoints', async () => {
    await using server = await connect();
    await create(server.sim, 'name=Ada');
    for (const answer of [
      await create(server.sim, 'name=Bob'),
      await create(server.sim, 'name=Ada', '/v1/products'),
    ]) {
      expect(await bodyOf(answer)).toMatchObject({ status: 400, error: { type: 'idempotency_error' } });
    }
  });

  it('store nothing when validation fails', async () => {
    await using server = await connect();
    expect((await create(server.sim, 'nonsense=1')).status).toBe(400);
    const answer = await create(server.sim, 'name=Ada');
    expect([answer.status, answer.headers.get('idempotent-replayed')]).toEqual([200, null]);
  });

  it('answer 409 while the first request still runs', async () => {
    await using server = await connect();
    server.sim.faults.setLatency(150);
    const [first, second] = await Promise.all([
      create(server.sim, 'name=Ada'),
      create(server.sim, 'name=Ada'),
    ]);
    expect([first.status, second.status].sort()).toEqual([200, 409]);
    server.sim.faults.clear();
    expect((await create(server.sim, 'name=Ada')).headers.get('idempotent-replayed')).toBe('true');
  });

  it('live for 24 hours of the simulator’s clock', async () => {
    await using server = await connect();
    const { id } = await (await create(server.sim, 'name=Ada')).json();
    await server.sim.advance(24 * 3_600_000 - 1);
    expect((await (await create(server.sim, 'name=Ada')).json()).id).toBe(id);
    await server.sim.advance(1);
    expect((await (await create(server.sim, 'name=Ada')).json()).id).not.toBe(id);
  });
});

describe('switches', () => {
  it('fail the next matching requests before any effect', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    sim.faults.failNext({ path: /customers/, method: 'POST', status: 500, times: 2 });
    expect((await errorOf(stripe.customers.create({}))).statusCode).toBe(500);
    expect((await stripe.products.list()).data).toEqual([]);
    expect((await errorOf(stripe.customers.create({}))).type).toBe('StripeAPIError');
    expect((await stripe.customers.list()).data).toEqual([]);
    await stripe.customers.create({});
    sim.faults.failNext({ status: 429 });
    expect(await errorOf(stripe.customers.list())).toMatchObject({
      type: 'StripeRateLimitError',
      headers: { 'stripe-rate-limited-reason': 'endpoint-rate' },
    });
  });

  it('let the SDK’s own retry pass after one failure, with one effect', async () => {
    await using server = await connect();
    server.sim.faults.failNext({ path: /customers/, status: 503 });
    await server.stripe.customers.create({ name: 'Ada' }, { maxNetworkRetries: 1 });
    expect((await server.stripe.customers.list()).data).toHaveLength(1);
  });

  it('cut connections during an outage', async () => {
    await using server = await connect();
    server.sim.faults.setOutage(true);
    expect((await errorOf(server.stripe.customers.list())).type).toBe('StripeConnectionError');
    server.sim.faults.setOutage(false);
    expect((await server.stripe.customers.list()).data).toEqual([]);
  });

  it('log and count requests', async () => {
    await using server = await connect();
    await server.stripe.customers.create({ name: 'Ada' });
    await server.stripe.customers.list();
    await errorOf(server.stripe.customers.retrieve('cus_x'));
    const { requests } = server.sim;
    expect(requests.callCount()).toBe(3);
    expect(requests.callCount({ method: 'get' })).toBe(2);
    expect(requests.callCount({ path: '/v1/customers' })).toBe(2);
    expect(requests.callCount({ path: /customers\/cus_/, status: 404 })).toBe(1);
    expect(requests.all()[0]).toMatchObject({
      method: 'POST',
      path: '/v1/customers',
      status: 200,
      atMs: START_MS,
    });
    requests.clear();
    expect(requests.length).toBe(0);
  });
});
