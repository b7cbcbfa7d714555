import Stripe from 'stripe';
import { expect, it } from 'vitest';
import { describeOnEachAccount, eventually } from './account.ts';
import { createMeter, createMeteredPrice, createStage, use } from './stage.ts';

const decimal = (text: string) => Stripe.Decimal.from(text);

/** Computed by hand; amounts in US cents. */
const examples: readonly {
  name: string;
  terms: Partial<Stripe.PriceCreateParams>;
  quantity: number;
  amountMinor: number;
}[] = [
  {
    name: 'graduated',
    // 1,000 × 0 + 1,500 × 0.8 + 500 × 0.5 = 1,200 + 250
    terms: {
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [
        { up_to: 1_000, unit_amount: 0 },
        { up_to: 2_500, unit_amount_decimal: decimal('0.8') },
        { up_to: 'inf', unit_amount_decimal: decimal('0.5') },
      ],
    },
    quantity: 3_000,
    amountMinor: 1_450,
  },
  {
    name: 'volume',
    // 3,000 × 0.6: every unit at the price of the tier that is reached
    terms: {
      billing_scheme: 'tiered',
      tiers_mode: 'volume',
      tiers: [
        { up_to: 1_000, unit_amount: 1 },
        { up_to: 5_000, unit_amount_decimal: decimal('0.6') },
        { up_to: 'inf', unit_amount_decimal: decimal('0.4') },
      ],
    },
    quantity: 3_000,
    amountMinor: 1_800,
  },
  {
    name: 'package',
    // 2,050 ÷ 100 = 20.5, rounded up to 21 packages at 30
    terms: { unit_amount: 30, transform_quantity: { divide_by: 100, round: 'up' } },
    quantity: 2_050,
    amountMinor: 630,
  },
  {
    name: 'flat_and_unit',
    // 500 for reaching the tier + 200 × 2
    terms: {
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [{ up_to: 'inf', unit_amount: 2, flat_amount: 500 }],
    },
    quantity: 200,
    amountMinor: 900,
  },
  {
    name: 'twelve_decimals',
    // 1,000,000 × 0.000950000001 = 950.000001
    terms: { unit_amount_decimal: decimal('0.000950000001') },
    quantity: 1_000_000,
    amountMinor: 950,
  },
];

describeOnEachAccount('prices by hand', (account) => {
  it('S1-6 bills graduated, volume, package, flat and fine prices as computed, for the quantity that the meter shows', async () => {
    const { stripe } = account();
    const stage = await createStage(account());
    const sold = [];
    for (const example of examples) {
      const meter = await createMeter(account(), example.name);
      sold.push({ example, meter, price: await createMeteredPrice(account(), meter, example.terms) });
    }
    const subscription = await stripe.subscriptions.create({
      customer: stage.customerId,
      items: sold.map(({ price }) => ({ price: price.id })),
    });
    for (const { example, meter } of sold) await use(account(), meter, stage, example.quantity);
    const totalMinor = examples.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    const preview = await eventually(
      () => stripe.invoices.createPreview({ subscription: subscription.id }),
      ({ subtotal }) => subtotal === totalMinor,
    );
    for (const { example, meter, price } of sold) {
      const lines = preview.lines.data.filter(({ pricing }) => pricing?.price_details?.price === price.id);
      const billedMinor = lines.reduce((sum, { amount }) => sum + amount, 0);
      expect(billedMinor, example.name).toBe(example.amountMinor);
      const minuteSec = stage.startSec - (stage.startSec % 60);
      const { data } = await stripe.billing.meters.listEventSummaries(meter.id, {
        customer: stage.customerId,
        start_time: minuteSec,
        end_time: minuteSec + 3_600,
      });
      expect(data[0]?.aggregated_value, example.name).toBe(example.quantity);
    }
    const fine = sold.find(({ example }) => example.name === 'twelve_decimals');
    const line = preview.lines.data.find(({ pricing }) => pricing?.price_details?.price === fine?.price.id);
    expect(line?.quantity_decimal?.toString()).toBe('1000000');
    expect(preview.subtotal).toBe(totalMinor);
  });
});
