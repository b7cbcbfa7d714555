import { invalidRequest } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  array,
  clearable,
  currency,
  integer,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  optional,
  string,
  timestamp,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { World } from '../world.ts';
import {
  changeExpiry,
  createGrant,
  creditGrants,
  expireGrant,
  grantUpdated,
  requireGrant,
  toStripeCreditGrant,
  voidGrant,
} from './credit-grants.ts';
import { requireCustomer } from './customers.ts';
import { requirePrice } from './prices.ts';

const returns = { kind: 'billing.credit_grant', list: false };

/** Stripe's scope: every metered price, or up to 20 named ones. */
export const scopeParam = object({
  price_type: optional(oneOf(['metered'])),
  prices: optional(array(object({ id: string() }), { max: 20 })),
});

/** Exactly one of the two scopes must be given; named prices must be metered. Returns `null` for all metered prices. */
export function scopeOf(
  world: World,
  scope: { price_type: 'metered' | undefined; prices: Array<{ id: string }> | undefined },
  at: string,
): string[] | null {
  if ((scope.price_type === undefined) === (scope.prices === undefined)) {
    throw invalidRequest('You must set exactly one of `price_type` and `prices` in the scope.', {
      param: at,
    });
  }
  if (scope.prices === undefined) return null;
  if (scope.prices.length === 0)
    throw invalidRequest('`prices` must name at least one price.', { param: `${at}[prices]` });
  return scope.prices.map(({ id }, index) => {
    const param = `${at}[prices][${index}][id]`;
    const price = requirePrice(world, id, param);
    if (price.recurring?.meterId == null) {
      throw invalidRequest('Billing credits only apply to prices that are backed by a meter.', { param });
    }
    return id;
  });
}

export const creditGrantRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/billing/credit_grants',
    fidelity: 'exact',
    note: 'no customer accounts; the wording of the 100-grant error is an assumption',
    returns,
    params: {
      customer: optional(string()),
      amount: object({
        type: oneOf(['monetary'], ['custom_pricing_unit']),
        monetary: optional(
          object({ currency: currency(), value: integer({ min: 1, max: 999_999_999_999 }) }),
        ),
      }),
      applicability_config: object({ scope: scopeParam }),
      category: optional(oneOf(['paid', 'promotional'])),
      effective_at: optional(timestamp()),
      expires_at: optional(timestamp()),
      name: optional(string({ maxLength: 100 })),
      priority: optional(integer({ min: 0, max: 100 })),
      metadata: metadata(),
    },
    missing: ['customer_account'],
    handle(world, params) {
      if (params.customer === undefined) {
        throw invalidRequest('Missing required param: customer.', {
          code: 'parameter_missing',
          param: 'customer',
        });
      }
      const { monetary } = params.amount;
      if (monetary === undefined) {
        throw invalidRequest('Missing required param: amount[monetary].', {
          code: 'parameter_missing',
          param: 'amount[monetary]',
        });
      }
      const grant = createGrant(world, {
        customerId: requireCustomer(world, params.customer).id,
        amountMinor: monetary.value,
        currency: monetary.currency,
        category: params.category,
        name: params.name,
        priority: params.priority,
        priceIds: scopeOf(world, params.applicability_config.scope, 'applicability_config[scope]'),
        effectiveSec: params.effective_at,
        expiresSec: params.expires_at,
        metadata: mergeMetadata({}, params.metadata),
      });
      return toStripeCreditGrant(grant);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/billing/credit_grants/:id',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripeCreditGrant(requireGrant(world, id)),
  }),
  route({
    method: 'GET',
    path: '/v1/billing/credit_grants',
    fidelity: 'exact',
    returns: { ...returns, list: true },
    params: { ...pageParams, customer: optional(string()) },
    missing: ['customer_account'],
    handle(world, params) {
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      const rows = creditGrants(world)
        .newestFirst()
        .filter((grant) => params.customer === undefined || grant.customerId === params.customer);
      return paginate(rows, params, {
        url: '/v1/billing/credit_grants',
        noun: 'credit grant',
        toStripe: toStripeCreditGrant,
      });
    },
  }),
  route({
    method: 'POST',
    path: '/v1/billing/credit_grants/:id',
    fidelity: 'exact',
    returns,
    params: { expires_at: clearable(timestamp()), metadata: metadata() },
    handle(world, params, { id }) {
      const found = requireGrant(world, id);
      const moved = params.expires_at === undefined ? found : changeExpiry(world, found, params.expires_at);
      const updated = creditGrants(world).put({
        ...moved,
        metadata: mergeMetadata(moved.metadata, params.metadata),
        updatedSec: world.nowSec(),
      });
      grantUpdated(world, found, updated);
      return toStripeCreditGrant(updated);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/billing/credit_grants/:id/expire',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripeCreditGrant(expireGrant(world, requireGrant(world, id))),
  }),
  route({
    method: 'POST',
    path: '/v1/billing/credit_grants/:id/void',
    fidelity: 'exact',
    note: 'credits that only show on a draft do not hinder voiding (assumption)',
    returns,
    handle: (world, _params, { id }) => toStripeCreditGrant(voidGrant(world, requireGrant(world, id))),
  }),
];
