import type { TopUpStartInput } from '@meterboard/contract';
import { BillingError } from '@meterboard/contract';
import { describe, expect, it } from 'vitest';
import { createMemoryCustomer, createMemoryGateway, type MemoryWorld } from '../gateways/memory.ts';
import type { Logger } from '../logger.ts';
import { exampleNowMs, exampleSubscription } from '../testing/example-world.ts';
import { offerPackages } from './list-packages.ts';
import { settleTopUp } from './settle-top-up.ts';
import { startTopUp } from './start-top-up.ts';
import { topUpIdOf } from './top-up-id.ts';
import type { TopUpOptions } from './top-up-options.ts';

const usd = (amountMinor: number) => ({ amountMinor, currency: 'usd' });
const options: TopUpOptions = {
  packages: [
    { id: 'fifty', label: 'Fifty', price: usd(5000), credit: usd(5500) },
    { id: 'short', label: 'Short', price: usd(2000), credit: usd(2000), expiresAfterMonths: 1 },
    { id: 'ten', label: 'Ten', price: usd(1000), credit: usd(1000), expiresAfterMonths: 12 },
  ],
  returnUrl: 'https://app.example/billing',
};

function createWorld() {
  let nowMs = exampleNowMs;
  const world: MemoryWorld = {
    nowMs: () => nowMs,
    meters: [],
    prices: [],
    customers: {
      cus_1: createMemoryCustomer({ subscriptions: [exampleSubscription()] }),
      cus_2: createMemoryCustomer({ subscriptions: [exampleSubscription({ meterIds: [null] })] }),
    },
  };
  const gateway = createMemoryGateway(world);
  const said: string[] = [];
  const logger: Logger = {
    error: (message) => said.push(message),
    warn: () => undefined,
    info: () => undefined,
  };
  const start = (input: Partial<TopUpStartInput> = {}, customerId = 'cus_1') =>
    startTopUp({
      gateway,
      freshGateway: gateway,
      nowMs,
      options,
      customerId,
      input: { packageId: 'ten', attemptId: 'attempt-1', ...input },
      ownOrigins: ['https://www.app.example'],
    });
  const settle = (topUpId: string, customerId = 'cus_1') =>
    settleTopUp({ gateway, freshGateway: gateway, customerId, topUpId, nowMs, logger });
  const setNow = (nextMs: number) => {
    nowMs = nextMs;
  };
  const payments = (customerId = 'cus_1') => world.customers[customerId]?.payments ?? [];
  const pay = () => {
    for (const payment of payments()) payment.state = 'paid';
  };
  return { world, gateway, start, settle, payments, pay, said, setNow };
}

describe('starting a top-up', () => {
  it('makes one payment for one attempt, however often and concurrently it is started', async () => {
    const { start, payments } = createWorld();
    const started = await Promise.all([start(), start(), start()]);
    started.push(await start());
    expect(new Set(started.map(({ topUpId }) => topUpId))).toEqual(
      new Set([topUpIdOf('cus_1', 'attempt-1')]),
    );
    expect(payments()).toHaveLength(1);
  });

  it('makes another payment for another attempt, and for another customer with the same one', async () => {
    const { start } = createWorld();
    const ids = [await start(), await start({ attemptId: 'attempt-2' })].map(({ topUpId }) => topUpId);
    expect(new Set([...ids, topUpIdOf('cus_2', 'attempt-1')]).size).toBe(3);
  });

  it('refuses other content under the same attempt', async () => {
    const { start } = createWorld();
    await start();
    await expect(start({ packageId: 'fifty' })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is not disturbed by another return address under the same attempt', async () => {
    const { start, payments } = createWorld();
    const [a, b] = await Promise.all([start(), start({ returnUrl: 'https://www.app.example/elsewhere' })]);
    expect(a.topUpId).toBe(b.topUpId);
    expect(payments()).toHaveLength(1);
  });

  it('refuses to sell what no metered subscription could use', async () => {
    const { start, payments } = createWorld();
    await expect(start({}, 'cus_2')).rejects.toMatchObject({
      code: 'top_up_disabled',
      message: expect.stringContaining('no active subscription of this account bills usage in USD'),
    });
    expect(payments('cus_2')).toEqual([]);
  });

  it('refuses an eleventh payment page while ten are open, and knows the ten', async () => {
    const { start, payments, setNow } = createWorld();
    for (let index = 0; index < 10; index += 1) await start({ attemptId: `attempt-${index}` });
    await expect(start({ attemptId: 'attempt-10' })).rejects.toMatchObject({
      code: 'top_up_disabled',
      message: expect.stringContaining('10 payments of this account are still open'),
    });
    expect((await start({ attemptId: 'attempt-3' })).state).toBe('open');
    for (const payment of payments().slice(0, 1)) payment.state = 'expired';
    await start({ attemptId: 'attempt-10' });
    expect(payments()).toHaveLength(11);
    setNow(exampleNowMs + 61 * 86_400_000);
    await start({ attemptId: 'attempt-11' });
    expect(payments()).toHaveLength(12);
  });

  it('refuses packages that do not exist, and foreign return addresses', async () => {
    const { start } = createWorld();
    await expect(start({ packageId: 'million' })).rejects.toMatchObject({ code: 'unknown_package' });
    await expect(start({ returnUrl: 'https://evil.example/' })).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'returnUrl',
    });
  });
});

describe('settling a top-up', () => {
  it('never credits what is not paid', async () => {
    const { start, settle, payments, world } = createWorld();
    const { topUpId } = await start();
    for (const state of ['open', 'processing', 'expired', 'canceled'] as const) {
      for (const payment of payments()) payment.state = state;
      expect((await settle(topUpId)).state).toBe(state);
    }
    expect(world.customers.cus_1?.grants).toEqual([]);
  });

  it('credits a paid one once, however often and concurrently it is asked', async () => {
    const { start, settle, pay, world } = createWorld();
    const { topUpId } = await start();
    pay();
    const states = await Promise.all([settle(topUpId), settle(topUpId), settle(topUpId)]);
    expect([...states, await settle(topUpId)].map(({ state }) => state)).toEqual(Array(4).fill('granted'));
    expect(world.customers.cus_1?.grants).toMatchObject([
      { amount: usd(1000), topUpId, name: 'Ten', expiresAtMs: Date.UTC(2027, 2, 15, 12) },
    ]);
  });

  it('gives credits that are settled late their months from then, once', async () => {
    const { start, settle, pay, world, setNow } = createWorld();
    const { topUpId } = await start({ packageId: 'short' });
    pay();
    setNow(Date.UTC(2026, 4, 2, 17));
    expect((await Promise.all([settle(topUpId), settle(topUpId)])).map(({ state }) => state)).toEqual([
      'granted',
      'granted',
    ]);
    expect(world.customers.cus_1?.grants).toMatchObject([{ topUpId, expiresAtMs: Date.UTC(2026, 5, 2) }]);
  });

  it('credits what was agreed, not what the package is worth by now', async () => {
    const { start, settle, pay, world } = createWorld();
    const { topUpId } = await start({ packageId: 'fifty' });
    pay();
    await settle(topUpId);
    expect(world.customers.cus_1?.grants.map(({ amount }) => amount)).toEqual([usd(5500)]);
  });

  it('does not credit another price than agreed, and tells the operator', async () => {
    const { start, settle, pay, payments, world, said } = createWorld();
    const { topUpId } = await start();
    pay();
    for (const payment of payments()) payment.asked = usd(1);
    expect((await settle(topUpId)).state).toBe('paid');
    expect(world.customers.cus_1?.grants).toEqual([]);
    expect(said).toEqual([expect.stringContaining('another price')]);
  });

  it('stays paid while the grant fails, and is credited by the next call', async () => {
    const { start, settle, pay, gateway, said } = createWorld();
    const { topUpId } = await start();
    pay();
    const { topUps } = gateway;
    if (!topUps) throw new Error('the memory gateway sells');
    const { createGrant } = topUps;
    topUps.createGrant = async () => {
      throw new BillingError('provider_rejected', { cause: new Error('too many grants') });
    };
    expect((await settle(topUpId)).state).toBe('paid');
    expect(said).toHaveLength(1);
    topUps.createGrant = createGrant;
    expect((await settle(topUpId)).state).toBe('granted');
  });

  it('does not know the purchase of another customer', async () => {
    const { start, settle } = createWorld();
    const { topUpId } = await start();
    await expect(settle(topUpId, 'cus_2')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('the offer', () => {
  const facts = { options, mayBuy: true, subscriptions: [exampleSubscription()] };

  it('is sorted by price', () => {
    const { packages, unavailable } = offerPackages(facts);
    expect([packages.map(({ packageId }) => packageId), unavailable]).toEqual([
      ['ten', 'short', 'fifty'],
      null,
    ]);
  });

  it.each([
    ['not_configured', { options: null }],
    ['not_allowed', { mayBuy: false }],
    ['no_metered_subscription', { subscriptions: [] }],
    ['no_metered_subscription', { subscriptions: [exampleSubscription({ currency: 'eur' })] }],
  ])('says %s', (reason, known) => {
    expect(offerPackages({ ...facts, ...known }).unavailable).toBe(reason);
  });
});
