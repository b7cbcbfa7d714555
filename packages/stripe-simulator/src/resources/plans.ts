import { emit } from '../events/emit.ts';
import { invalidRequest, resourceMissing } from '../protocol/errors.ts';
import type { FormValue } from '../protocol/form.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  boolean,
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
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { World } from '../world.ts';
import {
  checkInterval,
  createPrice,
  type PriceState,
  prices,
  toStripePlan,
  toStripePrice,
} from './prices.ts';
import { createProduct, requireProduct, toStripeProduct } from './products.ts';

const productId = string();
const newProduct = object({ id: optional(string()), name: string({ maxLength: 250 }), metadata: metadata() });

/** The id of a product, or a new one in place. */
const product: Param<string | { id: string | undefined; name: string }> = {
  absent: productId.absent,
  parse: (value: FormValue, at: string) =>
    value instanceof Map ? newProduct.parse(value, at) : productId.parse(value, at),
};

function requirePlan(world: World, id: string): PriceState {
  const price = prices(world).get(id);
  if (price === undefined || price.recurring === null) throw resourceMissing('plan', id);
  return price;
}

const returns = { kind: 'plan', list: false };

/** Plans are what recurring prices were called before; the same rows under their older name. */
export const planRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/plans',
    fidelity: 'simplified',
    note: 'a recurring price per unit under its older name; no tiers, packages, trials or ids of your own',
    returns,
    params: {
      currency: currency(),
      interval: oneOf(['day', 'week', 'month', 'year']),
      product,
      active: optional(boolean()),
      amount: optional(integer({ min: 0, max: 99_999_999 })),
      amount_decimal: optional(decimal({ maxPlaces: 12, min: 0 })),
      interval_count: optional(integer({ min: 1 })),
      meter: optional(string()),
      nickname: optional(string()),
      usage_type: optional(oneOf(['licensed', 'metered'])),
      metadata: metadata(),
    },
    missing: ['billing_scheme', 'id', 'tiers', 'tiers_mode', 'transform_usage', 'trial_period_days'],
    handle(world, params) {
      const { amount, amount_decimal: exact } = params;
      if ((amount === undefined) === (exact === undefined)) {
        throw invalidRequest('You must pass exactly one of `amount` and `amount_decimal`.', {
          param: 'amount',
        });
      }
      checkInterval(params.interval, params.interval_count, 'interval_count');
      const price = createPrice(world, {
        currency: params.currency,
        productId: productOf(world, params.product),
        active: params.active,
        unitAmountDecimal: exact ?? String(amount),
        recurring: {
          interval: params.interval,
          intervalCount: params.interval_count ?? 1,
          usageType: params.usage_type ?? 'licensed',
          meterId: params.meter ?? null,
        },
        nickname: params.nickname,
        metadata: mergeMetadata({}, params.metadata),
      });
      emit(world, { type: 'plan.created', object: toStripePlan(price) });
      emit(world, { type: 'price.created', object: toStripePrice(price) });
      return toStripePlan(price);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/plans',
    fidelity: 'simplified',
    note: 'filters active and product',
    returns: { ...returns, list: true },
    params: { ...pageParams, active: optional(boolean()), product: optional(string()) },
    missing: ['created'],
    handle(world, params) {
      const rows = prices(world)
        .newestFirst()
        .filter(
          (price) =>
            price.recurring !== null &&
            (params.active === undefined || params.active === price.active) &&
            (params.product === undefined || params.product === price.productId),
        );
      return paginate(rows, params, { url: '/v1/plans', noun: 'plan', toStripe: toStripePlan });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/plans/:id',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripePlan(requirePlan(world, id)),
  }),
];

function productOf(world: World, given: string | { id: string | undefined; name: string }): string {
  if (typeof given === 'string') return requireProduct(world, given, 'product').id;
  const made = createProduct(world, given);
  emit(world, { type: 'product.created', object: toStripeProduct(made) });
  return made.id;
}
