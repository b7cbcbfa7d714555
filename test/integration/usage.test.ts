import type { UsageSeriesInput } from '@meterboard/contract';
import { createMeterboard } from '@meterboard/server';
import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildAccount, connect, refusalOf, startWorld } from './stripe-world.ts';

const nowMs = Date.UTC(2026, 2, 20, 15, 45, 30);
const at = (iso: string) => Date.parse(iso);
let world: Awaited<ReturnType<typeof startWorld>>;
let account: Awaited<ReturnType<typeof buildAccount>>;

beforeEach(async () => {
  // What a question asks of Stripe, and what arrives between two of them.
  world = await startWorld('empty', nowMs, { cache: false });
  account = await buildAccount(world.client);
  world.signIn({ customerId: account.first });
});
afterEach(() => world.close());

const report = (
  value: number,
  iso: string,
  customer = account.first,
  stripe: Stripe = world.meterboard.stripe,
) =>
  stripe.billing.meterEvents.create({
    event_name: 'api_calls',
    payload: { stripe_customer_id: customer, value: String(value) },
    timestamp: at(iso) / 1000,
  });

const readSeries = async (input: Partial<UsageSeriesInput>) => {
  const { series } = await connect(world.meterboard).usage.series.query({
    range: { kind: 'last', days: 1 },
    bucket: 'day',
    timeZone: 'UTC',
    ...input,
  });
  const [first] = series;
  if (!first) throw new Error('the account has a meter');
  return first;
};
const between = (start: string, end: string) =>
  ({ kind: 'between', startMs: at(start), endMs: at(end) }) as const;

describe('the Stripe client', () => {
  it('S0-10: is the very instance that the host passed', () => {
    expect(world.meterboard.stripe).toBe(world.client);
  });

  it('S0-10: is built from a key and reachable where the host passed a key', async () => {
    const { host, port } = world.simulator;
    const stripe = { secretKey: 'sk_test_built', host, port, protocol: 'http' } as const;
    const built = createMeterboard({ stripe, identify: () => null });
    expect(built.stripe).toBeInstanceOf(Stripe);
    expect((await built.stripe.billing.meters.list()).data).toHaveLength(1);
  });

  it('S0-11: reports 150, and usage shows 150', async () => {
    await report(150, '2026-03-20T15:45:30Z');
    expect((await readSeries({})).total).toBe('150');
    const [meter] = (await connect(world.meterboard).usage.summary.query()).meters;
    expect([meter?.meter.label, meter?.total]).toEqual(['API calls', '150']);
  });

  it("S1-12: reports directly through Stripe's SDK, beside the kit, with the same result", async () => {
    const { host, port } = world.simulator;
    const own = new Stripe('sk_test_host', { host, port, protocol: 'http', telemetry: false });
    await report(100, '2026-03-20T14:00:00Z', account.first, own);
    await report(50, '2026-03-20T15:00:00Z');
    expect((await readSeries({})).total).toBe('150');
  });
});

describe('the list of meters', () => {
  it('F-series: is complete where Stripe needs several pages for it', async () => {
    for (let index = 0; index < 104; index += 1) {
      await world.client.billing.meters.create({
        display_name: `Meter ${index}`,
        event_name: `meter_${index}`,
        default_aggregation: { formula: 'sum' },
      });
    }
    expect((await connect(world.meterboard).meters.list.query()).meters).toHaveLength(105);
  });
});

describe('a range of usage', () => {
  it('S3-9: includes an event exactly at its start and excludes one exactly at its end', async () => {
    await report(1, '2026-03-20T10:00:00Z');
    await report(10, '2026-03-20T12:00:00Z');
    const hours = await readSeries({
      range: between('2026-03-20T10:00Z', '2026-03-20T12:00Z'),
      bucket: 'hour',
    });
    expect([hours.total, hours.buckets.map(({ quantity }) => quantity)]).toEqual(['1', ['1', '0']]);
    const later = await readSeries({
      range: between('2026-03-20T12:00Z', '2026-03-20T13:00Z'),
      bucket: 'hour',
    });
    expect(later.total).toBe('10');
  });

  it('groups events by hour, and the hours add up', async () => {
    await report(1, '2026-03-20T10:05:00Z');
    await report(2, '2026-03-20T10:20:00Z');
    await report(3, '2026-03-20T11:10:00Z');
    const { buckets, total } = await readSeries({
      range: between('2026-03-20T10:00Z', '2026-03-20T12:00Z'),
      bucket: 'hour',
    });
    expect([buckets.map(({ quantity }) => quantity), total]).toEqual([['3', '3'], '6']);
  });

  it('F-alignment: is widened to what Stripe accepts where its edges are misaligned, and says so', async () => {
    world.simulator.requests.clear();
    const { range } = await readSeries({
      range: between('2026-03-20T10:07:31Z', '2026-03-20T12:00:05Z'),
      bucket: 'hour',
    });
    expect(range).toMatchObject({
      widened: true,
      startMs: at('2026-03-20T10:00Z'),
      endMs: at('2026-03-20T13:00Z'),
      requested: { startMs: at('2026-03-20T10:07:31Z'), endMs: at('2026-03-20T12:00:05Z') },
    });
    const [asked] = world.simulator.requests.all({ path: /event_summaries$/ });
    const query = new URLSearchParams(asked?.query);
    expect(['start_time', 'end_time', 'value_grouping_window'].map((name) => query.get(name))).toEqual([
      String(at('2026-03-20T10:00Z') / 1000),
      String(at('2026-03-20T13:00Z') / 1000),
      'hour',
    ]);
  });

  it('F-zones: has the days of the zone, by the minute where the zone is on half hours', async () => {
    await report(7, '2026-03-19T18:29:59Z');
    await report(5, '2026-03-19T18:30:00Z');
    const { buckets } = await readSeries({ range: { kind: 'last', days: 2 }, timeZone: 'Asia/Kolkata' });
    expect(buckets.map(({ quantity }) => quantity)).toEqual(['7', '5']);
  });

  it('is the billing period of the subscription item, odd seconds included, and knows the future from zero', async () => {
    await report(4, '2026-03-20T15:45:30Z');
    const { range, buckets, total } = await readSeries({ range: { kind: 'period' } });
    expect(range.requested).toEqual({ startMs: nowMs, endMs: at('2026-04-20T15:45:30Z') });
    expect([range.startMs, range.endMs]).toEqual([at('2026-03-20T15:45Z'), at('2026-04-20T15:45Z')]);
    expect(total).toBe('4');
    expect(buckets[0]).toMatchObject({ partial: true, provisional: true, quantity: '4' });
    expect(buckets.slice(1).every(({ quantity }) => quantity === null)).toBe(true);
  });

  it.each([
    ['inverted', between('2026-03-02T00:00Z', '2026-03-01T00:00Z'), 'day', 'range.endMs', /after the start/],
    ['endless', { kind: 'between', startMs: 0, endMs: 8.64e15 }, 'day', 'range.endMs', /400 days/],
    ['over-long', { kind: 'last', days: 401 }, 'day', 'range.days', /400 days/],
    ['cut too finely', { kind: 'last', days: 60 }, 'hour', 'range.days', /750 buckets/],
    ['of no days', { kind: 'last', days: 0 }, 'day', 'range.days', undefined],
    ['not a number', { kind: 'between', startMs: Number.NaN, endMs: 1 }, 'day', 'range.startMs', undefined],
    ['of an unknown kind', { kind: 'forever' }, 'day', 'range.kind', undefined],
  ])('that is %s is refused before any Stripe call', async (_, range, bucket, field, limit) => {
    const before = world.callCount();
    const input = { range, bucket, timeZone: 'UTC' } as unknown as UsageSeriesInput;
    const refusal = await refusalOf(connect(world.meterboard).usage.series.query(input));
    expect(refusal).toMatchObject({ code: 'invalid_range', field, retryable: false });
    if (limit) expect(refusal.limit).toMatch(limit);
    expect(world.callCount()).toBe(before);
  });

  it.each([
    [
      { timeZone: 'Mars/Olympus' },
      {
        code: 'invalid_input',
        field: 'timeZone',
        message: 'The request is not valid: timeZone is not a known IANA time zone.',
      },
    ],
    [{ meters: ['nothing'] }, { code: 'unknown_meter', field: 'meters' }],
    [{ meters: [] }, { code: 'invalid_input', field: 'meters' }],
    [{ bucket: 'minute' }, { code: 'invalid_input', field: 'bucket' }],
  ])('with %o is refused with its field', async (known, expected) => {
    expect(await refusalOf(readSeries(known as Partial<UsageSeriesInput>))).toMatchObject(expected);
  });
});
