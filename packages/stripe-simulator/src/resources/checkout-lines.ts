import Big from 'big.js';
import { minimumCharge } from '../billing/money.ts';
import { roundMinor } from '../billing/pricing.ts';
import { invalidRequest } from '../protocol/errors.ts';
import {
  currency,
  integer,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  optional,
  string,
} from '../protocol/params.ts';
import type { World } from '../world.ts';
import type { SessionLineState } from './checkout-sessions.ts';
import { eitherAmount, unitDecimal } from './price-routes.ts';
import { createPrice, type PriceState, requirePrice } from './prices.ts';
import { createProduct, requireProduct } from './products.ts';

const priceData = object(
  {
    currency: currency(),
    unit_amount: optional(integer({ min: 0, max: 999_999_999_999 })),
    unit_amount_decimal: optional(unitDecimal),
    product: optional(string()),
    product_data: optional(
      object({ name: string(), description: optional(string()), metadata: metadata() }, [
        'images',
        'tax_code',
        'tax_details',
        'unit_label',
      ]),
    ),
    tax_behavior: optional(oneOf(['exclusive', 'inclusive', 'unspecified'])),
  },
  ['recurring'],
);

/** One entry of `line_items`: an existing one-time price, or the data of one. */
export const lineItem = object(
  {
    price: optional(string()),
    price_data: optional(priceData),
    quantity: optional(integer({ min: 1, max: 999_999 })),
  },
  ['adjustable_quantity', 'dynamic_tax_rates', 'metadata', 'tax_rates'],
);
type LineItemParam = ReturnType<typeof lineItem.parse>;

/** Throws before anything is made; returns what makes the price, so that a refused session leaves nothing behind. */
function planLine(
  world: World,
  item: LineItemParam,
  index: number,
): { currency: string; unitAmountDecimal: string; make: () => PriceState } {
  const at = `line_items[${index}]`;
  if ((item.price === undefined) === (item.price_data === undefined)) {
    throw invalidRequest(`You must specify exactly one of \`price\` and \`price_data\` for ${at}.`, {
      param: at,
    });
  }
  if (item.price !== undefined) {
    const price = requirePrice(world, item.price, `${at}[price]`);
    if (price.recurring !== null) {
      throw invalidRequest(
        'You specified `payment` mode but passed a recurring price. Use `subscription` mode, or a one-time price.',
        { param: at },
      );
    }
    if (!price.active) throw invalidRequest('The price specified is inactive.', { param: `${at}[price]` });
    if (price.unitAmountDecimal === null)
      throw invalidRequest('Tiered prices cannot be used here.', { param: `${at}[price]` });
    return { currency: price.currency, unitAmountDecimal: price.unitAmountDecimal, make: () => price };
  }
  const data = item.price_data;
  const unitAmountDecimal = eitherAmount(
    data?.unit_amount,
    data?.unit_amount_decimal,
    `${at}[price_data][unit_amount]`,
  );
  if (data === undefined || unitAmountDecimal === undefined) {
    throw invalidRequest(`Missing required param: ${at}[price_data][unit_amount].`, {
      code: 'parameter_missing',
      param: `${at}[price_data][unit_amount]`,
    });
  }
  if ((data.product === undefined) === (data.product_data === undefined)) {
    throw invalidRequest('You must specify exactly one of `product` and `product_data`.', {
      param: `${at}[price_data]`,
    });
  }
  if (data.product !== undefined) requireProduct(world, data.product, `${at}[price_data][product]`);
  return {
    currency: data.currency,
    unitAmountDecimal,
    make: () => makeInlinePrice(world, data, unitAmountDecimal),
  };
}

function makeInlinePrice(
  world: World,
  data: NonNullable<LineItemParam['price_data']>,
  unitAmountDecimal: string,
): PriceState {
  const productId =
    data.product ??
    createProduct(world, {
      name: data.product_data?.name ?? '',
      description: data.product_data?.description,
      active: false,
      metadata: mergeMetadata({}, data.product_data?.metadata),
    }).id;
  return createPrice(world, {
    currency: data.currency,
    productId,
    unitAmountDecimal,
    active: false,
    taxBehavior: data.tax_behavior,
  });
}

/**
 * Checks all line items, then makes the prices that they describe, so that a refused session leaves nothing behind.
 * Throws Stripe's 400 for mixed currencies and for totals below the minimum charge.
 */
export function makeLines(
  world: World,
  items: readonly LineItemParam[],
): { currency: string; lines: SessionLineState[] } {
  const plans = items.map((item, index) => {
    const plan = planLine(world, item, index);
    const quantity = item.quantity ?? 1;
    return { ...plan, quantity, amountMinor: roundMinor(new Big(plan.unitAmountDecimal).times(quantity)) };
  });
  const first = plans[0];
  if (first === undefined)
    throw invalidRequest('Missing required param: line_items.', {
      code: 'parameter_missing',
      param: 'line_items',
    });
  if (plans.some((plan) => plan.currency !== first.currency)) {
    throw invalidRequest('All line items must have the same currency.', { param: 'line_items' });
  }
  const totalMinor = plans.reduce((sum, plan) => sum + plan.amountMinor, 0);
  const leastMinor = minimumCharge(first.currency);
  if (totalMinor !== 0 && totalMinor < leastMinor) {
    throw invalidRequest(
      "The Checkout Session's total amount due must add up to at least the currency's minimum charge.",
      {
        code: 'amount_too_small',
        param: 'line_items',
      },
    );
  }
  const lines = plans.map(({ make, quantity, amountMinor }) => {
    const price = make();
    return {
      id: world.ids.next('li_'),
      priceId: price.id,
      description: requireProduct(world, price.productId).name,
      quantity,
      amountMinor,
      taxBehavior: price.taxBehavior,
    };
  });
  return { currency: first.currency, lines };
}
