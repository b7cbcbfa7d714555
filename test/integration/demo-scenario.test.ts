import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Overview, Section } from '@meterboard/contract';
import { createMeterboard } from '@meterboard/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedStore } from '../../packages/server/src/testing/describe-stores.ts';
import { connect, packages, startWorld } from './stripe-world.ts';

const nowMs = Date.UTC(2026, 10, 18, 12, 34, 56);
const weekMs = 7 * 86_400_000;
let world: Awaited<ReturnType<typeof startWorld>>;
const overviews: Overview[] = [];

beforeAll(async () => {
  world = await startWorld('demo', nowMs, { lowBalance: { remainingBelowMinor: 1000 } });
  for (const { id } of world.simulator.scenario?.customers ?? []) {
    world.signIn({ customerId: id });
    overviews.push(await connect(world.meterboard).overview.query({ timeZone: 'UTC' }));
  }
});
afterAll(() => world.close());

function dataOf<T>(section: Section<T>): T {
  if (!section.ok) throw new Error(section.error.message);
  return section.data;
}

interface Flight {
  atMs: number;
  delay: number;
  distance: number;
  origin: string;
}

/** The public log as the file has it, shifted by whole weeks so that now falls in its last one, in our own words. */
function readLog(): Flight[] {
  const simulator = dirname(
    createRequire(import.meta.url).resolve('@meterboard/stripe-simulator/package.json'),
  );
  const lines = readFileSync(join(simulator, 'data/flights-20k.tsv'), 'utf8').trim().split('\n').slice(1);
  const shiftMs = Math.floor((nowMs - Date.UTC(2001, 2, 25)) / weekMs) * weekMs;
  return lines
    .map((line) => {
      const [minute, delay, distance, origin = ''] = line.split('\t');
      const atMs = Date.UTC(2001, 0, 1) + Number(minute) * 60_000 + shiftMs;
      return { atMs, delay: Number(delay), distance: Number(distance), origin };
    })
    .filter(({ atMs }) => atMs <= nowMs);
}

describe.each([0, 1])('the demo scenario, customer %i', (index) => {
  const overview = () => {
    const found = overviews[index];
    if (!found) throw new Error('the demo has two customers');
    return found;
  };

  it('shows in every section', () => {
    const { meters, usage, summary, credits, invoices, topUps } = overview();
    const sections = [meters, usage, summary, credits, invoices, topUps];
    expect(sections.map((section) => section.ok || section.error)).toEqual(Array(6).fill(true));
  });

  it('has the usage that the public log has, counted straight from its file', () => {
    const own = readLog().filter(({ origin }) => origin < 'M' === (index === 0));
    for (const { meter, range, buckets, total } of dataOf(overview().usage).series) {
      const inPeriod = own.filter(({ atMs }) => atMs >= range.startMs && atMs < range.endMs);
      expect(inPeriod.length).toBeGreaterThan(1000);
      const expected = {
        api_requests: String(inPeriod.length),
        tokens_used: String(inPeriod.reduce((sum, { distance }) => sum + distance, 0)),
        storage_gb: String(Math.max(0, inPeriod.at(-1)?.delay ?? 0)),
      }[meter.eventName];
      expect([meter.eventName, total]).toEqual([meter.eventName, expected]);
      if (meter.aggregation !== 'last') {
        const known = buckets.flatMap(({ quantity }) => (quantity === null ? [] : [Number(quantity)]));
        expect(String(known.reduce((sum, quantity) => sum + quantity, 0))).toBe(total);
      }
    }
  });

  it('has one figure per meter, whichever section shows it', () => {
    const series = dataOf(overview().usage).series.map(({ meter, total }) => [meter.eventName, total]);
    const summary = dataOf(overview().summary).meters.map(({ meter, total }) => [meter.eventName, total]);
    expect(summary).toEqual(series);
    expect(dataOf(overview().meters).meters.map(({ eventName }) => eventName)).toEqual(
      series.map(([name]) => name),
    );
  });

  it('has credits whose terms add up, and whose unbilled part is what the meters cost', () => {
    const [balance] = dataOf(overview().credits).balances;
    const terms = balance?.terms.map(({ amount }) => amount.amountMinor) ?? [];
    expect(terms.slice(0, 3).reduce((sum, amount) => sum + amount, 0)).toBe(terms[3]);
    expect(balance?.remaining.amountMinor).toBe(terms[3]);
    const costs = dataOf(overview().summary).meters.flatMap((meter) => meter.costs);
    expect(costs).toHaveLength(dataOf(overview().summary).meters.length);
    const cost = costs.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    expect((balance?.unbilled.amountMinor ?? 0) + (balance?.notCovered?.amountMinor ?? 0)).toBe(cost);
    expect(cost).toBeGreaterThan(0);
    expect(balance?.status).toBe(index === 0 ? 'ok' : 'low');
  });

  it('has invoices that add up', () => {
    const { invoices } = dataOf(overview().invoices);
    expect(invoices.length).toBeGreaterThanOrEqual(2);
    for (const { subtotal, creditsApplied, total, amountDue, amountPaid, amountRemaining } of invoices) {
      expect(total.amountMinor).toBe(subtotal.amountMinor - creditsApplied.amountMinor);
      expect(amountPaid.amountMinor + amountRemaining.amountMinor).toBe(amountDue.amountMinor);
    }
  });

  it('says of itself when it was read, and that the last minutes may change', () => {
    expect(overview()).toMatchObject({
      asOfMs: nowMs,
      servedAtMs: nowMs,
      freshness: 'settling',
      source: 'stripe',
    });
    expect(dataOf(overview().credits)).toMatchObject({ source: 'estimate', freshness: 'live' });
  });
});

describe('one dashboard', () => {
  it('reads each thing once', async () => {
    const [first, second] = world.simulator.scenario?.customers ?? [];
    let customerId = second?.id ?? '';
    const cold = createMeterboard({
      stripe: { client: world.client },
      identify: () => ({ customerId }),
      nowMs: world.simulator.nowMs,
      topUps: { packages, returnUrl: 'https://app.example/billing' },
      store: sharedStore(),
    });
    // Meters and prices are the same for everybody and were read before.
    await connect(cold).overview.query({ timeZone: 'UTC' });
    customerId = first?.id ?? '';
    world.simulator.requests.clear();
    await connect(cold).overview.query({ timeZone: 'UTC' });
    const asked = world.simulator.requests
      .all()
      .map(({ method, path, query }) => `${method} ${path}?${query}`);
    const twice = asked.filter((request, at) => asked.indexOf(request) !== at);
    // What a snapshot depends on is read again after it, to see whether it moved.
    expect(new Set(twice.map((request) => request.split('?')[0]))).toEqual(
      new Set(['GET /v1/subscriptions', 'GET /v1/invoices', 'GET /v1/billing/credit_balance_transactions']),
    );
    expect(asked.length).toBeLessThanOrEqual(15);
  });

  it('has the same totals in every time zone', async () => {
    const totals = await Promise.all(
      ['UTC', 'Europe/Budapest', 'Asia/Kolkata', 'America/Los_Angeles'].map(async (timeZone) => {
        const { usage } = await connect(world.meterboard).overview.query({ timeZone });
        return dataOf(usage).series.map(({ total }) => total);
      }),
    );
    expect(new Set(totals.map(String)).size).toBe(1);
  });
});

describe('an anchor on the 31st that fell into September', () => {
  it('S1-18: has 30 September to 31 October as the period before, and compares with the same time in it', async () => {
    const world = await startWorld('demo', Date.UTC(2026, 10, 22, 12));
    try {
      const [first] = world.simulator.scenario?.customers ?? [];
      const caller = world.meterboard.createCaller({ customerId: first?.id ?? '' });
      const { series } = await caller.usage.series({
        meters: ['api_requests'],
        range: { kind: 'period' },
        bucket: 'day',
        timeZone: 'UTC',
        compare: true,
      });
      const previous = series[0]?.previous;
      expect(previous?.range).toEqual({ startMs: Date.UTC(2026, 8, 30), endMs: Date.UTC(2026, 9, 31) });
      expect(previous?.buckets).toHaveLength(31);
      const whole =
        previous?.buckets.slice(0, 22).reduce((sum, { quantity }) => sum + Number(quantity), 0) ?? 0;
      const next = Number(previous?.buckets[22]?.quantity);
      expect(Number(previous?.toDate)).toBeGreaterThanOrEqual(whole);
      expect(Number(previous?.toDate)).toBeLessThanOrEqual(whole + next);
    } finally {
      await world.close();
    }
  });
});
