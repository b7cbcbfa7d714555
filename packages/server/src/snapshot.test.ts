import { describe, expect, it } from 'vitest';
import type { BillingGateway, RawSubscription } from './gateway.ts';
import { createMemoryGateway } from './gateways/memory.ts';
import { createMemoryCustomer } from './gateways/memory-world.ts';
import { readSnapshot } from './snapshot.ts';
import { exampleNowMs, exampleSubscription } from './testing/example-world.ts';

/** A gateway whose subscription is in the given period at each reading of it, the last one for ever. */
function gatewayInPeriods(...endsMs: number[]) {
  let readings = 0;
  const inner = createMemoryGateway({
    nowMs: () => exampleNowMs,
    meters: [],
    prices: [],
    customers: { cus_1: createMemoryCustomer() },
  });
  const gateway: BillingGateway = {
    ...inner,
    async listSubscriptions(): Promise<RawSubscription[]> {
      const endMs = endsMs[Math.min(readings, endsMs.length - 1)] ?? 0;
      readings += 1;
      const subscription = exampleSubscription();
      return [
        {
          ...subscription,
          items: subscription.items.map((item) => ({ ...item, period: { startMs: 0, endMs } })),
        },
      ];
    },
  };
  return { first: gateway, fresh: gateway };
}

const periodEnds = async (_: BillingGateway, subscriptions: RawSubscription[]) =>
  subscriptions.map(({ items }) => items[0]?.period.endMs);

describe('readSnapshot', () => {
  it('reads once when nothing rolls over', async () => {
    let reads = 0;
    const { data } = await readSnapshot(gatewayInPeriods(10, 10), 'cus_1', {
      async read(gateway, subscriptions) {
        reads += 1;
        return periodEnds(gateway, subscriptions);
      },
    });
    expect([data, reads]).toEqual([[10], 1]);
  });

  it('reads everything again when a period rolled over in between', async () => {
    const { subscriptions, data } = await readSnapshot(gatewayInPeriods(10, 20, 20), 'cus_1', {
      read: periodEnds,
    });
    expect(data).toEqual([20]);
    expect(subscriptions[0]?.items[0]?.period.endMs).toBe(20);
  });

  it('refuses to answer from a torn reading after three tries', async () => {
    await expect(
      readSnapshot(gatewayInPeriods(1, 2, 3, 4, 5), 'cus_1', { read: periodEnds }),
    ).rejects.toMatchObject({
      code: 'provider_unavailable',
      retryable: true,
    });
  });

  it('reads everything again when what it watches moved in between', async () => {
    const states = ['draft', 'ledger', 'ledger'];
    const { data } = await readSnapshot(gatewayInPeriods(10), 'cus_1', {
      read: async () => states.length,
      watch: async () => states.shift(),
    });
    expect(data).toBe(1);
  });
});
