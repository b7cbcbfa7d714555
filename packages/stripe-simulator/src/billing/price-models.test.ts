import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { customerWith, invoicesOf, metered, sumMeter } from '../testing/catalog.ts';
import { connect, DAY_MS, HOUR_MS, report } from '../testing/connect.ts';

type PriceParams = Partial<Stripe.PriceCreateParams>;

/** The lines that a month's usage makes at a price: [quantity_decimal, quantity, amount], and the invoice's total. */
async function billed(usage: string[], price: PriceParams, currency = 'usd') {
  await using server = await connect({ assumptions: { minimumCharge: false } });
  const { sim, stripe } = server;
  const customer = await customerWith(stripe);
  const meter = await sumMeter(stripe);
  const { id } = await metered(stripe, meter.id, { currency, ...price });
  await stripe.subscriptions.create({ customer: customer.id, items: [{ price: id }] });
  for (const quantity of usage) await report(stripe, customer.id, quantity);
  await sim.advance(30 * DAY_MS + HOUR_MS);
  const [invoice] = await invoicesOf(stripe, customer.id);
  const lines = (invoice?.lines.data ?? []).map((line) => [
    line.quantity_decimal?.toString(),
    line.quantity,
    line.amount,
  ]);
  return { lines, total: invoice?.total, paid: invoice?.amount_paid };
}

const decimal = (text: string) => Stripe.Decimal.from(text);
const tiered = (tiers_mode: 'graduated' | 'volume', tiers: Stripe.PriceCreateParams.Tier[]): PriceParams => ({
  billing_scheme: 'tiered',
  tiers_mode,
  tiers,
});
const tiers: Stripe.PriceCreateParams.Tier[] = [
  { up_to: 100, unit_amount: 50 },
  { up_to: 1_000, unit_amount: 30, flat_amount: 200 },
  { up_to: 'inf', unit_amount_decimal: decimal('12.5') },
];

describe('prices, by hand', () => {
  it('graduated: 1250.5 units are 100 × 0.50 + 900 × 0.30 + 2.00 flat + 250.5 × 0.125', async () => {
    expect(await billed(['1000', '250.5'], tiered('graduated', tiers))).toEqual({
      lines: [
        ['100', 100, 5_000],
        ['900', 900, 27_000],
        ['1', 1, 200],
        ['250.5', 250, 3_131],
      ],
      total: 35_331,
      paid: 35_331,
    });
  });

  it('volume: 1000 units are all at 0.30 plus 2.00, and 1001 all at 0.125', async () => {
    expect((await billed(['1000'], tiered('volume', tiers))).total).toBe(30_200);
    expect((await billed(['1001'], tiered('volume', tiers))).total).toBe(12_513);
  });

  it('flat plus unit: a first tier with a flat fee, due also without usage', async () => {
    const base: Stripe.PriceCreateParams.Tier[] = [
      { up_to: 10, flat_amount: 900, unit_amount: 0 },
      { up_to: 'inf', unit_amount: 25 },
    ];
    expect((await billed([], tiered('graduated', base))).total).toBe(900);
    expect((await billed(['14'], tiered('graduated', base))).total).toBe(1_000);
  });

  it('package: 25 units in tens are 3 packages rounded up and 2 rounded down', async () => {
    const packages = (round: 'down' | 'up'): PriceParams => ({
      transform_quantity: { divide_by: 10, round },
    });
    expect((await billed(['25'], packages('up'))).total).toBe(300);
    expect((await billed(['25'], packages('down'))).total).toBe(200);
    expect((await billed(['20'], packages('up'))).total).toBe(200);
  });

  it('12 decimals: 999999999999 units at 0.000000000123 cents are 123 cents', async () => {
    const price = { unit_amount_decimal: decimal('0.000000000123') };
    expect((await billed(['999999999999'], price)).total).toBe(123);
  });

  it('exact: three times 0.1 is 0.3, and quantity is cut beside quantity_decimal', async () => {
    expect(await billed(['0.1', '0.1', '0.1'], { unit_amount: 1_000 })).toEqual({
      lines: [['0.3', 0, 300]],
      total: 300,
      paid: 300,
    });
  });

  it.each([
    ['jpy', '1.5', 750],
    ['kwd', '1.5', 750],
    ['usd', '1.5', 750],
  ])('%s: amounts are in the smallest unit, whatever its digits', async (currency, usage, total) => {
    expect((await billed([usage], { unit_amount: 500 }, currency)).total).toBe(total);
  });

  it('a negative usage bills nothing', async () => {
    expect(await billed(['5', '-9'], {})).toEqual({ lines: [['0', 0, 0]], total: 0, paid: 0 });
  });
});
