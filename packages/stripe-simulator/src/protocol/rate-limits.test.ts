import { describe, expect, it } from 'vitest';
import { connect, errorOf, sdkFor } from '../testing/connect.ts';
import { createRateLimits } from './rate-limits.ts';

const NOW = { real: 5_000, simulator: 9_000 };
const request = (endpoint: string, lane: string | null = null) => ({ endpoint, lane: () => lane });

function allowed(profile: 'live' | 'sandbox', requests: Array<ReturnType<typeof request>>): number {
  const limits = createRateLimits();
  limits.settings = { profile, clock: 'real' };
  let count = 0;
  for (const each of requests) {
    try {
      limits.enter(each, NOW)();
      count += 1;
    } catch {
      return count;
    }
  }
  return count;
}

describe('rate limits', () => {
  it.each([
    ['live', '25 a second per endpoint', 25, (index: number) => request(`GET /${index % 1}`)],
    ['live', '100 a second in all', 100, (index: number) => request(`GET /${index}`)],
    [
      'live',
      '1,000 meter events a second, apart from the rest',
      1_000,
      (i: number) => request('POST /m', `${i}`),
    ],
    ['sandbox', '25 a second in all', 25, (index: number) => request(`GET /${index}`)],
    ['sandbox', 'meter events within the 25', 25, (index: number) => request('POST /m', `${index}`)],
  ] as const)('%s: %s', (profile, _rule, expected, make) => {
    expect(
      allowed(
        profile,
        Array.from({ length: 2_000 }, (_, index) => make(index)),
      ),
    ).toBe(expected);
  });

  it('live: meter events leave the global allowance alone', () => {
    const limits = createRateLimits();
    limits.settings = { profile: 'live', clock: 'real' };
    for (let index = 0; index < 500; index += 1) limits.enter(request('POST /m', `${index}`), NOW)();
    for (let index = 0; index < 100; index += 1) limits.enter(request(`GET /${index}`), NOW)();
    expect(() => limits.enter(request('GET /x'), NOW)).toThrow('rate limit');
  });

  it('let one call at a time through per customer and meter', () => {
    const limits = createRateLimits();
    limits.settings = { profile: 'live', clock: 'real' };
    const leave = limits.enter(request('POST /m', 'units cus_1'), NOW);
    expect(() => limits.enter(request('POST /m', 'units cus_1'), NOW)).toThrow('rate limit');
    limits.enter(request('POST /m', 'units cus_2'), NOW)();
    leave();
    limits.enter(request('POST /m', 'units cus_1'), NOW)();
  });

  it('are off until a profile is chosen', async () => {
    await using server = await connect();
    await Promise.all(Array.from({ length: 60 }, () => server.stripe.customers.list()));
    expect(server.sim.requests.callCount({ status: 429 })).toBe(0);
  });

  it('answer over HTTP with Stripe’s 429 and its reason, and pass with the simulator’s second', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    sim.faults.setRateLimits('live', 'simulator');
    for (let index = 0; index < 25; index += 1) await stripe.customers.list();
    expect(await errorOf(stripe.customers.list())).toMatchObject({
      type: 'StripeRateLimitError',
      code: 'rate_limit',
      headers: { 'stripe-rate-limited-reason': 'endpoint-rate' },
    });
    await sim.advance(1_000);
    await stripe.customers.list();
    sim.faults.setRateLimits('sandbox', 'simulator');
    await sim.advance(1_000);
    for (let index = 0; index < 25; index += 1) await stripe.products.list();
    expect((await errorOf(stripe.customers.list())).headers?.['stripe-rate-limited-reason']).toBe(
      'global-rate',
    );
    sim.faults.clear();
    await stripe.customers.list();
  });

  it('refuse the second of two calls at once for one customer and meter, and store nothing for it', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    sim.faults.setRateLimits('live');
    sim.faults.setLatency(120);
    const create = (customer: string) =>
      stripe.billing.meterEvents.create(
        { event_name: 'units', payload: { stripe_customer_id: customer, value: '1' }, identifier: 'same' },
        { idempotencyKey: `key-${customer}-${sim.requests.length}` },
      );
    const outcomes = await Promise.allSettled([
      create('cus_1'),
      sdkFor(sim).billing.meterEvents.create({
        event_name: 'units',
        payload: { stripe_customer_id: 'cus_1', value: '1' },
      }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(sim.requests.callCount({ status: 429 })).toBe(1);
  });
});
