import Big from 'big.js';
import { describe } from '../billing/compose-invoice.ts';
import { priceQuantity, roundMinor } from '../billing/pricing.ts';
import { invalidRequest } from '../protocol/errors.ts';
import {
  clearable,
  currency,
  decimal,
  integer,
  object,
  optional,
  string,
  timestamp,
} from '../protocol/params.ts';
import type { World } from '../world.ts';
import type { InvoiceItemInput } from './invoice-items.ts';
import { eitherAmount, unitDecimal } from './price-routes.ts';
import { requirePrice } from './prices.ts';
import { requireProduct } from './products.ts';

const signedMinor = integer({ min: -999_999_999_999, max: 999_999_999_999 });

/** How much an invoice item is, and for what: the same on items and on supposed items of previews. */
export const itemAmountParams = {
  amount: optional(signedMinor),
  currency: optional(currency()),
  description: clearable(string({ maxLength: 5_000 })),
  pricing: optional(object({ price: string() })),
  price_data: optional(
    object(
      {
        currency: currency(),
        product: string(),
        unit_amount: optional(signedMinor),
        unit_amount_decimal: optional(unitDecimal),
      },
      ['tax_behavior'],
    ),
  ),
  unit_amount_decimal: optional(decimal({ maxPlaces: 12 })),
  quantity: optional(integer({ min: 0, max: 999_999_999 })),
  quantity_decimal: optional(decimal({ maxPlaces: 12, min: 0 })),
  period: optional(object({ start: timestamp(), end: timestamp() })),
};

export interface ItemAmount {
  amount: number | undefined;
  currency: string | undefined;
  description: string | null | undefined;
  pricing: { price: string } | undefined;
  price_data:
    | {
        currency: string;
        product: string;
        unit_amount: number | undefined;
        unit_amount_decimal: string | undefined;
      }
    | undefined;
  unit_amount_decimal: string | undefined;
  quantity: number | undefined;
  quantity_decimal: string | undefined;
  period: { start: number; end: number } | undefined;
}

/** What the parameters say an item costs. Throws Stripe's 400 when they say it twice or not at all. */
export function itemInput(
  world: World,
  given: ItemAmount,
  owner: { customerId: string; currency: string | null; subscriptionId: string | null },
  at = '',
): InvoiceItemInput {
  const named = (key: string): string => (at === '' ? key : `${at}[${key}]`);
  const ways = [given.amount, given.pricing, given.price_data, given.unit_amount_decimal];
  if (ways.filter((way) => way !== undefined).length !== 1) {
    throw invalidRequest(
      'You must pass exactly one of `amount`, `pricing`, `price_data` and `unit_amount_decimal`.',
      { code: 'parameter_missing', param: named('amount') },
    );
  }
  const nowSec = world.nowSecFor(owner.customerId);
  const quantity = new Big(given.quantity_decimal ?? given.quantity ?? 1);
  const own = given.currency ?? owner.currency;
  const base = {
    customerId: owner.customerId,
    subscriptionId: owner.subscriptionId,
    subscriptionItemId: null,
    proration: false,
    metered: false,
    description: given.description ?? null,
    quantityDecimal: given.amount === undefined ? quantity.toFixed() : '1',
    priceId: null,
    productId: null,
    startSec: given.period?.start ?? nowSec,
    endSec: given.period?.end ?? nowSec,
  };
  if (given.pricing !== undefined) {
    const price = requirePrice(world, given.pricing.price, named('pricing[price]'));
    if (price.recurring !== null) {
      throw invalidRequest(
        'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
        { param: named('pricing[price]') },
      );
    }
    checkCurrency(own, price.currency, named('currency'));
    const parts = priceQuantity(price, quantity);
    const [part] = parts;
    const { name } = requireProduct(world, price.productId);
    return {
      ...base,
      currency: price.currency,
      amountMinor: parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
      unitAmountDecimal: part?.unitAmountDecimal ?? null,
      description: base.description ?? (part === undefined ? name : describe(price, name, part)),
      priceId: price.id,
      productId: price.productId,
    };
  }
  const data = given.price_data;
  const settled = data?.currency ?? own;
  if (settled === null)
    throw invalidRequest(`Missing required param: ${named('currency')}.`, {
      code: 'parameter_missing',
      param: named('currency'),
    });
  checkCurrency(own, settled, named('currency'));
  const unit =
    data === undefined
      ? (given.unit_amount_decimal ?? String(given.amount ?? 0))
      : (eitherAmount(data.unit_amount, data.unit_amount_decimal, named('price_data[unit_amount]')) ?? '0');
  return {
    ...base,
    currency: settled,
    amountMinor: given.amount ?? roundMinor(quantity.times(unit)),
    unitAmountDecimal: new Big(unit).toFixed(),
    productId:
      data === undefined ? null : requireProduct(world, data.product, named('price_data[product]')).id,
  };
}

function checkCurrency(own: string | null, wanted: string, param: string): void {
  if (own === null || own === wanted) return;
  throw invalidRequest(
    `You cannot combine currencies on a single customer or invoice: ${own} and ${wanted}.`,
    {
      param,
    },
  );
}
