import type { MeterCost } from '@meterboard/contract';
import fc from 'fast-check';
import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusalOf } from './stripe-world.ts';
import { at, dayMs, startUsageWorld, type UsageWorld, withFree } from './usage-world.ts';

let world: UsageWorld;
beforeEach(async () => {
  world = await startUsageWorld();
});
afterEach(() => world.close());

const readCost = async (timeZone = 'UTC') => (await world.kit.usage.cost.query({ timeZone })).meters;

const sumOf = (parts: { amount: { amountMinor: number } | null }[]) =>
  parts.reduce((sum, { amount }) => sum + (amount?.amountMinor ?? 0), 0);

/** What a cost promises of itself, and what Stripe's own preview says of it. */
function expectWhole(cost: MeterCost | undefined, previewed: number) {
  expect(cost?.differs).toBe(false);
  expect(cost?.total.amountMinor).toBe(previewed);
  expect(sumOf(cost?.parts.flatMap(({ lines }) => lines) ?? [])).toBe(previewed);
  expect(sumOf(cost?.days ?? [])).toBe(previewed);
}

const linesOf = ({ parts }: MeterCost) =>
  parts
    .flatMap(({ lines }) => lines)
    .map(({ kind, fromQuantity, toQuantity, quantity, unitAmountMinor, packageSize, amount }) => [
      kind,
      `${fromQuantity}–${toQuantity ?? '∞'}`,
      quantity,
      unitAmountMinor,
      packageSize,
      amount.amountMinor,
    ]);

describe('what a meter costs', () => {
  it('S3-6: with 100 free, usage of 130 bills 30 and shows that 100 are included', async () => {
    const seat = await world.client.prices.create({
      currency: 'usd',
      product_data: { name: 'Seat' },
      recurring: { interval: 'month' },
      unit_amount: 1_000,
    });
    const addOn = await world.price(await world.meter('units'), withFree(100, 5));
    await world.subscribe([seat, addOn]);
    await world.advanceTo('2026-03-12T10:00:00Z');
    await world.report('units', 80);
    await world.advanceTo('2026-03-14T10:00:00Z');
    await world.report('units', 50);
    const [summary] = (await world.kit.usage.summary.query()).meters;
    expect([summary?.total, summary?.included, summary?.usedRatio, summary?.status]).toEqual([
      '130',
      '100',
      1.3,
      'over',
    ]);
    expect(summary?.costs).toEqual([{ amountMinor: 150, currency: 'usd' }]);
    const [cost] = await readCost();
    expectWhole(cost, 150);
    expect(cost && linesOf(cost)).toEqual([
      ['usage', '0–100', '100', '0', '1', 0],
      ['usage', '100–∞', '30', '5', '1', 150],
    ]);
    expect(
      cost?.days.filter(({ amount }) => amount?.amountMinor !== 0).map(({ startMs }) => startMs),
    ).toEqual([at('2026-03-14T00:00Z')]);
  });

  it('is laid on the days of the zone, whose edges are not the period’s', async () => {
    await world.subscribe([await world.price(await world.meter('units'))]);
    await world.advanceTo('2026-03-12T20:00:00Z');
    for (const [value, iso] of [
      [1, '2026-03-09T14:37:12Z'],
      [2, '2026-03-10T18:29:59Z'],
      [4, '2026-03-10T18:30:00Z'],
      [8, '2026-03-12T19:00:00Z'],
    ] as const)
      await world.report('units', value, iso);
    const [cost] = await readCost('Asia/Kolkata');
    expectWhole(cost, 1_500);
    expect(cost?.days.map(({ amount }) => amount?.amountMinor)).toEqual([100, 200, 400, 0, 800]);
    expect([cost?.days[0]?.startMs, cost?.period.startMs]).toEqual([
      at('2026-03-09T14:37Z'),
      at('2026-03-09T14:37:12Z'),
    ]);
  });

  it('is left out where nothing bills the meter', async () => {
    await world.meter('free');
    await world.report('free', 7);
    const found = await world.kit.usage.cost.query({ timeZone: 'UTC' });
    expect([found.meters, found.totals]).toEqual([[], []]);
  });

  it('of a level is that of its last value', async () => {
    const storage = await world.meter('storage', { default_aggregation: { formula: 'last' } });
    await world.subscribe([await world.price(storage)]);
    await world.advanceTo('2026-03-13T00:00:00Z');
    await world.report('storage', 30, '2026-03-10T10:00:00Z');
    await world.report('storage', 12, '2026-03-12T10:00:00Z');
    const [cost] = await readCost();
    expectWhole(cost, 1_200);
    expect(cost?.days.map(({ amount }) => amount?.amountMinor ?? null)).toEqual([null, 3_000, 0, -1_800, 0]);
  });

  it('is kept apart by currency', async () => {
    const [usd, eur] = [await world.meter('a'), await world.meter('b')];
    await world.subscribe([await world.price(usd)]);
    await world.subscribe([await world.price(eur, { currency: 'eur', unit_amount: 250 })]);
    await world.report('a', 1);
    await world.report('b', 2);
    const { totals, meters } = await world.kit.usage.cost.query({ timeZone: 'UTC', meters: ['b', 'a'] });
    expect(meters.map(({ meter }) => meter.eventName)).toEqual(['b', 'a']);
    expect(totals).toEqual([
      { amountMinor: 500, currency: 'eur' },
      { amountMinor: 100, currency: 'usd' },
    ]);
  });

  it('of one meter that two currencies bill is there once for each, in the summary too', async () => {
    const meter = await world.meter('units');
    await world.subscribe([await world.price(meter)]);
    await world.subscribe([await world.price(meter, { currency: 'eur', unit_amount: 250 })]);
    await world.report('units', 2);
    const [usd, eur] = [
      { amountMinor: 200, currency: 'usd' },
      { amountMinor: 500, currency: 'eur' },
    ];
    const { totals, meters } = await world.kit.usage.cost.query({ timeZone: 'UTC' });
    expect(totals).toEqual([usd, eur]);
    expect(meters.map(({ meter, total }) => [meter.eventName, total])).toEqual([
      ['units', usd],
      ['units', eur],
    ]);
    expectWhole(meters[0], 200);
    expectWhole(meters[1], 500);
    const [summary] = (await world.kit.usage.summary.query()).meters;
    expect(summary?.costs).toEqual([usd, eur]);
  });

  it('of a year in a zone on half hours has its amounts, and says that its days are not known', async () => {
    const meter = await world.meter('units');
    const yearly = await world.price(meter, {
      recurring: { interval: 'year', usage_type: 'metered', meter: meter.id },
    });
    await world.subscribe([yearly]);
    await world.report('units', 3);
    await world.simulator.advance(150 * dayMs);
    const [cost] = await readCost('Asia/Kolkata');
    expect([cost?.total.amountMinor, cost?.differs, cost?.days.length]).toEqual([300, false, 151]);
    expect(cost?.days.every(({ amount }) => amount === null)).toBe(true);
    expectWhole((await readCost('UTC'))[0], 300);
  });

  it('needs view_money, and names its meters', async () => {
    world.signIn({ customerId: world.customer, permissions: ['view', 'export'] });
    const before = world.callCount();
    expect(await refusalOf(readCost())).toMatchObject({ code: 'not_allowed' });
    expect(world.callCount()).toBe(before);
    world.signIn({ customerId: world.customer });
    expect(await refusalOf(world.kit.usage.cost.query({ timeZone: 'UTC', meters: ['x'] }))).toMatchObject({
      code: 'unknown_meter',
    });
  });
});

describe('every price model', () => {
  const models: [string, Partial<Stripe.PriceCreateParams>][] = [
    ['per unit with twelve decimals', { unit_amount_decimal: Stripe.Decimal.from('0.000000000123') }],
    ['packages, rounded up', { unit_amount: 500, transform_quantity: { divide_by: 100, round: 'up' } }],
    ['packages, rounded down', { unit_amount: 500, transform_quantity: { divide_by: 100, round: 'down' } }],
    [
      'graduated with flat fees',
      {
        billing_scheme: 'tiered',
        tiers_mode: 'graduated',
        tiers: [
          { up_to: 100, unit_amount: 0, flat_amount: 900 },
          { up_to: 1_000, unit_amount: 7 },
          { up_to: 'inf', unit_amount: 3, flat_amount: 100 },
        ],
      },
    ],
    [
      'by volume',
      {
        billing_scheme: 'tiered',
        tiers_mode: 'volume',
        tiers: [
          { up_to: 100, unit_amount: 10 },
          { up_to: 'inf', unit_amount: 4, flat_amount: 50 },
        ],
      },
    ],
  ];

  it.each(models)(
    '%s: lines and days add up to the preview, for random usage in random zones',
    async (_, terms) => {
      const price = await world.price(await world.meter('units'), terms);
      const { id: subscription } = await world.subscribe([price]);
      await world.advanceTo('2026-03-19T11:11:11Z');
      const zones = fc.constantFrom(
        'UTC',
        'Europe/Budapest',
        'Asia/Kolkata',
        'America/St_Johns',
        'Pacific/Auckland',
      );
      const event = fc.record({
        value: fc.integer({ min: 1, max: 400 }),
        atMs: fc.integer({ min: at('2026-03-09T14:38:00Z'), max: at('2026-03-19T11:11:00Z') }),
      });
      await fc.assert(
        fc.asyncProperty(zones, fc.array(event, { minLength: 1, maxLength: 4 }), async (zone, events) => {
          for (const { value, atMs } of events)
            await world.report('units', value, new Date(Math.floor(atMs / 1000) * 1000).toISOString());
          const preview = await world.client.invoices.createPreview({
            customer: world.customer,
            subscription,
          });
          expectWhole((await readCost(zone))[0], preview.subtotal);
        }),
        { numRuns: 8 },
      );
    },
  );
});
