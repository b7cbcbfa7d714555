import type { Overview } from '@meterboard/contract';
import { createMeterboard, type MeterboardOptions } from '@meterboard/server';
import fc from 'fast-check';
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

const minuteMs = 60_000;
/** Five minutes before a day ends, so that an outage of ten crosses midnight. */
const nowMs = Date.UTC(2026, 2, 20, 23, 55);
let world: Awaited<ReturnType<typeof startWorld>>;
let account: Awaited<ReturnType<typeof buildAccount>>;

beforeEach(async () => {
  world = await startWorld('empty', nowMs - 3 * 86_400_000);
  account = await buildAccount(world.client);
  await grantCredits(world.client, account.first, 500);
  await use(account.first, 40);
  await world.simulator.advanceTo(nowMs);
  await use(account.first, 60);
  world.signIn({ customerId: account.first });
});
afterEach(() => world.close());

const use = (customer: string, value: number) =>
  world.client.billing.meterEvents.create({
    event_name: 'api_calls',
    payload: { stripe_customer_id: customer, value: String(value) },
  });

const view = (meterboard: Parameters<typeof connect>[0] = world.meterboard) =>
  connect(meterboard).overview.query({ timeZone: 'UTC' });

function partsOf({ meters, usage, summary, credits, invoices, topUps }: Overview) {
  const sections = { meters, usage, summary, credits, invoices, topUps };
  const failed = Object.entries(sections).flatMap(([name, part]) =>
    part.ok ? [] : [`${name} ${part.error.code}`],
  );
  if (!usage.ok || !summary.ok || !credits.ok) throw new Error(`missing: ${failed.join(', ')}`);
  const [series] = usage.data.series;
  return {
    failed,
    usage: usage.data,
    total: series?.total,
    days: series?.buckets.map(({ quantity }) => quantity) ?? [],
    remaining: credits.data.balances[0]?.remaining.amountMinor,
  };
}

/** A Meterboard of its own on the same account. */
function another(options: Partial<MeterboardOptions> = {}) {
  const log = createLog();
  let customerId = account.first;
  const meterboard = createMeterboard({
    stripe: { client: world.client },
    identify: () => ({ customerId }),
    nowMs: world.simulator.nowMs,
    logger: log.logger,
    budget: false,
    ...options,
  });
  return {
    meterboard,
    log,
    be: (id: string) => {
      customerId = id;
    },
  };
}

describe.each([
  ['down', (isBad: boolean) => world.simulator.faults.setOutage(isBad)],
  ['rate-limiting', (isBad: boolean) => world.simulator.faults.setStorm(isBad ? 'global-rate' : null)],
] as const)('R14: ten minutes of Stripe %s', (_, make) => {
  it('show the last good data with its age, no blank and no invented zero, and then recover', async () => {
    const before = partsOf(await view());
    expect(before).toMatchObject({ failed: [], total: '100', remaining: 400 });
    expect(before.usage).toMatchObject({ asOfMs: nowMs, freshness: 'settling' });
    make(true);
    const seen: Overview[] = [];
    for (let minute = 1; minute <= 10; minute += 1) {
      await world.simulator.advance(minuteMs);
      seen.push(await view());
    }
    for (const overview of seen.slice(5)) {
      const { failed, usage, total, days, remaining } = partsOf(overview);
      expect([failed, total, remaining]).toEqual([[], '100', 400]);
      expect(usage).toMatchObject({ asOfMs: nowMs, freshness: 'stale' });
      expect(overview).toMatchObject({ asOfMs: nowMs, freshness: 'stale' });
      // The day that began meanwhile was never read: a gap, not a zero.
      expect(days.slice(0, 5)).toEqual([...before.days.slice(0, 4), null].slice(0, 5));
    }
    expect(seen.every((overview) => partsOf(overview).total === '100')).toBe(true);
    expect(seen.at(-1)?.servedAtMs).toBe(nowMs + 10 * minuteMs);
    make(false);
    await use(account.first, 7);
    await world.simulator.advance(minuteMs);
    const after = await view();
    expect(partsOf(after)).toMatchObject({ failed: [], total: '107', remaining: 393 });
    expect(partsOf(after).usage).toMatchObject({ asOfMs: world.simulator.nowMs(), freshness: 'settling' });
  });

  it('tell a customer who was never seen that the provider is out of reach', async () => {
    await view();
    make(true);
    world.signIn({ customerId: account.second });
    const overview = await view();
    for (const part of [overview.usage, overview.summary, overview.credits, overview.invoices]) {
      expect(part).toMatchObject({
        ok: false,
        error: { code: expect.stringMatching(/^provider_(unavailable|rate_limited)$/) },
      });
    }
  });

  it('last until the reading is a day old, and not for ever', async () => {
    await view();
    make(true);
    await world.simulator.advance(23 * 60 * minuteMs);
    expect(partsOf(await view()).total).toBe('100');
    await world.simulator.advance(2 * 60 * minuteMs);
    expect((await view()).usage).toMatchObject({ ok: false });
  });
});

describe('what is remembered', () => {
  it('is read once for many who ask at once, and not at all while it is fresh', async () => {
    const { meterboard } = another();
    world.simulator.requests.clear();
    await view(meterboard);
    const cold = world.callCount();
    const many = another().meterboard;
    world.simulator.requests.clear();
    await Promise.all(Array.from({ length: 50 }, () => connect(many).credits.balance.query()));
    expect(world.callCount()).toBeLessThanOrEqual(cold);
    world.simulator.requests.clear();
    await view(meterboard);
    await connect(meterboard).credits.balance.query();
    await connect(meterboard).usage.summary.query();
    expect(world.callCount()).toBe(0);
  });

  it('serves with its age while it is read anew, once', async () => {
    const { meterboard } = another();
    await view(meterboard);
    await use(account.first, 5);
    await world.simulator.advance(minuteMs);
    const older = partsOf(await view(meterboard));
    expect([older.total, older.usage.asOfMs, older.usage.freshness]).toEqual(['100', nowMs, 'settling']);
    await expect
      .poll(async () => {
        await world.simulator.advance(2_000);
        return partsOf(await view(meterboard)).total;
      })
      .toBe('105');
  });

  it('goes on being read for the others when the first who asked goes away', async () => {
    const { meterboard } = another();
    world.simulator.faults.setLatency(50);
    const gone = new AbortController();
    const ask = (signal?: AbortSignal) =>
      meterboard.handler(
        new Request('https://app.example/api/meterboard/trpc/credits.balance', signal ? { signal } : {}),
      );
    const first = ask(gone.signal);
    const second = ask();
    setTimeout(() => gone.abort(), 20);
    expect((await second).status).toBe(200);
    expect((await first).status).not.toBe(200);
  });

  it('shows credits that were given through this process at once', async () => {
    const before = await connect(world.meterboard).credits.balance.query();
    await world.meterboard.credits.grant({
      customerId: account.first,
      key: 'goodwill-1',
      amount: { amountMinor: 250, currency: 'usd' },
      reason: 'goodwill',
    });
    const after = await connect(world.meterboard).credits.balance.query();
    const remaining = [before, after].map(({ balances }) => balances[0]?.remaining.amountMinor);
    expect(remaining).toEqual([400, 650]);
    expect(partsOf(await view()).remaining).toBe(650);
  });

  it('opens no store where none is needed', async () => {
    const store = { kind: 'postgres' as const, open: () => Promise.reject(new Error('opened')) };
    const { meterboard, log } = another({ store: undefined });
    expect(partsOf(await view(meterboard)).failed).toEqual([]);
    expect([log.lines, store.kind]).toEqual([[], 'postgres']);
  });

  it('needs no store to be started, swept and closed', async () => {
    const { meterboard, log } = another({ store: undefined });
    await meterboard.start();
    expect(await meterboard.sweep()).toEqual({
      topUps: { looked: 0, failed: 0 },
      bonuses: { looked: 0, failed: 0 },
      events: null,
    });
    await meterboard.close();
    expect(log.lines).toEqual([]);
  });

  it('needs no store: one that cannot be opened only makes it read again', async () => {
    const store = { kind: 'postgres' as const, open: () => Promise.reject(new Error('no database')) };
    const { meterboard, log } = another({ store, cache: { account: 'test' } });
    expect(partsOf(await view(meterboard)).failed).toEqual([]);
    expect(log.lines.join('\n')).toContain('could not be exchanged');
  });
});

describe('what one customer is shown', () => {
  it('is never read from what is remembered of another one', async () => {
    const { meterboard, be } = another();
    const canaries = new Map<string, string>();
    for (const [index, id] of [account.first, account.second].entries()) {
      be(id);
      canaries.set(id, (await view(meterboard)).sessionKey);
      await connect(meterboard).credits.balance.query();
      await use(id, 1_000 + index);
    }
    await world.simulator.advance(10 * minuteMs);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(account.first, account.second), fc.nat(2)), { maxLength: 12 }),
        async (steps) => {
          for (const [id, what] of steps) {
            be(id);
            const expected = id === account.first ? '1100' : '1001';
            const client = connect(meterboard);
            if (what === 0) {
              const overview = await view(meterboard);
              expect([partsOf(overview).total, overview.sessionKey]).toEqual([expected, canaries.get(id)]);
            } else if (what === 1) {
              expect((await client.usage.summary.query()).meters[0]?.total).toBe(expected);
            } else {
              const granted = id === account.first ? 500 : 0;
              const [balance] = (await client.credits.balance.query()).balances;
              expect(balance?.balance.amountMinor).toBe(granted);
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each([
    '__proto__',
    'constructor',
    'toString',
    'cus_1","x',
    `cus_${'x'.repeat(5_000)}`,
    'usage "m" day 0 1',
  ])('is nothing for the unknown id %.40s, also beside known ones', async (hostile) => {
    const { meterboard, be } = another();
    await view(meterboard);
    be(hostile);
    expect((await refusalOf(connect(meterboard).credits.balance.query())).code).not.toBe('internal');
    be(account.first);
    expect(partsOf(await view(meterboard)).total).toBe('100');
  });

  it('depends on their rights, also where a whole dashboard is remembered', async () => {
    const { meterboard } = another();
    await view(meterboard);
    const narrow = createMeterboard({
      stripe: { client: world.client },
      identify: (request) => ({
        customerId: account.first,
        ...(request.headers.has('x-all') ? {} : { permissions: ['view' as const] }),
      }),
      nowMs: world.simulator.nowMs,
      budget: false,
    });
    const all = await connect(narrow, { 'x-all': '1' }).overview.query({ timeZone: 'UTC' });
    const some = await connect(narrow).overview.query({ timeZone: 'UTC' });
    expect([all.credits.ok, some.credits.ok, some.invoices.ok]).toEqual([true, false, false]);
  });
});

describe('stats()', () => {
  it('counts every call as it arrives at Stripe, by method and kind', async () => {
    const { meterboard } = another({ budget: { perSecond: 1_000, perEndpointPerSecond: 1_000 } });
    world.simulator.requests.clear();
    await Promise.all([view(meterboard), connect(meterboard).invoices.list.query({})]);
    await view(meterboard);
    const { calls, cache, month } = meterboard.stats();
    const arrived = world.simulator.requests;
    expect(calls).toMatchObject({
      total: arrived.callCount(),
      gets: arrived.callCount({ method: 'GET' }),
      posts: arrived.callCount({ method: 'POST' }),
      refused: 0,
    });
    expect(calls.byEndpoint['invoices.createPreview']).toBe(arrived.callCount({ path: /create_preview/ }));
    expect(calls.byEndpoint['billing.meters.listEventSummaries']).toBe(
      arrived.callCount({ path: /event_summaries/ }),
    );
    expect(month).toEqual({ gets: calls.gets, budget: 9_000 });
    expect(cache).toMatchObject({ answers: 1, stale: 0, customers: 1 });
  });

  it('counts pages too', async () => {
    for (let index = 0; index < 101; index += 1)
      await grantCredits(world.client, account.second, 100).catch(() => null);
    const { meterboard, be } = another();
    be(account.second);
    world.simulator.requests.clear();
    await connect(meterboard).credits.balance.query();
    expect(meterboard.stats().calls.total).toBe(world.callCount());
  });
});

describe('the budget', () => {
  it('of a month, once spent, serves what is remembered with its age and refuses the rest', async () => {
    const { meterboard, be } = another({
      budget: { perSecond: 1_000, perEndpointPerSecond: 1_000, monthlyGets: 12 },
    });
    await view(meterboard);
    expect(meterboard.stats().month.gets).toBeGreaterThanOrEqual(12);
    await world.simulator.advance(60 * minuteMs);
    world.simulator.requests.clear();
    expect(partsOf(await view(meterboard)).usage).toMatchObject({ asOfMs: nowMs, freshness: 'stale' });
    be(account.second);
    const refusal = await refusalOf(connect(meterboard).usage.summary.query());
    expect(refusal).toMatchObject({ code: 'provider_rate_limited', retryable: true });
    expect(world.simulator.requests.callCount({ method: 'GET' })).toBe(0);
    expect(meterboard.stats().calls.refused).toBeGreaterThan(0);
  });

  it.each([
    ['with', {}],
    ['without', { cache: false as const }],
  ])('of one customer, once spent, hides no credit that they are given, %s a memory', async (_, options) => {
    const { meterboard } = another({
      ...options,
      store: sharedStore(),
      budget: { perSecond: 1_000, perEndpointPerSecond: 1_000, customerDailyGets: 10 },
    });
    const app = connect(meterboard);
    const remaining = async () => (await app.credits.balance.query()).balances[0]?.remaining.amountMinor ?? 0;
    const before = await remaining();
    const range = { kind: 'between', startMs: Date.UTC(2025, 1, 1), endMs: Date.UTC(2025, 1, 3) } as const;
    const refusal = await refusalOf(
      app.usage.series.query({ range, bucket: 'hour', timeZone: 'Asia/Kolkata' }),
    );
    expect(refusal.code).toBe('provider_rate_limited');
    await meterboard.credits.grant({
      customerId: account.first,
      key: 'sorry',
      amount: { amountMinor: 5_000, currency: 'usd' },
      reason: 'outage',
    });
    expect(await remaining()).toBe(before + 5_000);
    await meterboard.close();
  });

  it('of one customer is spent by looking at their card too, and not that of the month', async () => {
    const { meterboard, be } = another({
      store: sharedStore(),
      topUps: { packages, returnUrl: 'https://app.example', payWith: ['saved_card', 'hosted_page'] },
      budget: { perSecond: 1_000, perEndpointPerSecond: 1_000, monthlyGets: 60, customerDailyGets: 10 },
    });
    const looks = await Promise.allSettled(
      Array.from({ length: 40 }, () => connect(meterboard).topUps.savedCard.query()),
    );
    expect(looks.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(30);
    be(account.second);
    expect((await connect(meterboard).usage.summary.query()).meters).toHaveLength(1);
    await meterboard.close();
  });

  it('of one customer, once spent, refuses what is not remembered to that one and to nobody else', async () => {
    const { meterboard, be } = another({
      budget: { perSecond: 1_000, perEndpointPerSecond: 1_000, customerDailyGets: 60 },
    });
    const hours = (startMs: number) =>
      connect(meterboard).usage.series.query({
        range: { kind: 'between', startMs, endMs: startMs + 90 * 60 * minuteMs },
        bucket: 'hour',
        timeZone: 'Asia/Kolkata',
      });
    await view(meterboard);
    const refusals = await Promise.all(
      [1, 2, 3].map((month) => refusalOf(hours(Date.UTC(2025, month, 1, 12)))),
    );
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        code: 'provider_rate_limited',
        message: 'Billing data has been read too often. Try again later.',
      });
    }
    // Beside their share the balance of each look.
    expect(meterboard.stats().month.gets).toBeLessThanOrEqual(62 + 10);
    await world.simulator.advance(60 * minuteMs);
    expect(partsOf(await view(meterboard)).usage).toMatchObject({ asOfMs: nowMs, freshness: 'stale' });
    be(account.second);
    expect(partsOf(await view(meterboard)).failed).toEqual([]);
    be(account.first);
    await world.simulator.advance(24 * 60 * minuteMs);
    expect(partsOf(await view(meterboard)).usage).toMatchObject({ asOfMs: world.simulator.nowMs() });
  });

  it('of a second keeps a burst below what Stripe allows', async () => {
    world.simulator.faults.setRateLimits('sandbox', 'real');
    const { meterboard, be } = another({ budget: {} });
    for (const id of [account.first, account.second]) {
      be(id);
      partsOf(await view(meterboard));
    }
    expect(world.simulator.requests.callCount({ status: 429 })).toBe(0);
    expect(meterboard.stats().calls.waited).toBeGreaterThan(0);
  });
});
