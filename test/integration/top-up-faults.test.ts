import { createMeterboard } from '@meterboard/server';
import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sharedStore } from '../../packages/server/src/testing/describe-stores.ts';
import { type Intervention, startProxy } from './proxy.ts';
import { buildAccount, createLog, packages, refusalOf, startWorld } from './stripe-world.ts';

const nowMs = Date.UTC(2026, 2, 20, 15, 45, 30);
let world: Awaited<ReturnType<typeof startWorld>>;
let account: Awaited<ReturnType<typeof buildAccount>>;
const cleanUps: (() => void)[] = [];

beforeEach(async () => {
  world = await startWorld('empty', nowMs);
  account = await buildAccount(world.client);
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
  await world.close();
});

async function behind(intervention: Intervention) {
  const { host, port, close } = await startProxy(world.simulator, intervention);
  cleanUps.push(close);
  const log = createLog();
  const meterboard = createMeterboard({
    stripe: {
      client: new Stripe('sk_test_proxy', { host, port, protocol: 'http', maxNetworkRetries: 0 }),
    },
    identify: () => null,
    nowMs: world.simulator.nowMs,
    logger: log.logger,
    topUps: { packages, returnUrl: 'https://app.example/billing' },
    store: sharedStore(),
  });
  cleanUps.push(() => void meterboard.close());
  const caller = meterboard.createCaller({ customerId: account.first });
  return { caller, log, operate: meterboard.operate };
}

const attempt = { packageId: 'credits-10', attemptId: 'attempt-0001' };
const sessions = async () => (await world.client.checkout.sessions.list({ customer: account.first })).data;
const isCreation = ({ method, url }: { method?: string; url?: string }) =>
  method === 'POST' && url === '/v1/checkout/sessions';

describe('a payment page that Stripe fails to make', () => {
  it('is made under the next key while Stripe replays its failure under the first', async () => {
    const keys: unknown[] = [];
    const { caller } = await behind({
      beforeEffect(request) {
        if (!isCreation(request)) return undefined;
        keys.push(request.headers['idempotency-key']);
        return String(keys.at(-1)).endsWith(':2') ? undefined : 500;
      },
    });
    const first = await caller.topUps.start(attempt);
    expect(first.url).toContain('http');
    expect(keys).toEqual([`${first.topUpId}:pay:1`, `${first.topUpId}:pay:2`]);
    expect(await caller.topUps.start(attempt)).toEqual(first);
    expect(await sessions()).toHaveLength(1);
  });

  it('is found, not made twice, where the failure came after the effect', async () => {
    const { caller } = await behind({
      afterEffect: (request) => (isCreation(request) ? 500 : undefined),
    });
    const { url } = await caller.topUps.start(attempt);
    expect(url).toBe((await sessions())[0]?.url);
    expect(await sessions()).toHaveLength(1);
  });

  it('fails for now where Stripe is down under every key', async () => {
    const { caller } = await behind({
      beforeEffect: (request) => (isCreation(request) ? 500 : undefined),
    });
    expect(await refusalOf(caller.topUps.start(attempt))).toMatchObject({
      code: 'provider_unavailable',
      retryable: true,
    });
    expect(await sessions()).toEqual([]);
  });
});

describe('a payment whose metadata was tampered with', () => {
  it.each([
    ['a negative credit', '"credit_minor": "1000"', '"credit_minor": "-1000"'],
    ['a credit of nothing', '"credit_minor": "1000"', '"credit_minor": "0"'],
    ['no number', '"price_minor": "1000"', '"price_minor": "ten"'],
    ['no currency', '"credit_currency": "usd"', '"credit_currency": "US Dollar"'],
    ['another currency', '"credit_currency": "usd"', '"credit_currency": "jpy"'],
    ['another price', '"amount_subtotal": 1000', '"amount_subtotal": 100'],
    ['another owner', '"topup_id": "tu_', '"topup_id": "tu_x'],
  ])('S2-5: to %s credits nothing, is for the operator, and disturbs no other', async (_, before, after) => {
    let tampered = '';
    const { caller, log, operate } = await behind({
      rewrite: (request, body) =>
        tampered !== '' && request.url?.includes(tampered)
          ? JSON.stringify(JSON.parse(body), null, 1).replaceAll(before, after)
          : body,
    });
    const { topUpId, url } = await caller.topUps.start(attempt);
    await fetch(url ?? '', { method: 'POST', redirect: 'manual' });
    tampered = (await sessions())[0]?.id ?? '';
    expect((await caller.topUps.status({ topUpId })).state).toBe('paid');
    expect(log.lines.join()).toContain('paid at other terms than agreed');
    expect(await operate('topups.stuck', {})).toMatchObject([{ topUpId, stuck: 'not_as_agreed' }]);
    expect((await world.client.billing.creditGrants.list({ customer: account.first })).data).toEqual([]);
    const other = await caller.topUps.start({ ...attempt, attemptId: 'attempt-0002' });
    expect((await caller.topUps.status({ topUpId: other.topUpId })).state).toBe('open');
  });
});
