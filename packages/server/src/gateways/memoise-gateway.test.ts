import { describe, expect, it } from 'vitest';
import type { BillingGateway } from '../gateway.ts';
import { exampleMeter } from '../testing/example-world.ts';
import { memoiseGateway } from './memoise-gateway.ts';
import { createMemoryCustomer, createMemoryGateway } from './memory.ts';

const inner = createMemoryGateway({
  nowMs: () => 0,
  meters: [exampleMeter()],
  prices: [],
  customers: { cus_1: createMemoryCustomer(), cus_2: createMemoryCustomer() },
});

const hour = (index: number) => ({
  startMs: index * 3_600_000,
  endMs: (index + 1) * 3_600_000,
  grouping: 'hour' as const,
});

describe('memoiseGateway', () => {
  it('reads each thing once, however many ask, and keeps customers apart', async () => {
    const asked: string[] = [];
    const counting: BillingGateway = {
      ...inner,
      listSubscriptions: async (customerId, options) => {
        asked.push(customerId);
        return inner.listSubscriptions(customerId, options);
      },
    };
    const gateway = memoiseGateway(counting);
    await Promise.all(['cus_1', 'cus_1', 'cus_2'].map((id) => gateway.listSubscriptions(id)));
    await gateway.listSubscriptions('cus_1');
    expect(asked).toEqual(['cus_1', 'cus_2']);
  });

  it('has so many usage readings under way and no more, also after failures', async () => {
    let underWay = 0;
    let most = 0;
    const slow: BillingGateway = {
      ...inner,
      async listUsage({ window }) {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setTimeout(resolve, 1));
        underWay -= 1;
        if (window.startMs % 7_200_000 === 0) throw new Error('broken');
        return [];
      },
    };
    const gateway = memoiseGateway(slow, { maxInFlight: 3 });
    const calls = Array.from({ length: 12 }, (_, index) =>
      gateway.listUsage({ meterId: 'm', customerId: 'c', window: hour(index) }),
    );
    const results = await Promise.allSettled(calls);
    expect([most, results.filter(({ status }) => status === 'fulfilled').length]).toEqual([3, 6]);
  });

  it("hands the request's signal to every call, and offers top-ups only where there are any", async () => {
    const { signal } = new AbortController();
    let handed: AbortSignal | undefined;
    const { topUps, ...withoutTopUps } = inner;
    const gateway = memoiseGateway(
      {
        ...withoutTopUps,
        listMeters: async (options) => {
          handed = options?.signal;
          return [];
        },
      },
      { signal },
    );
    await gateway.listMeters();
    expect(handed).toBe(signal);
    expect('topUps' in gateway).toBe(false);
    expect(memoiseGateway(inner).topUps).toBe(topUps);
  });
});
