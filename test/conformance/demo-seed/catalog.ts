import Stripe from 'stripe';
import {
  type DemoProduct,
  demoCatalog,
} from '../../../packages/stripe-simulator/src/scenarios/demo-catalog.ts';

/** A meter and its price in the account that is seeded. */
export interface SeededProduct {
  meter: Stripe.Billing.Meter;
  price: Stripe.Price;
}

/** Finds or makes what the demo sells: meters by their event name, prices by their lookup key. */
export async function ensureCatalog(stripe: Stripe, say: (line: string) => void): Promise<SeededProduct[]> {
  const seeded: SeededProduct[] = [];
  for (const product of demoCatalog) {
    const meter = await ensureMeter(stripe, product, say);
    seeded.push({ meter, price: await ensurePrice(stripe, product, meter, say) });
  }
  return seeded;
}

async function ensureMeter(
  stripe: Stripe,
  { eventName, displayName, formula }: DemoProduct,
  say: (line: string) => void,
): Promise<Stripe.Billing.Meter> {
  for await (const meter of stripe.billing.meters.list({ limit: 100 })) {
    if (meter.event_name !== eventName) continue;
    if (meter.default_aggregation.formula !== formula) {
      throw new Error(
        `The account has a meter for ${eventName} (${meter.id}) that keeps the ${meter.default_aggregation.formula}, not the ${formula}. Use another account: event names are unique for ever.`,
      );
    }
    say(`meter ${displayName}: ${meter.id} is there`);
    return meter.status === 'active' ? meter : stripe.billing.meters.reactivate(meter.id);
  }
  const meter = await stripe.billing.meters.create({
    display_name: displayName,
    event_name: eventName,
    default_aggregation: { formula },
  });
  say(`meter ${displayName}: ${meter.id} made`);
  return meter;
}

async function ensurePrice(
  stripe: Stripe,
  product: DemoProduct,
  meter: Stripe.Billing.Meter,
  say: (line: string) => void,
): Promise<Stripe.Price> {
  const lookupKey = `meterboard_demo_${product.eventName}`;
  const [known] = (await stripe.prices.list({ lookup_keys: [lookupKey], active: true })).data;
  if (known !== undefined) {
    if (known.recurring?.meter !== meter.id)
      throw new Error(`The price ${known.id} with the lookup key ${lookupKey} belongs to another meter.`);
    say(`price ${product.nickname}: ${known.id} is there`);
    return known;
  }
  const price = await stripe.prices.create({
    currency: 'usd',
    nickname: product.nickname,
    lookup_key: lookupKey,
    product_data: { name: product.productName, unit_label: product.unitLabel },
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    ...termsOf(product),
  });
  say(`price ${product.nickname}: ${price.id} made`);
  return price;
}

function termsOf({
  unitAmountDecimal,
  tiersMode,
  tiers = [],
}: DemoProduct): Partial<Stripe.PriceCreateParams> {
  if (tiersMode === undefined) return { unit_amount_decimal: Stripe.Decimal.from(unitAmountDecimal ?? '0') };
  return {
    billing_scheme: 'tiered',
    tiers_mode: tiersMode,
    tiers: tiers.map(({ upTo, unitAmountDecimal: each }) => ({
      up_to: upTo ?? 'inf',
      unit_amount_decimal: Stripe.Decimal.from(each ?? '0'),
    })),
  };
}
