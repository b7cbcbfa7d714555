import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createSimulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Demo, startDemo } from '../../apps/demo/src/server.ts';
import { type DemoSettings, readSettings } from '../../apps/demo/src/settings.ts';
import { seedDemo } from '../conformance/demo-seed/seed-demo.ts';

const settings: DemoSettings = {
  port: 0,
  frozenAtMs: Date.UTC(2026, 10, 22, 12),
  stripeSecretKey: undefined,
  stripeApiBase: undefined,
  webhookSecrets: [],
};
let demo: Demo;
beforeAll(async () => {
  demo = await startDemo(settings);
}, 60_000);
afterAll(() => demo.close());

/** The status of a request that no client library would send. */
function statusOf(head: string): Promise<number> {
  const { port } = new URL(demo.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () =>
      socket.write(`${head}\r\nConnection: close\r\n\r\n`),
    );
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(Number(answer.split(' ')[1])));
  });
}

describe('the demo', () => {
  it.each([
    ['GET // HTTP/1.1\r\nHost: x', 400],
    ['TRACE /api/meterboard/x HTTP/1.1\r\nHost: x', 405],
    ['GET /api/meterboard/trpc/meters.list HTTP/1.1\r\nHost: a@b', 400],
    ['PUT /billing HTTP/1.1\r\nHost: x', 405],
    ['HEAD / HTTP/1.1\r\nHost: x', 200],
    ['GET /nothing.js HTTP/1.1\r\nHost: x', 404],
  ])('answers %j with %i', async (head, status) => {
    expect(await statusOf(head)).toBe(status);
  });

  it.each([
    ['person=0', 303],
    ['', 400],
    ['person=', 400],
    ['person=99', 400],
    ['person=-1', 400],
  ])('signs in who is chosen: %j is %i', async (body, status) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const init = { method: 'POST', redirect: 'manual', headers, body } as const;
    expect((await fetch(`${demo.url}/sign-in`, init)).status).toBe(status);
  });

  it.each([
    ['/usage?mb-range=last.30&mb-compare=false', '/usage?mb-range=last.30&mb-compare=false'],
    ['/', '/billing'],
    ['//evil.example/usage', '/billing'],
    ['https://evil.example', '/billing'],
    ['/usage\r\nset-cookie: x=y', '/billing'],
  ])('leads from %j to %j after signing in', async (next, page) => {
    const body = new URLSearchParams({ person: '0', next });
    const answer = await fetch(`${demo.url}/sign-in`, { method: 'POST', redirect: 'manual', body });
    expect(answer.headers.get('location')).toBe(page);
  });

  it('says what to do about a port that it may not open, or that is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    await expect(startDemo({ ...settings, port })).rejects.toThrow(`PORT=${port + 1} npm run demo`);
    taken.close();
    const { Server } = await import('node:net');
    const denied = Object.assign(new Error('listen EACCES'), { code: 'EACCES' });
    const listen = vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: object) {
      setImmediate(() => Reflect.get(this, 'emit').call(this, 'error', denied));
      return this as never;
    });
    await expect(startDemo({ ...settings, port: 80 })).rejects.toThrow('PORT=3000 npm run demo');
    listen.mockRestore();
  });

  it('answers 503 until it is ready, and nothing at all once it is closed', async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const starting = startDemo({ ...settings, port });
    await vi.waitFor(async () => {
      expect((await fetch(`http://127.0.0.1:${port}/billing`)).status).toBe(503);
    });
    const second = await starting;
    expect((await fetch(`${second.url}/billing`)).status).toBe(200);
    await second.close();
    await expect(fetch(`${second.url}/billing`)).rejects.toThrow('fetch failed');
  }, 60_000);

  it('runs on a test account that was seeded, and offers to sign in as the customers made there', async () => {
    const account = await createSimulator();
    const stripe = new Stripe('sk_test_account', {
      host: account.host,
      port: account.port,
      protocol: 'http',
      telemetry: false,
    });
    await stripe.customers.create({ name: 'Somebody else' });
    await seedDemo({ stripe, nowMs: account.nowMs(), say: () => undefined, onProgress: () => undefined });
    await stripe.customers.create({ name: 'Somebody newer' });
    const seeded = await startDemo(
      readSettings([], { PORT: '0', STRIPE_SECRET_KEY: 'sk_test_account', STRIPE_API_BASE: account.url }),
    );
    try {
      const { people, simulated } = await (await fetch(`${seeded.url}/api/session`)).json();
      expect(people.map(({ name }: { name: string }) => name)).toEqual([
        'Aurora Analytics',
        'Pinecrest Labs',
      ]);
      expect(simulated).toBe(false);
      const signedIn = await fetch(`${seeded.url}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'person=0',
      });
      const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
      const answer = await fetch(`${seeded.url}/api/meterboard/trpc/credits.balance`, {
        headers: { cookie },
      });
      const { balances } = (await answer.json()).result.data;
      expect(balances[0].remaining.amountMinor).toBeGreaterThan(0);
    } finally {
      await seeded.close();
      await account.close();
    }
  }, 120_000);

  it('names STRIPE_API_BASE when that is no address', () => {
    expect(() => readSettings([], { STRIPE_API_BASE: 'localhost:1' })).toThrow(
      /STRIPE_API_BASE is "localhost:1"/,
    );
  });
});
