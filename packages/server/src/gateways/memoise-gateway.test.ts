import { describe, expect, it } from 'vitest';
import type { BillingGateway } from '../gateway.ts';
import { exampleMeter } from '../testing/example-world.ts';
import { memoiseGateway } from './memoise-gateway.ts';
import { createMemoryGateway } from './memory.ts';
import { createMemoryCustomer } from './memory-world.ts';

const inner = createMemoryGateway({
  nowMs: () => 0,
  meters: [exampleMeter()],
  prices: [],
  customers: { cus_1: createMemoryCustomer(), cus_2: createMemoryCustomer() },
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

  it('offers top-ups only where there are any, and passes every call on payments through', async () => {
    const { topUps, ...withoutTopUps } = inner;
    if (!topUps) throw new Error('the memory gateway sells');
    let calls = 0;
    const gateway = memoiseGateway({
      ...inner,
      topUps: {
        ...topUps,
        getSavedCard: async (customerId) => {
          calls += 1;
          return topUps.getSavedCard(customerId);
        },
      },
    });
    await gateway.topUps?.getSavedCard('cus_1');
    await gateway.topUps?.getSavedCard('cus_1');
    expect(calls).toBe(2);
    expect('topUps' in memoiseGateway(withoutTopUps)).toBe(false);
  });
});
