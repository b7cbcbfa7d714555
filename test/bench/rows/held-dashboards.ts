import { createMeterboard, type MeterboardOptions } from '@meterboard/server';
import { createSimulator, type Simulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import { type RealTime, realTimeOf } from '../../../packages/server/src/cache/real-time.ts';
import type { Mode, Row } from '../row.ts';

const CUSTOMERS = 1_000;
const ROUNDS = 5;
const PER_ROUND = 5_000;
const STEP_MS = 50;

/** An account whose customers each pay for two meters. */
async function buildAccount(client: Stripe, count: number): Promise<string[]> {
  const prices: string[] = [];
  for (const name of ['requests', 'storage']) {
    const meter = await client.billing.meters.create({
      display_name: name,
      event_name: name,
      default_aggregation: { formula: 'sum' },
    });
    const product = await client.products.create({ name });
    const price = await client.prices.create({
      currency: 'usd',
      product: product.id,
      unit_amount: 1,
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    });
    prices.push(price.id);
  }
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { id } = await client.customers.create({});
    await client.subscriptions.create({ customer: id, items: prices.map((price) => ({ price })) });
    ids.push(id);
  }
  return ids;
}

/** Time that passes only while no call is under way: everybody waits for their turn. */
function createVirtualTime(simulator: Simulator, client: Stripe) {
  let inFlight = 0;
  client.on('request', () => {
    inFlight += 1;
  });
  client.on('response', () => {
    inFlight -= 1;
  });
  const sleepers: { untilMs: number; wake(): void }[] = [];
  return {
    nowMs: () => simulator.nowMs(),
    sleep: (ms: number) =>
      new Promise<void>((wake) => sleepers.push({ untilMs: simulator.nowMs() + ms, wake })),
    async passWhile(work: Promise<unknown>): Promise<void> {
      let isOver = false;
      const over = work.finally(() => {
        isOver = true;
      });
      while (!isOver) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (inFlight > 0) continue;
        await simulator.advance(STEP_MS);
        for (const sleeper of sleepers.splice(0)) {
          if (sleeper.untilMs <= simulator.nowMs()) sleeper.wake();
          else sleepers.push(sleeper);
        }
      }
      await over;
    },
  };
}

/** Opens dashboards; each answers whether all of its sections are there. */
function viewerOf(
  client: Stripe,
  simulator: Simulator,
  options: Pick<MeterboardOptions, 'cache' | 'budget'>,
  time: RealTime,
): (customerId?: string) => Promise<boolean> {
  const silent = () => undefined;
  const meterboard = createMeterboard({
    stripe: { client },
    identify: (request) => ({ customerId: request.headers.get('x-customer') ?? '' }),
    nowMs: simulator.nowMs,
    logger: { error: silent, warn: silent, info: silent },
    cache: { freshSeconds: 3_600 },
    budget: { perEndpointPerSecond: 24, perSecond: 96, maxWaitMs: 60_000, monthlyGets: null },
    ...options,
    ...realTimeOf(time),
  });
  const input = encodeURIComponent(JSON.stringify({ timeZone: 'UTC' }));
  return async (customerId = '') => {
    const answer = await meterboard.handler(
      new Request(`https://app.example/api/meterboard/trpc/overview?input=${input}`, {
        headers: { 'x-customer': customerId },
      }),
    );
    const text = await answer.text();
    return answer.status === 200 && !text.includes('"ok":false');
  };
}

/** The rival: as polite, and without memory. Dashboards in a second of Stripe's time. */
async function measureNaive(
  client: Stripe,
  simulator: Simulator,
  customers: readonly string[],
  time: ReturnType<typeof createVirtualTime>,
): Promise<number> {
  const view = viewerOf(client, simulator, { cache: false }, time);
  await simulator.advance(2_000);
  const beganMs = simulator.nowMs();
  await time.passWhile(fill(customers, view));
  return (customers.length * 1_000) / (simulator.nowMs() - beganMs);
}

async function measureHeld(mode: Mode) {
  const simulator = await createSimulator({ nowMs: Date.UTC(2026, 10, 18, 12), frozen: true });
  try {
    const client = new Stripe('sk_test_bench', {
      host: simulator.host,
      port: simulator.port,
      protocol: 'http',
      telemetry: false,
      maxNetworkRetries: 0,
    });
    const customers = await buildAccount(client, mode === 'broken' ? 30 : CUSTOMERS);
    simulator.faults.setRateLimits('live', 'simulator');
    await simulator.advance(1_000);
    simulator.requests.clear();
    const time = createVirtualTime(simulator, client);
    const isBroken = mode === 'broken';
    const view = viewerOf(client, simulator, isBroken ? { cache: false, budget: false } : {}, time);
    const beganMs = simulator.nowMs();
    await time.passWhile(fill(customers, view));
    const fillingSec = (simulator.nowMs() - beganMs) / 1_000;
    const rates: number[] = [];
    for (let round = 0; round < (isBroken ? 1 : ROUNDS); round += 1) {
      const count = isBroken ? 60 : PER_ROUND;
      const startedMs = performance.now();
      for (let index = 0; index < count; index += 1) {
        const isGood = await view(customers[(index * 7) % customers.length]);
        if (!isGood && !isBroken) throw new Error('A warm dashboard misses a section.');
      }
      rates.push((count * 1_000) / (performance.now() - startedMs));
    }
    return {
      rates,
      fillingSec,
      naive: await measureNaive(client, simulator, customers.slice(0, 40), time),
      calls: simulator.requests.callCount(),
      refused: simulator.requests.callCount({ status: 429 }),
    };
  } finally {
    await simulator.close();
  }
}

/** Forty people open their dashboards at a time, until each customer's has been seen whole. */
async function fill(
  customers: readonly string[],
  view: (customerId: string) => Promise<boolean>,
): Promise<void> {
  const left = [...customers];
  await Promise.all(
    Array.from({ length: 40 }, async () => {
      for (let customerId = left.shift(); customerId !== undefined; customerId = left.shift()) {
        await view(customerId);
      }
    }),
  );
}

export const heldDashboards: Row = {
  id: 'P8',
  what: 'dashboards a second of 1,000 customers, Stripe’s limits enforced throughout',
  target: '≥ 1,000 with no 429',
  async measure(mode) {
    const { rates, fillingSec, naive, calls, refused } = await measureHeld(mode);
    return {
      samples: rates.map((rate) => (refused === 0 ? rate : 0)),
      meets: (figure) => figure >= 1_000,
      format: (figure) => Math.round(figure).toLocaleString('en'),
      detail: `${refused} × 429 in ${calls.toLocaleString('en')} calls; filled in ${Math.round(fillingSec)} s of Stripe's time; the same without memory ${naive.toFixed(1)} dashboards/s for ever`,
    };
  },
};
