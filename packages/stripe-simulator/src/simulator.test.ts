import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createSimulator, isSimulatorPath } from './simulator.ts';
import { connect, DAY_MS, report, START_MS, sdkFor, send, subscribeMetered } from './testing/connect.ts';

/** A life of calls, and everything that can be read afterwards, as bytes. */
async function story(seed: string): Promise<string> {
  await using server = await connect({ seed });
  const { sim, stripe } = server;
  const { customer, subscription } = await subscribeMetered(stripe, { licensedMinor: 300 });
  await stripe.billing.creditGrants.create({
    customer: customer.id,
    amount: { type: 'monetary', monetary: { currency: 'usd', value: 50 } },
    applicability_config: { scope: { price_type: 'metered' } },
  });
  await report(stripe, customer.id, 80);
  await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/',
    line_items: [{ price_data: { currency: 'usd', unit_amount: 900, product_data: { name: 'x' } } }],
  });
  await sim.advance(45 * DAY_MS);
  const reads = [
    '/v1/customers',
    '/v1/products',
    '/v1/prices?expand[]=data.product',
    '/v1/subscriptions?expand[]=data.latest_invoice',
    '/v1/invoices?limit=100',
    '/v1/billing/meters',
    '/v1/billing/credit_grants',
    `/v1/billing/credit_balance_transactions?customer=${customer.id}`,
    '/v1/checkout/sessions',
  ];
  const bodies = [];
  for (const path of reads) bodies.push(await (await send(sim, 'GET', path)).text());
  bodies.push(
    await (await send(sim, 'POST', '/v1/invoices/create_preview', `subscription=${subscription.id}`)).text(),
  );
  return bodies.join('\n').replaceAll(sim.url, '');
}

describe('simulator', () => {
  it('gives the same bytes for the same seed and calls, and other ids for another seed', async () => {
    const first = await story('one');
    expect(await story('one')).toBe(first);
    expect(await story('two')).not.toBe(first);
  });

  it('ticks with real time unless frozen, and advances either way', async () => {
    const live = await createSimulator({ nowMs: START_MS });
    try {
      expect(live.nowMs()).toBeGreaterThanOrEqual(START_MS);
      expect(live.nowMs()).toBeLessThan(START_MS + 60_000);
      await live.advance(DAY_MS);
      const { created } = await sdkFor(live).customers.create({});
      expect(created).toBeGreaterThanOrEqual((START_MS + DAY_MS) / 1_000);
    } finally {
      await live.close();
    }
  });

  it('refuses to go back in time', async () => {
    await using server = await connect();
    await expect(server.sim.advanceTo(START_MS - 1)).rejects.toThrow('only moves forward');
    await expect(createSimulator({ nowMs: Number.NaN })).rejects.toThrow('nowMs');
  });

  it('says that a port is taken, and frees it on close', async () => {
    const first = await createSimulator();
    await expect(createSimulator({ port: first.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.close();
    const second = await createSimulator({ port: first.port });
    expect(second.url).toBe(`http://127.0.0.1:${first.port}`);
    await second.close();
  });

  it('keeps accounts apart: what one simulator holds, another does not', async () => {
    await using a = await connect();
    await using b = await connect();
    await a.stripe.customers.create({});
    expect((await b.stripe.customers.list()).data).toEqual([]);
  });

  it('answers on a server of the caller’s own when mounted, beside the caller’s pages', async () => {
    let answer: (...args: Parameters<Awaited<ReturnType<typeof createSimulator>>['handler']>) => void = () =>
      undefined;
    const server = createServer((request, response) => {
      if (isSimulatorPath(request.url ?? '/')) answer(request, response);
      else response.end('mine');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const sim = await createSimulator({ mountedAt: origin, nowMs: START_MS, frozen: true });
    answer = sim.handler;
    const session = await sdkFor(sim).checkout.sessions.create({
      mode: 'payment',
      success_url: `${origin}/done`,
      line_items: [{ price_data: { currency: 'usd', unit_amount: 900, product_data: { name: 'x' } } }],
    });
    expect([sim.url, session.url]).toEqual([origin, `${origin}/c/pay/${session.id}`]);
    expect(await (await fetch(session.url ?? '')).text()).toContain('Pay $9.00');
    expect(await (await fetch(session.url ?? '', { method: 'POST' })).text()).toBe('mine');
    await sim.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    ['/v1/customers?limit=1', true],
    ['/v2/core/events', true],
    ['/c/pay/cs_test_1', true],
    ['/i/in_1', true],
    ['/', false],
    ['/c/other', false],
    ['/inside', false],
    ['/api/v1/customers', false],
  ])('knows %s as its own: %s', (path, own) => {
    expect(isSimulatorPath(path)).toBe(own);
  });
});
