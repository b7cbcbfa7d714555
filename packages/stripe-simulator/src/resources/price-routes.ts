import type { Tier } from '../billing/pricing.ts';
import { emit, emitUpdate } from '../events/emit.ts';
import { invalidRequest } from '../protocol/errors.ts';
import type { FormValue } from '../protocol/form.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  array,
  boolean,
  clearable,
  currency,
  decimal,
  integer,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  optional,
  type Param,
  string,
  timeRange,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { World } from '../world.ts';
import {
  checkInterval,
  checkPrice,
  createPrice,
  type PriceInput,
  type PriceState,
  prices,
  requirePrice,
  toStripePlan,
  toStripePrice,
} from './prices.ts';
import { createProduct, type ProductInput, toStripeProduct } from './products.ts';

const bound = integer({ min: 1 });
const upTo: Param<number | null> = {
  parse: (value: FormValue, at: string) => (value === 'inf' ? null : bound.parse(value, at)),
  absent: (at: string) => bound.absent(at),
};
/** A unit price in minor units: up to 12 decimals, never negative. */
export const unitDecimal = decimal({ maxPlaces: 12, min: 0 });
const minorAmount = integer({ min: 0, max: 999_999_999_999 });

const tier = object({
  up_to: upTo,
  unit_amount: optional(minorAmount),
  unit_amount_decimal: optional(unitDecimal),
  flat_amount: optional(minorAmount),
  flat_amount_decimal: optional(unitDecimal),
});

/** Exactly one of an integer amount and its decimal twin may be given. */
export function eitherAmount(
  whole: number | undefined,
  exact: string | undefined,
  param: string,
): string | undefined {
  if (whole !== undefined && exact !== undefined) {
    throw invalidRequest(`You may only specify one of these parameters: ${param}, ${param}_decimal.`, {
      code: 'parameters_exclusive',
      param,
    });
  }
  return exact ?? (whole === undefined ? undefined : String(whole));
}

const recurring = object(
  {
    interval: oneOf(['day', 'week', 'month', 'year']),
    interval_count: optional(integer({ min: 1 })),
    usage_type: optional(oneOf(['licensed', 'metered'])),
    meter: optional(string()),
  },
  ['trial_period_days', 'aggregate_usage'],
);

const create = {
  currency: currency(),
  product: optional(string()),
  product_data: optional(
    object(
      {
        name: string(),
        id: optional(string({ maxLength: 255 })),
        active: optional(boolean()),
        unit_label: optional(string({ maxLength: 12 })),
        metadata: metadata(),
      },
      ['statement_descriptor', 'tax_code', 'tax_details'],
    ),
  ),
  active: optional(boolean()),
  billing_scheme: optional(oneOf(['per_unit', 'tiered'])),
  unit_amount: optional(minorAmount),
  unit_amount_decimal: optional(unitDecimal),
  tiers: optional(array(tier)),
  tiers_mode: optional(oneOf(['graduated', 'volume'])),
  transform_quantity: optional(object({ divide_by: integer({ min: 1 }), round: oneOf(['down', 'up']) })),
  recurring: optional(recurring),
  nickname: optional(string()),
  lookup_key: optional(string({ maxLength: 200 })),
  tax_behavior: optional(oneOf(['exclusive', 'inclusive', 'unspecified'])),
  metadata: metadata(),
};

function checkLookupKey(world: World, lookupKey: string | undefined): void {
  if (lookupKey === undefined) return;
  if (
    prices(world)
      .oldestFirst()
      .some((price) => price.lookupKey === lookupKey)
  ) {
    throw invalidRequest(`A price (\`${lookupKey}\`) already uses that lookup key.`, { param: 'lookup_key' });
  }
}

function createTold(world: World, input: ProductInput): string {
  const product = createProduct(world, input);
  emit(world, { type: 'product.created', object: toStripeProduct(product) });
  return product.id;
}

export const priceRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/prices',
    fidelity: 'simplified',
    note: 'per unit, tiered (graduated and volume) and package; no currency options, custom amounts or trials',
    returns: { kind: 'price', list: false },
    params: create,
    missing: ['currency_options', 'custom_unit_amount', 'transfer_lookup_key'],
    handle(world, params) {
      if ((params.product === undefined) === (params.product_data === undefined)) {
        throw invalidRequest('You must pass exactly one of `product` and `product_data`.', {
          param: 'product',
        });
      }
      if ((params.billing_scheme === 'tiered') !== (params.tiers !== undefined)) {
        throw invalidRequest('`tiers` must be set if and only if `billing_scheme` is `tiered`.', {
          param: 'tiers',
        });
      }
      checkLookupKey(world, params.lookup_key);
      const unitAmountDecimal = eitherAmount(params.unit_amount, params.unit_amount_decimal, 'unit_amount');
      const tiers = params.tiers?.map(
        (given, index): Tier => ({
          upTo: given.up_to,
          unitAmountDecimal:
            eitherAmount(given.unit_amount, given.unit_amount_decimal, `tiers[${index}][unit_amount]`) ??
            null,
          flatAmountDecimal:
            eitherAmount(given.flat_amount, given.flat_amount_decimal, `tiers[${index}][flat_amount]`) ??
            null,
        }),
      );
      const terms: Omit<PriceInput, 'productId'> = {
        currency: params.currency,
        active: params.active,
        unitAmountDecimal,
        tiers,
        tiersMode: params.tiers_mode,
        transformQuantity:
          params.transform_quantity === undefined
            ? null
            : { divideBy: params.transform_quantity.divide_by, round: params.transform_quantity.round },
        recurring: toRecurring(params.recurring),
        nickname: params.nickname,
        lookupKey: params.lookup_key,
        taxBehavior: params.tax_behavior,
        metadata: mergeMetadata({}, params.metadata),
      };
      checkPrice(world, terms);
      const data = params.product_data;
      const productId =
        params.product ??
        createTold(world, {
          id: data?.id,
          name: data?.name ?? '',
          active: data?.active,
          unitLabel: data?.unit_label,
          metadata: mergeMetadata({}, data?.metadata),
        });
      const state = createPrice(world, { ...terms, productId });
      if (state.recurring !== null) emit(world, { type: 'plan.created', object: toStripePlan(state) });
      const price = toStripePrice(state);
      emit(world, { type: 'price.created', object: price });
      return price;
    },
  }),
  route({
    method: 'GET',
    path: '/v1/prices/:id',
    fidelity: 'exact',
    returns: { kind: 'price', list: false },
    handle: (world, _params, { id }) => toStripePrice(requirePrice(world, id, 'id')),
  }),
  route({
    method: 'POST',
    path: '/v1/prices/:id',
    fidelity: 'simplified',
    note: 'active, nickname, lookup key and metadata',
    returns: { kind: 'price', list: false },
    params: {
      active: optional(boolean()),
      nickname: clearable(string()),
      lookup_key: clearable(string({ maxLength: 200 })),
      metadata: metadata(),
    },
    missing: ['currency_options', 'tax_behavior', 'transfer_lookup_key'],
    handle(world, params, { id }) {
      const price = requirePrice(world, id, 'id');
      if (params.lookup_key !== price.lookupKey) checkLookupKey(world, params.lookup_key ?? undefined);
      const after = toStripePrice(
        prices(world).put({
          ...price,
          active: params.active ?? price.active,
          nickname: params.nickname === undefined ? price.nickname : params.nickname,
          lookupKey: params.lookup_key === undefined ? price.lookupKey : params.lookup_key,
          metadata: mergeMetadata(price.metadata, params.metadata),
        }),
      );
      emitUpdate(world, { type: 'price.updated', before: toStripePrice(price), after });
      return after;
    },
  }),
  route({
    method: 'GET',
    path: '/v1/prices',
    fidelity: 'exact',
    returns: { kind: 'price', list: true },
    params: {
      ...pageParams,
      active: optional(boolean()),
      currency: optional(currency()),
      product: optional(string()),
      type: optional(oneOf(['one_time', 'recurring'])),
      lookup_keys: optional(array(string(), { max: 10 })),
      created: optional(timeRange()),
      recurring: optional(
        object({
          interval: optional(oneOf(['day', 'week', 'month', 'year'])),
          meter: optional(string()),
          usage_type: optional(oneOf(['licensed', 'metered'])),
        }),
      ),
    },
    handle(world, params) {
      const wanted = params.recurring;
      const rows = prices(world)
        .newestFirst()
        .filter(
          (price) =>
            (params.active === undefined || price.active === params.active) &&
            (params.currency === undefined || price.currency === params.currency) &&
            (params.product === undefined || price.productId === params.product) &&
            (params.type === undefined || (params.type === 'recurring') === (price.recurring !== null)) &&
            (params.lookup_keys === undefined ||
              (price.lookupKey !== null && params.lookup_keys.includes(price.lookupKey))) &&
            (params.created === undefined || params.created(price.createdSec)) &&
            (wanted?.interval === undefined || price.recurring?.interval === wanted.interval) &&
            (wanted?.meter === undefined || price.recurring?.meterId === wanted.meter) &&
            (wanted?.usage_type === undefined || price.recurring?.usageType === wanted.usage_type),
        );
      return paginate(rows, params, { url: '/v1/prices', noun: 'price', toStripe: toStripePrice });
    },
  }),
];

type RecurringParam = {
  interval: 'day' | 'week' | 'month' | 'year';
  interval_count: number | undefined;
  usage_type: 'licensed' | 'metered' | undefined;
  meter: string | undefined;
};

function toRecurring(given: RecurringParam | undefined): PriceState['recurring'] {
  if (given === undefined) return null;
  checkInterval(given.interval, given.interval_count, 'recurring[interval_count]');
  return {
    interval: given.interval,
    intervalCount: given.interval_count ?? 1,
    usageType: given.usage_type ?? 'licensed',
    meterId: given.meter ?? null,
  };
}
