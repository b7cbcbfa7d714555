import { createSimulator, type Simulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { planEvents } from './plan.ts';
import { checkKey, describePlan, seedDemo } from './seed-demo.ts';

const NOW_MS = Date.parse('2026-11-26T09:30:00Z');
const HOUR_MS = 3_600_000;

function clientOf(sim: Simulator): Stripe {
  return new Stripe('sk_test_seed', { host: sim.host, port: sim.port, protocol: 'http', telemetry: false });
}

async function seed(sim: Simulator, stripe = clientOf(sim)) {
  const lines: string[] = [];
  const shown: number[] = [];
  const seeded = await seedDemo({
    stripe,
    nowMs: sim.nowMs(),
    say: (line) => lines.push(line),
    onProgress: (done) => shown.push(done),
  });
  return { seeded, lines, shown };
}

async function count(stripe: Stripe): Promise<number[]> {
  const lists = [
    stripe.billing.meters.list(),
    stripe.prices.list(),
    stripe.customers.list(),
    stripe.subscriptions.list(),
    stripe.billing.creditGrants.list(),
  ];
  const found = [];
  for (const list of lists) found.push((await list).data.length);
  return found;
}

describe('demo:seed, with the simulator standing in for Stripe', () => {
  it('makes the demo’s meters, prices, customers, subscriptions and credits, and the usage of the last 34 days', async () => {
    const sim = await createSimulator({ nowMs: NOW_MS, frozen: true });
    try {
      const stripe = clientOf(sim);
      const { seeded, shown } = await seed(sim);
      expect(await count(stripe)).toEqual([3, 3, 2, 2, 4]);
      expect(seeded.sentCount).toBe(planEvents(NOW_MS).length);
      expect(shown.at(-1)).toBe(seeded.sentCount);
      const demo = await createSimulator({ scenario: 'demo', nowMs: NOW_MS, frozen: true });
      const { data: meters } = await stripe.billing.meters.list();
      for (const [index, customer] of seeded.customerIds.entries()) {
        for (const meter of meters) {
          const key = (['apiRequests', 'tokensUsed', 'storageGb'] as const).find(
            (name) => name.toLowerCase() === meter.event_name.replace('_', ''),
          );
          const range = {
            start_time: Math.ceil((NOW_MS - 34 * 24 * HOUR_MS) / HOUR_MS) * 3_600,
            end_time: Math.floor(NOW_MS / HOUR_MS) * 3_600,
            value_grouping_window: 'hour',
            limit: 100,
          } as const;
          const hours = async (client: Stripe, id: string, owner: string) =>
            (
              await client.billing.meters
                .listEventSummaries(id, { customer: owner, ...range })
                .autoPagingToArray({ limit: 2_000 })
            ).map(({ start_time, aggregated_value }) => [start_time, aggregated_value]);
          const expected = await hours(
            clientOf(demo),
            demo.scenario.meters[key ?? 'apiRequests'],
            demo.scenario.customers[index === 0 ? 0 : 1].id,
          );
          expect(expected.length).toBeGreaterThan(400);
          expect(await hours(stripe, meter.id, customer)).toEqual(expected);
        }
      }
      await demo.close();
    } finally {
      await sim.close();
    }
  });

  it('changes nothing when it runs again, also after identifiers are forgotten', async () => {
    const sim = await createSimulator({ nowMs: NOW_MS, frozen: true });
    try {
      const stripe = clientOf(sim);
      await seed(sim);
      const first = await count(stripe);
      const again = await seed(sim);
      expect(again.seeded.sentCount).toBe(0);
      expect(await count(stripe)).toEqual(first);
      expect(again.lines.every((line) => line.endsWith('is there'))).toBe(true);
      await sim.advance(26 * HOUR_MS);
      const later = await seed(sim);
      const fresh = planEvents(sim.nowMs()).filter(
        ({ timestampSec }) => timestampSec >= Math.floor(NOW_MS / HOUR_MS) * 3_600,
      );
      expect(fresh.length).toBeGreaterThan(100);
      expect(later.seeded.sentCount).toBe(fresh.length);
    } finally {
      await sim.close();
    }
  });

  it('goes on where a broken run stopped', async () => {
    const sim = await createSimulator({ nowMs: NOW_MS, frozen: true });
    try {
      const stripe = clientOf(sim);
      let left = 2_000;
      const broken = new Stripe('sk_test_seed', {
        host: sim.host,
        port: sim.port,
        protocol: 'http',
        telemetry: false,
        maxNetworkRetries: 0,
        httpClient: Stripe.createFetchHttpClient((input: RequestInfo | URL, init?: RequestInit) => {
          left -= 1;
          return left > 0 ? fetch(input, init) : Promise.reject(new Error('The line went dead.'));
        }),
      });
      await expect(seed(sim, broken)).rejects.toThrow(/went dead|connection/i);
      const { seeded } = await seed(sim, stripe);
      expect(seeded.sentCount).toBeGreaterThan(1_000);
      expect(seeded.skippedCount).toBeGreaterThan(1_000);
      expect((await seed(sim)).seeded.sentCount).toBe(0);
    } finally {
      await sim.close();
    }
  });

  it('plans no event that Stripe would refuse, and none twice', () => {
    const events = planEvents(NOW_MS);
    expect(Math.min(...events.map(({ timestampSec }) => timestampSec))).toBeGreaterThanOrEqual(
      NOW_MS / 1_000 - 34 * 86_400,
    );
    expect(Math.max(...events.map(({ timestampSec }) => timestampSec))).toBeLessThan(NOW_MS / 1_000);
    expect(new Set(events.map(({ identifier }) => identifier)).size).toBe(events.length);
    expect(describePlan(NOW_MS)).toContain(`${events.length.toLocaleString('en')} meter events`);
  });

  it.each([
    ['sk_live_1', /live key/],
    ['rk_live_1', /live key/],
    ['', /Set STRIPE_SECRET_KEY/],
    ['pk_test_1', /Set STRIPE_SECRET_KEY/],
  ])('refuses the key "%s" before it does anything', (key, message) => {
    expect(() => checkKey(key)).toThrow(message);
    expect(() => checkKey('sk_test_1')).not.toThrow();
  });
});
