import { describe, expect, it } from 'vitest';
import { createFixtureClient } from './create-fixture-client.ts';
import { fixtureSeries } from './fixture-usage.ts';
import { createFixtureOverview, createFixtures, fixtureBalance } from './fixtures.ts';

const usage = { range: { kind: 'period' }, bucket: 'day', timeZone: 'UTC' } as const;

describe('fixtures', () => {
  it('add up: the terms before the last give the last', () => {
    const terms = fixtureBalance.terms.map(({ amount }) => amount.amountMinor);
    expect(terms.slice(0, -1).reduce((sum, one) => sum + one, 0)).toBe(terms.at(-1));
    expect(fixtureBalance.remaining.amountMinor).toBe(terms.at(-1));
  });

  it('add up: a flow is the sum of its buckets, a level its latest one', () => {
    for (const { meter, buckets, total } of fixtureSeries) {
      const known = buckets.flatMap(({ quantity }) => (quantity === null ? [] : [Number(quantity)]));
      const sum = known.reduce((all, one) => all + one, 0);
      expect(Number(total), meter.eventName).toBe(meter.aggregation === 'last' ? known.at(-1) : sum);
    }
  });

  it('tile the period', () => {
    for (const { buckets, range } of fixtureSeries) {
      expect(buckets[0]?.startMs).toBe(range.startMs);
      expect(buckets.at(-1)?.endMs).toBe(range.endMs);
      expect(buckets.slice(1).every(({ startMs }, index) => buckets[index]?.endMs === startMs)).toBe(true);
    }
  });

  it('are the same every time', () => {
    expect(createFixtures()).toEqual(createFixtures());
    expect(createFixtureOverview().credits).toEqual({ ok: true, data: createFixtures().credits });
  });
});

describe('createFixtureClient', () => {
  it('fails the section of an overview that it fails alone', async () => {
    const client = createFixtureClient({ states: { invoices: 'provider_unavailable' } });
    const overview = await client.overview.query({ timeZone: 'UTC' });
    expect(overview.invoices).toMatchObject({
      ok: false,
      error: { code: 'provider_unavailable', retryable: true },
    });
    expect(overview.credits.ok).toBe(true);
    await expect(client.invoices.list.query({})).rejects.toMatchObject({ code: 'provider_unavailable' });
  });

  it('answers for the meters that were asked', async () => {
    const client = createFixtureClient();
    const { series } = await client.usage.series.query({ ...usage, meters: ['tokens_used'] });
    expect(series.map(({ meter }) => meter.eventName)).toEqual(['tokens_used']);
    await expect(client.usage.series.query({ ...usage, meters: ['nope'] })).rejects.toMatchObject({
      code: 'unknown_meter',
    });
  });

  it("tells days of the asker's zone, in both places", async () => {
    const client = createFixtureClient();
    for (const [timeZone, first, last] of [
      ['America/New_York', '2026-11-01T04:00', '2026-12-01T05:00'],
      ['Asia/Kathmandu', '2026-10-31T18:15', '2026-11-30T18:15'],
    ] as const) {
      const alone = await client.usage.series.query({ ...usage, timeZone });
      const { usage: section } = await client.overview.query({ timeZone });
      expect(section).toEqual({ ok: true, data: alone });
      expect(alone.timeZone).toBe(timeZone);
      const buckets = alone.series[0]?.buckets ?? [];
      expect(new Date(buckets[0]?.startMs ?? 0).toISOString()).toContain(first);
      expect(new Date(buckets.at(-1)?.endMs ?? 0).toISOString()).toContain(last);
    }
  });

  it('says that what may succeed later may be tried at once', async () => {
    const { overview } = createFixtureClient({ state: 'provider_unavailable' });
    await expect(overview.query({ timeZone: 'UTC' })).rejects.toMatchObject({ retryAfterMs: 0 });
  });

  it('says how old stale answers are', async () => {
    const { asOfMs, servedAtMs, freshness } = await createFixtureClient({
      state: 'stale',
    }).credits.balance.query(undefined);
    expect(freshness).toBe('stale');
    expect(servedAtMs - asOfMs).toBe(11 * 60_000);
  });

  it('walks a top-up through its states and stays at the last', async () => {
    const { topUps } = createFixtureClient({ topUpStates: ['processing', 'granted'] });
    const states = [];
    for (let poll = 0; poll < 3; poll += 1) states.push((await topUps.status.query({ topUpId: 'a' })).state);
    expect(states).toEqual(['processing', 'granted', 'granted']);
  });
});
