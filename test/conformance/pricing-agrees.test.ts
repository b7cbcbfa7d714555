import { createSimulator, SCENARIOS, type Simulator } from '@meterboard/stripe-simulator';
import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { priceSegments } from '../../packages/server/src/domain/cost-over-time.ts';
import { addDecimals } from '../../packages/server/src/domain/decimal.ts';
import { linesOf, priceQuantity } from '../../packages/server/src/domain/pricing.ts';
import type { RawPrice } from '../../packages/server/src/gateway.ts';
import { createPriceBook } from '../../packages/server/src/gateways/stripe/prices.ts';

const START_MS = Date.UTC(2026, 8, 1);
const DAY_MS = 86_400_000;
const decimal = (text: string) => Stripe.Decimal.from(text);

type Terms = Partial<Stripe.PriceCreateParams>;
type Shown = [quantity: string, unitAmountMinor: string, amountMinor: number];

function clientOf({ host, port }: Simulator): Stripe {
  const server = { host, port, protocol: 'http' as const };
  return new Stripe('sk_test_pricing', { ...server, telemetry: false, maxNetworkRetries: 0 });
}

/** Fails the test where a price is unknown to us: the simulator sells none that may be. */
function ourLines(price: RawPrice, quantity: string): Shown[] {
  const priced = priceQuantity(price, quantity);
  if (priced === null) throw new Error(`${price.priceId} has no price of ours.`);
  const lines = linesOf(priced);
  expect(lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(priced.amountMinor);
  return lines.map((line) => [line.quantity, plain(line.unitAmountMinor), line.amountMinor]);
}

function shownLine({ quantity_decimal, pricing, amount }: Stripe.InvoiceLineItem): Shown {
  return [plain(quantity_decimal), plain(pricing?.unit_amount_decimal), amount];
}

function plain(value: { toString(): string } | null | undefined): string {
  return addDecimals([String(value)]);
}

/** Quantity times unit amount in whole numbers only, rounded half up. */
function exactAmount(quantity: string, unitAmountMinor: string): number {
  const [[a = '', b = ''], [c = '', d = '']] = [quantity.split('.'), unitAmountMinor.split('.')];
  const scale = 10n ** BigInt(b.length + d.length);
  return Number((2n * BigInt(a + b) * BigInt(c + d) + scale) / (2n * scale));
}

describe('our price is that of the preview, line by line', () => {
  let sim: Simulator;
  let stripe: Stripe;
  let meter: Stripe.Billing.Meter;
  let product: Stripe.Product;
  beforeAll(async () => {
    sim = await createSimulator({ nowMs: START_MS, frozen: true });
    stripe = clientOf(sim);
    meter = await stripe.billing.meters.create({
      display_name: 'Units',
      event_name: 'units',
      default_aggregation: { formula: 'sum' },
    });
    product = await stripe.products.create({ name: 'Units' });
  });
  afterAll(() => sim.close());

  const createPrice = (currency: string, terms: Terms) =>
    stripe.prices.create({
      currency,
      product: product.id,
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
      ...terms,
    });
  const use = (customer: string, value: string, timestamp = START_MS / 1_000) =>
    stripe.billing.meterEvents.create({
      event_name: 'units',
      timestamp,
      payload: { stripe_customer_id: customer, value },
    });

  /** Sells a quantity and compares; answers the lines. */
  async function agree(currency: string, terms: Terms, quantity: string): Promise<Shown[]> {
    const [{ id: customer }, { id: price }] = await Promise.all([
      stripe.customers.create({}),
      createPrice(currency, terms),
    ]);
    const [{ id: subscription }] = await Promise.all([
      stripe.subscriptions.create({ customer, items: [{ price }] }),
      quantity === '0' ? undefined : use(customer, quantity),
    ]);
    const preview = await stripe.invoices.createPreview({ customer, subscription });
    const ours = ourLines(await createPriceBook(stripe).get(price), quantity);
    expect(ours).toEqual(preview.lines.data.map(shownLine));
    expect(ours.reduce((sum, [, , amountMinor]) => sum + amountMinor, 0)).toBe(preview.total);
    return ours;
  }

  const number = (most: number, places: number) =>
    fc
      .tuple(fc.integer({ min: 0, max: 10 ** most - 1 }), fc.integer({ min: 0, max: places }))
      .map(([units, shift]) => {
        const text = String(units).padStart(shift + 1, '0');
        return plain(shift === 0 ? text : `${text.slice(0, -shift)}.${text.slice(-shift)}`);
      });
  const quantities = fc.oneof(number(9, 6), number(4, 3), fc.constantFrom('0', '100', '1000', '1000.5'));
  const tiers = fc
    .array(
      fc.record({
        width: fc.oneof(fc.constantFrom(100, 900), fc.integer({ min: 1, max: 2_000 })),
        unit: fc.option(number(6, 12), { nil: undefined }),
        flat: fc.option(fc.oneof(number(4, 0), number(5, 3)), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((steps) => {
      let bound = 0;
      return steps.map(({ width, unit, flat }, index): Stripe.PriceCreateParams.Tier => {
        bound += width;
        return {
          up_to: index === steps.length - 1 ? 'inf' : bound,
          ...(unit === undefined && flat !== undefined ? {} : { unit_amount_decimal: decimal(unit ?? '0') }),
          ...(flat === undefined ? {} : { flat_amount_decimal: decimal(flat) }),
        };
      });
    });
  const terms: fc.Arbitrary<Terms> = fc.oneof(
    number(6, 12).map((unit) => ({ unit_amount_decimal: decimal(unit) })),
    fc
      .record({
        unit: number(4, 12),
        divide_by: fc.integer({ min: 1, max: 5_000 }),
        round: fc.constantFrom('up' as const, 'down' as const),
      })
      .map(({ unit, ...transform_quantity }) => ({ unit_amount_decimal: decimal(unit), transform_quantity })),
    fc
      .record({ tiers_mode: fc.constantFrom('graduated' as const, 'volume' as const), tiers })
      .map((tiered) => ({ billing_scheme: 'tiered' as const, ...tiered })),
  );

  it('for random prices of every model and random quantities', async () => {
    const currency = fc.constantFrom('usd', 'jpy', 'kwd', 'eur', 'huf', 'clp', 'bhd');
    await fc.assert(
      fc.asyncProperty(currency, terms, quantities, async (code, price, quantity) => {
        await agree(code, price, quantity);
      }),
      { numRuns: 250 },
    );
  });

  it.each(['0', '99.999', '100', '100.001', '1000', '1000.5'])(
    'at %s units, on and beside the bounds of tiers',
    async (quantity) => {
      for (const tiers_mode of ['graduated', 'volume'] as const) {
        const bounds: Stripe.PriceCreateParams.Tier[] = [
          { up_to: 100, unit_amount: 0, flat_amount: 900 },
          { up_to: 1_000, unit_amount_decimal: decimal('0.5'), flat_amount_decimal: decimal('0.5') },
          { up_to: 'inf', unit_amount_decimal: decimal('0.1') },
        ];
        await agree('usd', { billing_scheme: 'tiered', tiers_mode, tiers: bounds }, quantity);
      }
    },
  );

  it('R12: in every currency that Stripe takes, without one rounding difference to integer arithmetic', async () => {
    const refused = await createPrice('zzz', { unit_amount: 1 }).catch((error: Error) => error.message);
    const currencies = String(refused).split('currencies: ')[1]?.split(', ') ?? [];
    expect(currencies.length).toBeGreaterThan(140);
    const [example] = fc.sample(
      fc.array(fc.tuple(number(6, 12), number(9, 6)), { minLength: 450, maxLength: 450 }),
      {
        numRuns: 1,
        seed: 12,
      },
    );
    let lines = 0;
    for (const [index, code] of currencies.entries()) {
      for (const [unit, quantity] of example?.slice(index * 2, index * 2 + 2) ?? []) {
        const [line] = await agree(code, { unit_amount_decimal: decimal(unit) }, quantity);
        expect(line).toEqual([quantity, unit, exactAmount(quantity, unit)]);
        lines += 1;
      }
    }
    expect(lines).toBe(currencies.length * 2);
  });

  it.each(['flexible', 'classic'] as const)(
    'when the price changes within the period, in %s mode',
    async (type) => {
      const sizes: Terms[] = [
        {
          billing_scheme: 'tiered',
          tiers_mode: 'graduated',
          tiers: [
            { up_to: 10, unit_amount: 0, flat_amount: 300 },
            { up_to: 'inf', unit_amount_decimal: decimal('0.7') },
          ],
        },
        { unit_amount: 30, transform_quantity: { divide_by: 4, round: 'up' } },
      ];
      const used = ['15.5', '9'];
      await using changing = await worldOf(type, sizes, used);
      const { preview, prices } = changing;
      const segments = prices.map((price, index) => ({ price, quantity: used[index] ?? '0' }));
      const priced = priceSegments(segments, type);
      expect(preview.total).toBe(type === 'flexible' ? 304 + 90 : 90);
      expect(priced?.amountMinor).toBe(preview.total);
    },
  );
});

/** A subscription on a clock of its own that was used, moved to the second price after ten days, and used again. */
async function worldOf(type: 'classic' | 'flexible', sizes: readonly Terms[], used: readonly string[]) {
  const sim = await createSimulator({ nowMs: START_MS, frozen: true });
  const stripe = clientOf(sim);
  const meter = await stripe.billing.meters.create({
    display_name: 'Units',
    event_name: 'units',
    default_aggregation: { formula: 'sum' },
  });
  const ids: string[] = [];
  for (const terms of sizes) {
    const price = await stripe.prices.create({
      currency: 'usd',
      product_data: { name: 'Units' },
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
      ...terms,
    });
    ids.push(price.id);
  }
  const { id: customer } = await stripe.customers.create({});
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: ids[0] ?? '' }],
    billing_mode: { type },
  });
  const use = (value = '0') =>
    stripe.billing.meterEvents.create({
      event_name: 'units',
      payload: { stripe_customer_id: customer, value },
    });
  await sim.advance(DAY_MS);
  await use(used[0]);
  await sim.advance(9 * DAY_MS);
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: subscription.items.data[0]?.id ?? '', price: ids[1] ?? '' }],
  });
  await sim.advance(DAY_MS);
  await use(used[1]);
  const preview = await stripe.invoices.createPreview({ customer, subscription: subscription.id });
  const book = createPriceBook(stripe);
  const prices = [await book.get(ids[0] ?? ''), await book.get(ids[1] ?? '')];
  return { preview, prices, [Symbol.asyncDispose]: () => sim.close() };
}

describe('our price is that of the preview in every scenario', () => {
  it.each(SCENARIOS.filter((name) => name !== 'empty'))('%s', async (scenario) => {
    const sim = await createSimulator({ scenario, nowMs: Date.UTC(2026, 10, 26, 9, 30), frozen: true });
    try {
      const stripe = clientOf(sim);
      const book = createPriceBook(stripe);
      const subscriptions = await stripe.subscriptions.list({ limit: 5 });
      let compared = 0;
      for (const { id, customer, items } of subscriptions.data) {
        const preview = await stripe.invoices.createPreview({ customer: String(customer), subscription: id });
        const { data: lines, has_more } = preview.lines;
        expect(has_more).toBe(false);
        for (const { price } of items.data) {
          if (price.recurring?.usage_type !== 'metered') continue;
          const billed = lines.filter(({ pricing }) => pricing?.price_details?.price === price.id);
          const isFee = ({ description }: Stripe.InvoiceLineItem) => description?.includes('flat fee');
          const usage = billed.filter((line) => !isFee(line)).map((line) => plain(line.quantity_decimal));
          expect(ourLines(await book.get(price.id), addDecimals(usage))).toEqual(billed.map(shownLine));
          compared += 1;
        }
      }
      expect(compared).toBeGreaterThan(0);
    } finally {
      await sim.close();
    }
  });

  it('tiers: every amount that was computed by hand', async () => {
    const sim = await createSimulator({ scenario: 'tiers', nowMs: START_MS, frozen: true });
    try {
      const book = createPriceBook(clientOf(sim));
      for (const { name, priceId, quantity, amountMinor } of sim.scenario.examples)
        expect(priceQuantity(await book.get(priceId), quantity)?.amountMinor, name).toBe(amountMinor);
    } finally {
      await sim.close();
    }
  });
});
