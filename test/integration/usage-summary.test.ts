import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, startUsageWorld, type UsageWorld, withFree } from './usage-world.ts';

let world: UsageWorld;
beforeEach(async () => {
  world = await startUsageWorld({ meters: { a: { limit: 1_000 }, b: {}, c: {} } });
  for (const name of ['a', 'b', 'c']) {
    const last = { default_aggregation: { formula: 'last' as const } };
    const meter = await world.meter(name, name === 'c' ? last : {});
    await world.subscribe([await world.price(meter, withFree(500, 2))]);
  }
  await world.advanceTo('2026-03-23T12:00:00Z');
  for (let day = 10; day < 23; day += 1) {
    await world.report('a', 60, `2026-03-${day}T12:00:00Z`);
    await world.report('c', day, `2026-03-${day}T12:00:00Z`);
  }
});
afterEach(() => world.close());

describe('the summary', () => {
  it('has everything a card shows, in one answer', async () => {
    const { meters, freshness } = await world.kit.usage.summary.query({ timeZone: 'UTC' });
    expect(freshness).toBe('settling');
    const [a, b, c] = meters;
    expect(a).toMatchObject({
      total: '780',
      included: '500',
      limit: '1000',
      usedRatio: 0.78,
      status: 'ok',
      costs: [{ amountMinor: 560, currency: 'usd' }],
      days: ['0', ...Array.from({ length: 13 }, () => '60'), '0'],
      previous: { toDate: '0', changeRatio: null },
      forecast: { kind: 'forecast' },
      limitCrossing: { kind: 'expected' },
      nextTier: null,
    });
    const crossing = a?.limitCrossing;
    if (crossing?.kind !== 'expected') throw new Error('the limit is expected to be reached');
    expect(crossing.atMs).toBeGreaterThan(at('2026-03-25T12:00Z'));
    expect(crossing.atMs).toBeLessThan(at('2026-03-28T12:00Z'));
    expect(b).toMatchObject({
      total: '0',
      usedRatio: 0,
      nextTier: { fromQuantity: '500', crossing: { kind: 'not_in_period' } },
    });
    expect(c).toMatchObject({
      total: '22',
      forecast: { kind: 'unavailable', reason: 'not_forecastable' },
      limitCrossing: null,
      nextTier: { fromQuantity: '500', crossing: { kind: 'unknown', reason: 'not_forecastable' } },
    });
    expect(c?.days).toEqual([null, ...Array.from({ length: 13 }, (_, index) => String(index + 10)), '22']);
  });

  it('has the days of the asked zone, and the same totals in every one', async () => {
    const [utc, kolkata] = await Promise.all(
      ['UTC', 'Asia/Kolkata'].map((timeZone) => world.kit.usage.summary.query({ timeZone })),
    );
    expect(kolkata?.meters[0]?.days).toHaveLength(15);
    const bare = (summary: typeof utc) => summary?.meters.map(({ days, ...rest }) => rest);
    expect(bare(kolkata)).toEqual(bare(utc));
  });
});

describe('usage of exactly what is free', () => {
  it('costs nothing, is not over, and the next price has not begun; one unit more is', async () => {
    await world.report('b', 500);
    const [, at] = (await world.kit.usage.summary.query()).meters;
    expect(at).toMatchObject({ total: '500', costs: [{ amountMinor: 0 }], status: 'near', usedRatio: 1 });
    expect(at?.nextTier).toMatchObject({ fromQuantity: '500', crossing: { kind: 'not_in_period' } });
    await world.report('b', 1);
    const [, above] = (await world.kit.usage.summary.query()).meters;
    expect(above).toMatchObject({ costs: [{ amountMinor: 2 }], status: 'over', nextTier: null });
  });
});

describe('calls of Stripe for three meters of three subscriptions, fourteen days into the period', () => {
  const summary = (timeZone: string) => () => world.kit.usage.summary.query({ timeZone });
  const overview = (timeZone: string) => () => world.kit.overview.query({ timeZone });
  const series =
    (timeZone: string, more: object = {}) =>
    () =>
      world.kit.usage.series.query({ range: { kind: 'period' }, bucket: 'day', timeZone, ...more });
  const cost = (timeZone: string) => () => world.kit.usage.cost.query({ timeZone });

  it.each([
    ['usage.series', series('UTC'), 12],
    ['usage.series in Budapest', series('Europe/Budapest'), 20],
    ['usage.series with comparison and forecast', series('UTC', { compare: true, forecast: true }), 29],
    ['usage.summary', summary('UTC'), 16],
    ['usage.summary in Budapest', summary('Europe/Budapest'), 26],
    ['usage.summary in Kolkata', summary('Asia/Kolkata'), 60],
    ['usage.cost', cost('UTC'), 13],
    ['overview', overview('UTC'), 23],
    ['overview in Budapest', overview('Europe/Budapest'), 33],
  ])('%s', async (_, run, count) => {
    await run();
    expect(await world.callsOf(run), 'prices are known from before').toBe(count);
  });

  it('a chart and the cards of a dashboard share their readings', async () => {
    await overview('UTC')();
    world.simulator.requests.clear();
    await overview('UTC')();
    const asked = world.simulator.requests
      .all({ path: /event_summaries$/ })
      .map(({ path, query }) => `${path}?${query}`);
    expect(asked.length).toBe(new Set(asked).size);
    expect(asked.length).toBeLessThanOrEqual(12);
  });
});

it('nothing is asked of Stripe again while what was read is fresh', async () => {
  const remembering = await startUsageWorld({ cache: {} });
  try {
    const { kit, callsOf } = remembering;
    await remembering.subscribe([await remembering.price(await remembering.meter('a'))]);
    const question = { range: { kind: 'period' }, bucket: 'day', timeZone: 'UTC', compare: true } as const;
    const all = () =>
      Promise.all([
        kit.usage.series.query({ ...question, forecast: true }),
        kit.usage.summary.query({ timeZone: 'UTC' }),
        kit.usage.cost.query({ timeZone: 'UTC' }),
      ]);
    expect(await callsOf(all)).toBeGreaterThan(5);
    expect(await callsOf(all)).toBe(0);
  } finally {
    await remembering.close();
  }
});
