import { execFileSync } from 'node:child_process';
import { createSimulator, type Simulator } from '@meterboard/stripe-simulator';
import { describe, expect, it } from 'vitest';

async function withSimulator(run: (sim: Simulator) => Promise<void>): Promise<void> {
  const sim = await createSimulator({ nowMs: Date.UTC(2026, 8, 1, 9, 30), frozen: true });
  try {
    await run(sim);
  } finally {
    await sim.close();
  }
}

interface Sent {
  method?: string;
  body?: string;
  headers?: Record<string, string>;
}

async function send(sim: Simulator, path: string, { method = 'GET', body, headers = {} }: Sent = {}) {
  const response = await fetch(`${sim.url}${path}`, {
    method,
    headers: { authorization: 'Bearer sk_test_other', ...headers },
    ...(body === undefined ? {} : { body: new TextEncoder().encode(body) }),
  });
  const answer: Record<string, unknown> = await response.json();
  return { status: response.status, answer, headers: response.headers };
}

const basic = `Basic ${Buffer.from('sk_test_other:').toString('base64')}`;

describe('a client that is not stripe-node', () => {
  it.each([
    ['the key as the user of basic authentication, as curl -u sends it', { authorization: basic }],
    ['no Stripe-Version', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a charset on the content type', { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }],
    [
      'another spelling of the content type',
      { 'content-type': 'Application/X-WWW-Form-URLEncoded;CharSet=UTF-8' },
    ],
    ['an older Stripe-Version', { 'stripe-version': '2024-06-20' }],
    [
      'headers of another language',
      { 'user-agent': 'Stripe/v1 PythonBindings/13.0.0', 'x-stripe-client-user-agent': '{"lang":"python"}' },
    ],
    ['a key for a write that it may repeat', { 'idempotency-key': 'e6b1c2a8-0000-4000-8000-000000000000' }],
  ])('is understood with %s', async (_, headers) => {
    await withSimulator(async (sim) => {
      const form = { 'content-type': 'application/x-www-form-urlencoded', ...headers };
      const body = 'name=Zo%C3%AB+%26+Co&metadata[plan]=pro&preferred_locales[]=hu&preferred_locales[]=en';
      const { status, answer } = await send(sim, '/v1/customers', { method: 'POST', body, headers: form });
      expect([status, answer.name, answer.metadata, answer.preferred_locales]).toEqual([
        200,
        'Zoë & Co',
        { plan: 'pro' },
        ['hu', 'en'],
      ]);
      const read = await send(sim, `/v1/customers/${String(answer.id)}`, { headers });
      expect(read.answer.id).toBe(answer.id);
      expect(read.headers.get('request-id')).toMatch(/^req_/);
    });
  });

  it('may write arrays with or without their places, and brackets encoded or not', async () => {
    await withSimulator(async (sim) => {
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      const { answer: product } = await send(sim, '/v1/products', {
        method: 'POST',
        body: 'name=Plan',
        headers: form,
      });
      const { answer: price } = await send(sim, '/v1/prices', {
        method: 'POST',
        body: `currency=usd&unit_amount=500&product=${String(product.id)}&recurring%5Binterval%5D=month`,
        headers: form,
      });
      const { answer: customer } = await send(sim, '/v1/customers', {
        method: 'POST',
        body: '',
        headers: form,
      });
      for (const items of [
        `items[0][price]=${String(price.id)}`,
        `items%5B%5D%5Bprice%5D=${String(price.id)}`,
      ]) {
        const { status, answer } = await send(sim, '/v1/subscriptions', {
          method: 'POST',
          body: `customer=${String(customer.id)}&${items}&expand[]=latest_invoice&expand[1]=customer`,
          headers: form,
        });
        expect(status, JSON.stringify(answer)).toBe(200);
        expect(answer).toMatchObject({
          customer: { id: customer.id },
          latest_invoice: { object: 'invoice' },
        });
      }
    });
  });

  it('gets Stripe’s own errors for bodies that make no sense, and the simulator goes on', async () => {
    await withSimulator(async (sim) => {
      const attempts: Sent[] = [
        { method: 'POST', body: '{"name":"x"}', headers: { 'content-type': 'application/json' } },
        {
          method: 'POST',
          body: 'name=%E0%A4%A',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
        {
          method: 'POST',
          body: '__proto__[polluted]=1',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
        {
          method: 'POST',
          body: `name=${'x'.repeat(600_000)}`,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
        {
          method: 'POST',
          body: 'metadata=1',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
      ];
      for (const attempt of attempts) {
        const { status, answer } = await send(sim, '/v1/customers', attempt);
        expect(status, attempt.body?.slice(0, 30)).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
        expect(answer).toMatchObject({
          error: { type: 'invalid_request_error', message: expect.any(String) },
        });
      }
      expect((await send(sim, '/v1/customers')).answer.data).toEqual([]);
      expect({}).not.toHaveProperty('polluted');
    });
  });

  it('is turned away with 401 without a key, and with a key of a live account', async () => {
    await withSimulator(async (sim) => {
      for (const authorization of [
        '',
        'Bearer ',
        'Bearer sk_live_1',
        `Basic ${Buffer.from('sk_live_1:').toString('base64')}`,
      ]) {
        const { status, answer } = await send(sim, '/v1/customers', { headers: { authorization } });
        expect([status, Object.keys(answer)]).toEqual([401, ['error']]);
      }
    });
  });

  it.skipIf(!hasCurl())('is curl itself, as in Stripe’s own examples', async () => {
    await withSimulator(async (sim) => {
      const curl = (...args: string[]): Promise<Record<string, unknown>> =>
        new Promise((resolve, reject) => {
          import('node:child_process').then(({ execFile }) =>
            execFile('curl', ['--silent', ...args], (error, out) =>
              error === null ? resolve(JSON.parse(out)) : reject(error),
            ),
          );
        });
      const meter = await curl(
        `${sim.url}/v1/billing/meters`,
        '-u',
        'sk_test_curl:',
        '-d',
        'display_name=Calls',
        '-d',
        'event_name=calls',
        '-d',
        'default_aggregation[formula]=sum',
      );
      const customer = await curl(`${sim.url}/v1/customers`, '-u', 'sk_test_curl:', '-d', 'name=Curl');
      const event = await curl(
        `${sim.url}/v1/billing/meter_events`,
        '-u',
        'sk_test_curl:',
        '-d',
        'event_name=calls',
        '-d',
        `payload[stripe_customer_id]=${String(customer.id)}`,
        '-d',
        'payload[value]=25',
      );
      expect(event.object).toBe('billing.meter_event');
      const midnight = Math.floor(sim.nowMs() / 86_400_000) * 86_400;
      const summaries = await curl(
        '-G',
        `${sim.url}/v1/billing/meters/${String(meter.id)}/event_summaries`,
        '-u',
        'sk_test_curl:',
        '-d',
        `customer=${String(customer.id)}`,
        '-d',
        `start_time=${midnight}`,
        '-d',
        `end_time=${midnight + 86_400}`,
      );
      expect(summaries.data).toEqual([expect.objectContaining({ aggregated_value: 25 })]);
    });
  });
});

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
