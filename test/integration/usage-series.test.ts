import type { MeterSeries, UsageSeriesInput } from '@meterboard/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusalOf } from './stripe-world.ts';
import { at, beganAtMs, dayMs, startUsageWorld, type UsageWorld, withFree } from './usage-world.ts';

let world: UsageWorld;
beforeEach(async () => {
  world = await startUsageWorld();
});
afterEach(() => world.close());

async function read(input: Partial<UsageSeriesInput> = {}): Promise<MeterSeries> {
  const { series } = await world.kit.usage.series.query({
    range: { kind: 'period' },
    bucket: 'day',
    timeZone: 'UTC',
    ...input,
  });
  const [first] = series;
  if (!first) throw new Error('there is a meter');
  return first;
}

const quantities = ({ buckets }: Pick<MeterSeries, 'buckets'>) => buckets.map(({ quantity }) => quantity);
const known = (series: Pick<MeterSeries, 'buckets'>) =>
  series.buckets
    .filter(({ quantity }) => quantity !== null && quantity !== '0')
    .map(({ quantity }) => quantity);
const between = (start: string, end: string) =>
  ({ kind: 'between', startMs: at(start), endMs: at(end) }) as const;

describe('a chart', () => {
  it('S0-2: of events at 10:05, 10:20 and 11:10 shows 3 and 3 by the hour, and 6 in all', async () => {
    await world.meter('units');
    await world.report('units', 1, '2026-03-09T10:05:00Z');
    await world.report('units', 2, '2026-03-09T10:20:00Z');
    await world.report('units', 3, '2026-03-09T11:10:00Z');
    const found = await read({ range: between('2026-03-09T10:00Z', '2026-03-09T12:00Z'), bucket: 'hour' });
    expect([quantities(found), found.total]).toEqual([['3', '3'], '6']);
    expect(found.buckets.map(({ cumulative }) => cumulative)).toEqual(['3', '6']);
  });

  it('S2-18: is drawn of a sum and of a level', async () => {
    await world.meter('calls');
    await world.meter('storage', { default_aggregation: { formula: 'last' } });
    for (const [hour, value] of [
      ['10', 15],
      ['11', 30],
      ['12', 10],
    ] as const) {
      await world.report('calls', value, `2026-03-09T${hour}:30:00Z`);
      await world.report('storage', value, `2026-03-09T${hour}:30:00Z`);
    }
    const { series } = await world.kit.usage.series.query({
      range: between('2026-03-09T10:00Z', '2026-03-09T14:00Z'),
      bucket: 'hour',
      timeZone: 'UTC',
    });
    expect(series.map((one) => [one.meter.eventName, quantities(one), one.total])).toEqual([
      ['calls', ['15', '30', '10', '0'], '55'],
      ['storage', ['15', '30', '10', '10'], '10'],
    ]);
    expect(series[1]?.buckets.map(({ cumulative }) => cumulative)).toEqual([null, null, null, null]);
  });

  it('S3-10: of levels 15, 30 and 10 shows 10 and never 55, and carries it into a day without events', async () => {
    await world.meter('storage', { default_aggregation: { formula: 'last' } });
    for (const [hour, value] of [
      ['10', 15],
      ['11', 30],
      ['12', 10],
    ] as const)
      await world.report('storage', value, `2026-03-08T${hour}:30:00Z`);
    const found = await read({ range: between('2026-03-07T00:00Z', '2026-03-10T00:00Z') });
    expect([quantities(found), found.total]).toEqual([[null, '10', '10'], '10']);
    expect(found.buckets.map(({ carriedForward }) => carriedForward)).toEqual([false, false, true]);
  });

  it.each([
    ['day', '4'],
    ['hour', '11'],
  ] as const)(
    'of a meter that keeps the last event of each %s agrees with what is billed',
    async (window, total) => {
      const meter = await world.meter('peak', { event_time_window: window });
      await world.subscribe([await world.price(meter)]);
      await world.advanceTo('2026-03-12T12:00:00Z');
      await world.report('peak', 9, '2026-03-10T10:00:00Z');
      await world.report('peak', 7, '2026-03-10T10:30:00Z');
      await world.report('peak', 4, '2026-03-10T16:00:00Z');
      const found = await read();
      expect([found.total, found.buckets[1]?.quantity]).toEqual([total, total]);
      const { meters } = await world.kit.usage.cost.query({ timeZone: 'UTC' });
      expect(meters.map((cost) => [cost.total.amountMinor, cost.differs])).toEqual([
        [Number(total) * 100, false],
      ]);
    },
  );

  it('of a deactivated meter keeps its history where the host names it', async () => {
    const meter = await world.meter('old');
    await world.report('old', 5, '2026-03-08T10:00:00Z');
    await world.client.billing.meters.deactivate(meter.id);
    expect(
      (
        await world.kit.usage.series.query({
          range: { kind: 'last', days: 3 },
          bucket: 'day',
          timeZone: 'UTC',
        })
      ).series,
    ).toEqual([]);
    await world.close();
    world = await startUsageWorld({
      meters: { old: { label: 'Old calls', unit: 'calls' }, secret: { hidden: true } },
    });
    const again = await world.meter('old');
    await world.meter('secret');
    await world.report('old', 5, '2026-03-08T10:00:00Z');
    await world.client.billing.meters.deactivate(again.id);
    const found = await read({ range: { kind: 'last', days: 3 } });
    expect([found.meter, quantities(found)]).toEqual([
      { eventName: 'old', label: 'Old calls', unit: 'calls', aggregation: 'sum', status: 'inactive' },
      ['0', '5', '0'],
    ]);
    expect(await refusalOf(read({ meters: ['secret'] }))).toMatchObject({ code: 'unknown_meter' });
  });

  it('S3-19: takes fifty meters by POST and answers what the same question by GET does', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `metric_${String(index).padStart(2, '0')}`);
    for (const name of names) await world.meter(name);
    await world.report('metric_07', 7, '2026-03-09T10:00:00Z');
    const input = { meters: names, range: { kind: 'last', days: 1 }, bucket: 'day', timeZone: 'UTC' };
    const url = 'https://app.example/api/meterboard/trpc/usage.series';
    const body = JSON.stringify(input);
    const post = (headers: Record<string, string> = {}, type = 'application/json') =>
      world.meterboard.handler(
        new Request(url, { method: 'POST', body, headers: { 'content-type': type, ...headers } }),
      );
    const [asked, sent] = await Promise.all([
      world.meterboard.handler(new Request(`${url}?input=${encodeURIComponent(body)}`)),
      post(),
    ]);
    const [got, posted] = [await asked.json(), await sent.json()];
    expect([asked.status, sent.status]).toEqual([200, 200]);
    expect(posted).toEqual(got);
    expect(posted.result.data.series).toHaveLength(50);
    expect(posted.result.data.series[7].total).toBe('7');

    const before = world.callCount();
    const foreign: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { 'sec-fetch-site': 'same-site', origin: 'https://blog.app.example' },
      { origin: 'https://evil.example' },
    ];
    for (const headers of foreign) {
      const refused = await post(headers);
      expect([refused.status, (await refused.json()).error.data.billing.code]).toEqual([403, 'not_allowed']);
    }
    expect((await post({}, 'text/plain')).status, 'what a form could send').toBe(415);
    expect(world.callCount()).toBe(before);
    expect((await post({ 'sec-fetch-site': 'same-origin', origin: 'https://app.example' })).status).toBe(200);
  });

  it('S3-19: refuses one meter more', async () => {
    const meters = Array.from({ length: 51 }, (_, index) => `metric_${index}`);
    expect(await refusalOf(read({ meters }))).toMatchObject({ code: 'invalid_input', field: 'meters' });
  });

  it('S3-22: is reached by a typed client, each procedure of usage', async () => {
    await world.meter('units');
    const { series, summary, cost } = world.kit.usage;
    const question = { range: { kind: 'period' }, bucket: 'day', timeZone: 'UTC' } as const;
    const found = await Promise.all([
      series.query(question),
      summary.query({ timeZone: 'UTC' }),
      cost.query({ timeZone: 'UTC' }),
    ]);
    expect(found.map(({ source }) => source)).toEqual(['stripe', 'stripe', 'stripe']);
    expect((await summary.query()).meters[0]?.period).toBe(null);
  });
});

describe('S1-7: what is younger than the provider needs', () => {
  it('is settling until both agree', async () => {
    await world.close();
    world = await startUsageWorld({ settleAfterSeconds: 120 });
    await world.meter('units');
    world.simulator.faults.setAggregationLag(60_000);
    await world.report('units', 5, '2026-03-09T14:36:00Z');
    const look = async () => {
      const { freshness, series } = await world.kit.usage.series.query({
        range: between('2026-03-09T14:00Z', '2026-03-09T15:00Z'),
        bucket: 'hour',
        timeZone: 'UTC',
      });
      return [freshness, series[0]?.buckets[0]?.provisional, series[0]?.total];
    };
    expect(await look()).toEqual(['settling', true, '0']);
    await world.advanceTo('2026-03-09T15:01:59Z');
    expect(await look()).toEqual(['settling', true, '5']);
    await world.advanceTo('2026-03-09T15:02:00Z');
    expect(await look()).toEqual(['live', false, '5']);
  });
});

describe('S1-18: billing periods', () => {
  it('have exact edges: what happens at an end counts in the next one, once', async () => {
    await world.subscribe([await world.price(await world.meter('units'))]);
    await world.advanceTo('2026-04-10T00:00:00Z');
    await world.report('units', 1, '2026-03-09T14:37:12Z');
    await world.report('units', 10, '2026-04-09T14:36:59Z');
    await world.report('units', 100, '2026-04-09T14:37:12Z');
    const [current, previous] = [await read(), await read({ range: { kind: 'previous_period' } })];
    expect(previous.range).toMatchObject({
      kind: 'previous_period',
      requested: { startMs: beganAtMs, endMs: at('2026-04-09T14:37:12Z') },
      endMs: current.range.startMs,
    });
    expect([previous.total, current.total]).toEqual(['11', '100']);
    expect(previous.buckets.some(({ provisional }) => provisional)).toBe(false);
  });

  it('are those of the first subscription where several bill the meter', async () => {
    const price = await world.price(await world.meter('units'));
    await world.subscribe([price]);
    await world.advanceTo('2026-03-20T00:00:00Z');
    await world.subscribe([price]);
    await world.report('units', 7);
    const found = await read();
    expect([found.range.requested.startMs, found.total, found.changes]).toEqual([beganAtMs, '7', []]);
    const { meters, totals } = await world.kit.usage.cost.query({ timeZone: 'UTC' });
    expect(meters.map(({ total, differs }) => [total.amountMinor, differs])).toEqual([[1_400, false]]);
    expect(totals).toEqual([{ amountMinor: 1_400, currency: 'usd' }]);
  });

  it('carry the limit and what is included; other ranges do not', async () => {
    await world.close();
    world = await startUsageWorld({ meters: { units: { limit: 200 } } });
    await world.subscribe([await world.price(await world.meter('units'), withFree(100, 5))]);
    await world.advanceTo('2026-03-12T00:00:00Z');
    const terms = async (range: UsageSeriesInput['range']) => {
      const { limit, included } = await read({ range });
      return [limit, included];
    };
    expect(await terms({ kind: 'period' })).toEqual(['200', '100']);
    expect(await terms({ kind: 'previous_period' }), 'its price may have been another').toEqual([
      '200',
      null,
    ]);
    expect(await terms({ kind: 'last', days: 3 })).toEqual([null, null]);
    expect(await terms({ kind: 'month', month: '2026-03' })).toEqual([null, null]);
  });
});

describe('S3-5: a change of plan within the period', () => {
  it.each(['flexible', 'classic'] as const)(
    'keeps 40 before and 60 after as one series of 100, in %s mode',
    async (type) => {
      const meter = await world.meter('units');
      const [basic, pro] = [
        await world.price(meter, { nickname: 'Basic' }),
        await world.price(meter, { unit_amount: 300, nickname: 'Pro' }),
      ];
      const { id, items } = await world.subscribe([basic], { billing_mode: { type } });
      await world.advanceTo('2026-03-12T10:00:00Z');
      await world.report('units', 40);
      await world.advanceTo('2026-03-19T08:20:05Z');
      await world.client.subscriptions.update(id, {
        items: [{ id: items.data[0]?.id ?? '', price: pro.id }],
      });
      await world.advanceTo('2026-03-21T10:00:00Z');
      await world.report('units', 60);
      const found = await read();
      expect([found.total, known(found)]).toEqual(['100', ['40', '60']]);
      expect(found.buckets.find(({ startMs }) => startMs === at('2026-03-21T00:00Z'))?.cumulative).toBe(
        '100',
      );
      expect(found.changes).toEqual([{ atMs: at('2026-03-19T08:20:05Z'), label: 'Pro' }]);
      expect((await read({ range: { kind: 'last', days: 2 } })).changes).toEqual([]);
      expect((await read({ range: { kind: 'previous_period' } })).changes).toEqual([]);
      const [summary] = (await world.kit.usage.summary.query()).meters;
      expect(summary?.total).toBe('100');
      const { meters } = await world.kit.usage.cost.query({ timeZone: 'UTC' });
      const changedAtMs = at('2026-03-19T08:20:05Z');
      const now = { startMs: changedAtMs, endMs: at('2026-04-09T14:37:12Z'), label: 'Pro' };
      const before = { startMs: beganAtMs, endMs: changedAtMs, label: 'Basic' };
      expect(meters[0]).toMatchObject({
        differs: false,
        parts: [
          ...(type === 'flexible' ? [{ ...before, lines: [{ amount: { amountMinor: 4_000 } }] }] : []),
          { ...now, lines: [{ amount: { amountMinor: 18_000 } }] },
        ],
      });
      const days = meters[0]?.days.filter(({ amount }) => amount?.amountMinor !== 0) ?? [];
      expect(days.map(({ startMs, amount }) => [startMs, amount?.amountMinor])).toEqual([
        ...(type === 'flexible' ? [[at('2026-03-12T00:00Z'), 4_000]] : []),
        [at('2026-03-21T00:00Z'), 18_000],
      ]);
    },
  );

  it('is named by the product where the price has no name, and needs no preview where nothing bills the range', async () => {
    const meter = await world.meter('units');
    const [basic, pro] = [
      await world.price(meter),
      await world.price(meter, { unit_amount: 300, product_data: { name: 'Pro plan' } }),
    ];
    const { id, items } = await world.subscribe([basic]);
    await world.advanceTo('2026-03-12T10:00:00Z');
    await world.client.subscriptions.update(id, { items: [{ id: items.data[0]?.id ?? '', price: pro.id }] });
    expect((await read()).changes).toEqual([{ atMs: at('2026-03-12T10:00:00Z'), label: 'Pro plan' }]);
    world.simulator.requests.clear();
    await read({ range: { kind: 'month', month: '2026-02' } });
    expect(world.simulator.requests.all({ path: /create_preview/ })).toEqual([]);
  });

  it('hides no usage where the preview cannot be had', async () => {
    await world.subscribe([await world.price(await world.meter('units'))]);
    await world.report('units', 3);
    world.simulator.faults.failNext({ path: /create_preview/, status: 500 });
    const found = await read();
    expect([found.total, found.changes]).toEqual(['3', []]);
    expect(world.log.lines.join()).toContain('usage.series changes');
  });
});

describe('a comparison', () => {
  it('sets the period against the same point of the one before, exactly, in decimals', async () => {
    await world.subscribe([await world.price(await world.meter('units'))]);
    await world.advanceTo('2026-04-12T16:00:00Z');
    await world.report('units', '0.1', '2026-03-10T00:00:00Z');
    await world.report('units', '0.2', '2026-03-12T15:59:59Z');
    await world.report('units', '70', '2026-03-12T16:00:00Z');
    await world.report('units', '0.9', '2026-04-10T00:00:00Z');
    const found = await read({ compare: true });
    expect(found.previous).toMatchObject({
      range: { startMs: at('2026-03-09T14:37Z'), endMs: at('2026-04-09T14:37Z') },
      total: '70.3',
      toDate: '0.3',
      changeRatio: 2,
    });
    expect(known(found.previous ?? found)).toEqual(['0.1', '70.2']);
    expect(found.previous?.buckets[1]?.cumulative).toBe('0.1');
    const [summary] = (await world.kit.usage.summary.query()).meters;
    expect(summary?.previous).toEqual({ toDate: '0.3', changeRatio: 2 });
    expect((await read()).previous).toBe(null);
  });

  it('sets what is over against all of the time before it', async () => {
    await world.meter('units');
    await world.report('units', 4, '2026-02-10T00:00:00Z');
    await world.report('units', 6, '2026-03-05T00:00:00Z');
    await world.advanceTo('2026-04-02T00:00:00Z');
    const march = await read({ range: { kind: 'month', month: '2026-03' }, compare: true });
    expect(march.previous).toMatchObject({ total: '4', toDate: '4', changeRatio: 0.5 });
    expect(march.previous?.buckets).toHaveLength(28);
  });

  it('has nothing to compare with where a level was not known or nothing was used', async () => {
    await world.meter('storage', { default_aggregation: { formula: 'last' } });
    await world.meter('units');
    await world.report('storage', 5);
    await world.report('units', 5);
    const { series } = await world.kit.usage.series.query({
      range: { kind: 'last', days: 1 },
      bucket: 'day',
      timeZone: 'UTC',
      compare: true,
    });
    expect(series.map(({ previous }) => [previous?.toDate, previous?.changeRatio])).toEqual([
      [null, null],
      ['0', null],
    ]);
  });
});

describe('a forecast', () => {
  it('says how the period will end, the same for the chart in any cut and for the card', async () => {
    await world.subscribe([await world.price(await world.meter('units'))]);
    await world.advanceTo('2026-03-23T12:00:00Z');
    for (let day = 10; day < 23; day += 1) await world.report('units', 24, `2026-03-${day}T12:00:00Z`);
    const [byDay, byHour, byWeek, card] = [
      await read({ forecast: true }),
      await read({ forecast: true, bucket: 'hour', timeZone: 'Europe/Budapest' }),
      await read({ forecast: true, bucket: 'week', timeZone: 'Asia/Kolkata' }),
      (await world.kit.usage.summary.query({ timeZone: 'America/New_York' })).meters[0]?.forecast,
    ];
    if (byDay.forecast?.kind !== 'forecast' || card?.kind !== 'forecast')
      throw new Error('there is a forecast');
    const { total, buckets, basedOnDays } = byDay.forecast;
    expect(Number(total.mid)).toBeGreaterThan(312 + 24 * 16);
    expect(Number(total.mid)).toBeLessThan(312 + 24 * 19);
    expect(basedOnDays).toBeGreaterThanOrEqual(13);
    expect(buckets[0]?.startMs).toBe(at('2026-03-23T00:00Z'));
    expect(buckets.at(-1)).toMatchObject({ endMs: byDay.range.endMs, cumulative: total });
    const mids = buckets.map(({ cumulative }) => Number(cumulative.mid));
    expect(mids).toEqual(mids.toSorted((a, b) => a - b));
    for (const other of [byHour.forecast, byWeek.forecast, card])
      expect(other).toMatchObject({ kind: 'forecast', total, basedOnDays });
  });

  it.each([
    [{ range: { kind: 'previous_period' } }, 'ended'],
    [{ range: { kind: 'period' } }, 'too_little_data'],
    [
      { range: { kind: 'between', startMs: beganAtMs + dayMs, endMs: beganAtMs + 2 * dayMs } },
      'not_forecastable',
    ],
  ] as const)('of %o is not there, and says why', async (input, reason) => {
    await world.subscribe([await world.price(await world.meter('units'))]);
    await world.report('units', 1);
    const found = await read({ ...input, forecast: true });
    expect(found.forecast).toEqual({ kind: 'unavailable', reason });
    expect((await read(input)).forecast).toBe(null);
  });

  it('of a level is not told', async () => {
    await world.meter('storage', { default_aggregation: { formula: 'last' } });
    const found = await read({ range: { kind: 'last', days: 5 }, forecast: true });
    expect(found.forecast).toEqual({ kind: 'unavailable', reason: 'not_forecastable' });
  });
});

describe('any zone', () => {
  it.each([
    ['a day of 23 hours', 'Europe/Budapest', '2026-03-29', 23],
    ['a day of 25 hours', 'America/New_York', '2026-11-01', 25],
    ['a day of 24.5 hours', 'Australia/Lord_Howe', '2026-04-05', 24.5],
    ['a day in a zone of three quarters', 'Asia/Kathmandu', '2026-03-20', 24],
  ])('F-zones: shows %s whole', async (_, timeZone, date, hours) => {
    await world.meter('units');
    const midnight = startOfDay(date, timeZone);
    const next = midnight + hours * 3_600_000;
    await world.advanceTo(new Date(next + 2 * dayMs).toISOString());
    await world.report('units', 1, new Date(midnight - 1000).toISOString());
    await world.report('units', 10, new Date(midnight).toISOString());
    await world.report('units', 100, new Date(next - 1000).toISOString());
    await world.report('units', 1000, new Date(next).toISOString());
    const found = await read({
      range: { kind: 'between', startMs: midnight - 3_600_000, endMs: next + 1 },
      timeZone,
    });
    expect(quantities(found)).toEqual(['1', '110', '1000']);
    expect(found.total).toBe('1111');
    expect(found.buckets[1]).toMatchObject({ startMs: midnight, endMs: next, partial: false });
  });
});

/** The first instant of a day in a zone, found without the kit. */
function startOfDay(date: string, timeZone: string): number {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  let atMs = Date.parse(`${date}T00:00:00Z`) - 15 * 3_600_000;
  while (format.format(atMs) < date) atMs += 900_000;
  return atMs;
}
