import { BillingError } from '@meterboard/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noKeptWindows } from '../cache/kept-windows.ts';
import { createReadingLedger } from '../cache/reading.ts';
import type { BillingGateway, UsageWindow } from '../gateway.ts';
import { readSnapshot } from '../snapshot.ts';
import { exampleMeter } from '../testing/example-world.ts';
import { createGatewayCache } from './cached.ts';
import { createMemoryGateway } from './memory.ts';
import { createMemoryCustomer } from './memory-world.ts';

const dayMs = 86_400_000;
const settings = { freshMs: 30_000, graceMs: 300_000, keepMs: dayMs, maxBytes: 1_000_000 };

function createWorld(
  change: (gateway: BillingGateway) => Partial<BillingGateway> = () => ({}),
  maxBytes = settings.maxBytes,
) {
  const clock = { nowMs: Date.UTC(2026, 5, 15, 12) };
  const customer = createMemoryCustomer();
  const inner = createMemoryGateway({
    nowMs: () => clock.nowMs,
    meters: [exampleMeter({ meterId: 'm', eventName: 'e' })],
    prices: [],
    customers: { c: customer },
  });
  const windows: UsageWindow[] = [];
  const world = { stretch: 1 };
  const gateway: BillingGateway = {
    ...inner,
    listUsage(query) {
      windows.push(query.window);
      return inner.listUsage(query);
    },
    ...change(inner),
  };
  const cache = createGatewayCache({
    gateway,
    settings: { ...settings, maxBytes },
    kept: noKeptWindows,
    stretch: () => world.stretch,
    onInvalidated: () => undefined,
    nowMs: () => clock.nowMs,
  });
  const open = () => cache.openView(null, gateway).gatewaysFor(createReadingLedger());
  return { clock, customer, cache, windows, open, world };
}

describe('usage that is remembered', () => {
  it('of any 365 days takes four calls of at most 100 rows, and none the second time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(400), async (shift) => {
        const { clock, windows, open } = createWorld();
        const endMs = Math.floor(clock.nowMs / dayMs) * dayMs + dayMs - shift * dayMs;
        const startMs = endMs - 365 * dayMs;
        const read = () =>
          open().first.listUsage({
            meterId: 'm',
            customerId: 'c',
            window: { startMs, endMs, grouping: 'day' },
          });
        await read();
        expect(windows.length).toBe(4);
        expect(windows.every((window) => window.endMs - window.startMs <= 100 * dayMs)).toBe(true);
        await read();
        expect(windows.length).toBe(4);
      }),
      { numRuns: 40 },
    );
  });

  it('answers exactly the window that was asked for, as the provider would', async () => {
    const { clock, customer, open } = createWorld();
    for (let day = 0; day < 60; day += 1) {
      customer.events.push({ eventName: 'e', atMs: clock.nowMs - day * dayMs, quantity: String(day + 1) });
    }
    const today = Math.floor(clock.nowMs / dayMs) * dayMs;
    await fc.assert(
      fc.asyncProperty(fc.nat(59), fc.nat(59), async (a, b) => {
        const window = {
          startMs: today - Math.max(a, b) * dayMs,
          endMs: today - Math.min(a, b) * dayMs + dayMs,
          grouping: 'day' as const,
        };
        const rows = await open().first.listUsage({ meterId: 'm', customerId: 'c', window });
        expect(rows.map(({ quantity }) => Number(quantity))).toEqual(
          Array.from({ length: Math.abs(a - b) + 1 }, (_, index) => Math.max(a, b) + 1 - index),
        );
      }),
    );
  });

  it('is never asked for again once it is final', async () => {
    const { clock, windows, open } = createWorld();
    const startMs = Math.floor(clock.nowMs / dayMs) * dayMs - 100 * dayMs;
    const window = { startMs, endMs: startMs + 20 * dayMs, grouping: 'day' as const };
    const read = () => open().first.listUsage({ meterId: 'm', customerId: 'c', window });
    await read();
    const once = windows.length;
    clock.nowMs += 20 * 60 * 60_000;
    await read();
    expect(windows.length).toBe(once);
  });

  it('serves the longer the more of the month is spent', async () => {
    const { clock, windows, open, world } = createWorld();
    const endMs = Math.floor(clock.nowMs / dayMs) * dayMs + dayMs;
    const window = { startMs: endMs - dayMs, endMs, grouping: 'day' as const };
    const read = async () => {
      await open().first.listUsage({ meterId: 'm', customerId: 'c', window });
      await new Promise((resolve) => setTimeout(resolve, 5));
      return windows.length;
    };
    await read();
    world.stretch = 10;
    clock.nowMs += 299_000;
    expect(await read()).toBe(1);
    clock.nowMs += 1_000;
    expect(await read()).toBe(2);
  });

  it('is not final by having been remembered for long: what was read before its time is read anew', async () => {
    let isDown = false;
    const { clock, customer, open } = createWorld((inner) => ({
      listUsage: async (query) => {
        if (isDown) throw new BillingError('provider_unavailable');
        return inner.listUsage(query);
      },
    }));
    const startMs = Math.floor(clock.nowMs / (20 * dayMs)) * 20 * dayMs;
    const window = { startMs, endMs: startMs + 20 * dayMs, grouping: 'day' as const };
    const read = () => open().first.listUsage({ meterId: 'm', customerId: 'c', window });
    customer.events.push({ eventName: 'e', atMs: clock.nowMs, quantity: '1' });
    await read();
    customer.events.push({ eventName: 'e', atMs: clock.nowMs + 60_000, quantity: '100' });
    clock.nowMs += 70 * dayMs;
    isDown = true;
    await expect(read()).rejects.toMatchObject({ code: 'provider_unavailable' });
    isDown = false;
    clock.nowMs += 60_000;
    const rows = await read();
    expect(rows.reduce((sum, { quantity }) => sum + Number(quantity), 0)).toBe(101);
    isDown = true;
    clock.nowMs += 400 * dayMs;
    expect(await read()).toEqual(rows);
  });

  it('is read anew soon after a report of it, and not at each one', async () => {
    const { clock, windows, cache, open } = createWorld();
    const endMs = Math.floor(clock.nowMs / dayMs) * dayMs + dayMs;
    const window = { startMs: endMs - dayMs, endMs, grouping: 'day' as const };
    const read = () => open().first.listUsage({ meterId: 'm', customerId: 'c', window });
    await read();
    cache.invalidate({ customerId: 'c', meterId: 'm', what: 'usage' });
    await read();
    expect(windows.length).toBe(1);
    clock.nowMs += 5_000;
    await read();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(windows.length).toBe(2);
  });
});

describe('figures that belong together', () => {
  it('are refused together: a draft that is finalised behind what is remembered is noticed', async () => {
    let drafts = ['draft'];
    let spent = 0;
    const { clock, open } = createWorld(() => ({
      listDrafts: async () => drafts.map((documentId) => ({ documentId }) as never),
      listCreditTransactions: async () => Array.from({ length: spent }, () => ({}) as never),
    }));
    const read = (during: () => void = () => undefined) =>
      readSnapshot(open(), 'c', {
        async read(gateway) {
          const before = await gateway.listDrafts('c');
          during();
          return [before.length, (await gateway.listCreditTransactions('c')).length];
        },
        watch: async (gateway) => [
          (await gateway.listDrafts('c')).map(({ documentId }) => documentId),
          (await gateway.listCreditTransactions('c')).length,
        ],
      });
    const finalise = () => {
      drafts = [];
      spent = 1;
    };
    expect((await read(finalise)).data).toEqual([0, 1]);
    drafts = ['another'];
    expect((await read()).data).toEqual([0, 1]);
    clock.nowMs += 600_000;
    expect((await read()).data).toEqual([1, 1]);
  });

  it('are compared again when one joins what is remembered, which may have moved meanwhile', async () => {
    let drafts = ['draft'];
    let grants = 0;
    const { open } = createWorld(() => ({
      listDrafts: async () => drafts.map((documentId) => ({ documentId }) as never),
      listCreditGrants: async () => Array.from({ length: grants }, () => ({}) as never),
    }));
    const watch = async (gateway: BillingGateway) =>
      (await gateway.listDrafts('c')).map(({ documentId }) => documentId);
    await readSnapshot(open(), 'c', { read: (gateway) => gateway.listDrafts('c'), watch });
    drafts = [];
    grants = 1;
    const { data } = await readSnapshot(open(), 'c', {
      read: async (gateway) => [
        (await gateway.listDrafts('c')).length,
        (await gateway.listCreditGrants('c')).length,
      ],
      watch,
    });
    expect(data).toEqual([0, 1]);
  });

  it('that were being read anew when usage was reported are read again as soon as those that had been read', async () => {
    let spent = 1;
    let gate = Promise.resolve();
    const { clock, cache, open } = createWorld(() => ({
      async listCreditTransactions() {
        const seen = Array.from({ length: spent }, () => ({}) as never);
        await gate;
        return seen;
      },
    }));
    const read = async () => {
      const { length } = await open().first.listCreditTransactions('c');
      await new Promise((resolve) => setTimeout(resolve, 1));
      return length;
    };
    await read();
    clock.nowMs += 31_000;
    let release: () => void = () => undefined;
    gate = new Promise((resolve) => {
      release = resolve;
    });
    expect(await read()).toBe(1);
    spent = 2;
    cache.invalidate({ customerId: 'c', meterId: 'm', what: 'usage' });
    release();
    gate = Promise.resolve();
    await read();
    clock.nowMs += 6_000;
    await read();
    expect(await read()).toBe(2);
  });

  it('that were being read when they were dropped do not count for those who ask afterwards', async () => {
    let answer = 'before';
    let release: () => void = () => undefined;
    const { cache, open } = createWorld(() => ({
      async listCreditGrants() {
        const found = answer;
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return [{ name: found } as never];
      },
    }));
    const first = open().first.listCreditGrants('c');
    await new Promise((resolve) => setTimeout(resolve, 1));
    answer = 'after';
    cache.invalidate({ customerId: 'c', what: 'billing' });
    release();
    await first;
    const second = open().first.listCreditGrants('c');
    await new Promise((resolve) => setTimeout(resolve, 1));
    release();
    expect(await second).toEqual([{ name: 'after' }]);
  });
});

it('what is remembered stays within its memory, whoever asks for how much', async () => {
  const { cache, open } = createWorld(
    () => ({
      listInvoices: async () => ({ items: [{ number: 'x'.repeat(5_000) } as never], nextCursor: null }),
    }),
    200_000,
  );
  for (let index = 0; index < 300; index += 1) {
    await open().first.listInvoices({
      customerId: `cus_${index % 30}`,
      limit: 1 + (index % 100),
      cursor: null,
    });
  }
  expect(cache.size().bytes).toBeLessThanOrEqual(200_000);
  expect(cache.size().customers).toBeGreaterThan(0);
});

it('weighs what it holds, so that the least used customers make room for others', async () => {
  const { cache, open } = createWorld(undefined, 30_000);
  const read = (customerId: string, days: number) => {
    const endMs = Date.UTC(2026, 5, 15);
    const window = { startMs: endMs - days * dayMs, endMs, grouping: 'day' } as const;
    return open().first.listUsage({ meterId: 'm', customerId, window });
  };
  await read('c', 20);
  const few = cache.size().bytes;
  await read('c', 400);
  expect(cache.size().bytes).toBeGreaterThan(few + 15 * 300);
  for (let n = 0; n < 40; n += 1) await read(`c${n}`, 400).catch(() => undefined);
  expect(cache.size().customers).toBeLessThan(41);
});
