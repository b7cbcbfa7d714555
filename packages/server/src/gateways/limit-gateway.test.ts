import { describe, expect, it } from 'vitest';
import type { BillingGateway } from '../gateway.ts';
import { exampleMeter } from '../testing/example-world.ts';
import { limitGateway } from './limit-gateway.ts';
import { memoiseGateway } from './memoise-gateway.ts';
import { createMemoryGateway } from './memory.ts';
import { createMemoryCustomer } from './memory-world.ts';

const inner = createMemoryGateway({
  nowMs: () => 0,
  meters: [exampleMeter()],
  prices: [],
  customers: { cus_1: createMemoryCustomer() },
});

describe('limitGateway', () => {
  it('has so many calls of any kind under way and no more, fresh and memoised together, also after failures', async () => {
    let underWay = 0;
    let most = 0;
    const slowly = async (fails: boolean) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 1));
      underWay -= 1;
      if (fails) throw new Error('broken');
    };
    const slow: BillingGateway = {
      ...inner,
      async previewInvoice({ subscriptionId }) {
        await slowly(Number(subscriptionId) % 2 === 0);
        return null;
      },
      async listDrafts() {
        await slowly(false);
        return [];
      },
    };
    const fresh = limitGateway(slow, { maxInFlight: 3 });
    const memoised = memoiseGateway(fresh);
    const calls = Array.from({ length: 12 }, (_, index) =>
      memoised.previewInvoice({ customerId: 'cus_1', subscriptionId: String(index) }),
    );
    const results = await Promise.allSettled([
      ...calls,
      fresh.listDrafts('cus_1'),
      fresh.listDrafts('cus_1'),
    ]);
    expect([most, results.filter(({ status }) => status === 'fulfilled').length]).toEqual([3, 8]);
  });

  it('does not make the call beyond the last one', async () => {
    let made = 0;
    const counting: BillingGateway = {
      ...inner,
      listMeters: async () => {
        made += 1;
        return [];
      },
    };
    const gateway = limitGateway(counting, { maxCalls: 2 });
    await gateway.listMeters();
    await gateway.listMeters();
    await expect(gateway.listMeters()).rejects.toMatchObject({
      code: 'provider_rate_limited',
      retryable: true,
    });
    expect(made).toBe(2);
  });

  it("hands the request's signal to what reads, and not to what sells", async () => {
    const { signal } = new AbortController();
    const { topUps } = inner;
    if (!topUps) throw new Error('the memory gateway sells');
    const handed: (AbortSignal | undefined)[] = [];
    const gateway = limitGateway(
      {
        ...inner,
        listMeters: async (options) => {
          handed.push(options?.signal);
          return [];
        },
        topUps: {
          ...topUps,
          createGrant: (grant, options) => {
            handed.push(options?.signal);
            return topUps.createGrant(grant);
          },
        },
      },
      { signal },
    );
    await gateway.listMeters();
    const amount = { amountMinor: 1, currency: 'usd' };
    await gateway.topUps?.createGrant({
      customerId: 'cus_1',
      ownerId: 'tu',
      generation: 1,
      name: 'n',
      amount,
      category: 'paid',
      priority: 50,
      expiresAtMs: null,
      idempotencyKey: 'k',
    });
    expect(handed).toEqual([signal, undefined]);
    const { topUps: _, ...withoutTopUps } = inner;
    expect('topUps' in limitGateway(withoutTopUps)).toBe(false);
  });
});
