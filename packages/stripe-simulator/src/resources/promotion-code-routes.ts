import { invalidRequest } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  boolean,
  currency,
  integer,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  optional,
  string,
  timeRange,
  timestamp,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { requireCoupon } from './coupons.ts';
import { requireCustomer } from './customers.ts';
import {
  changePromotionCode,
  createPromotionCode,
  isActive,
  promotionCodes,
  requirePromotionCode,
  toStripePromotionCode,
} from './promotion-codes.ts';

const returns = { kind: 'promotion_code', list: false };

const restrictionsParam = optional(
  object(
    {
      first_time_transaction: optional(boolean()),
      minimum_amount: optional(integer({ min: 1, max: 999_999_999_999 })),
      minimum_amount_currency: optional(currency()),
    },
    ['currency_options'],
  ),
);

function minimumOf(restrictions: ReturnType<typeof restrictionsParam.parse>) {
  const amountMinor = restrictions?.minimum_amount;
  const code = restrictions?.minimum_amount_currency;
  if ((amountMinor === undefined) !== (code === undefined)) {
    throw invalidRequest('`minimum_amount` and `minimum_amount_currency` must be passed together.', {
      param: 'restrictions',
    });
  }
  return amountMinor === undefined || code === undefined ? null : { amountMinor, currency: code };
}

export const promotionCodeRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/promotion_codes',
    fidelity: 'simplified',
    note: 'of a coupon; no customer accounts, no minimum in further currencies',
    ownTime: true,
    returns,
    params: {
      promotion: object({ type: oneOf(['coupon']), coupon: string() }),
      active: optional(boolean()),
      code: optional(string({ maxLength: 500 })),
      customer: optional(string()),
      expires_at: optional(timestamp()),
      max_redemptions: optional(integer({ min: 1 })),
      metadata: metadata(),
      restrictions: restrictionsParam,
    },
    missing: ['customer_account'],
    handle(world, params) {
      const { code } = params;
      if (code !== undefined && !/^[A-Za-z0-9-]+$/.test(code)) {
        throw invalidRequest('Promotion codes may only contain letters, digits and dashes.', {
          param: 'code',
        });
      }
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      return toStripePromotionCode(
        world,
        createPromotionCode(world, {
          code,
          couponId: requireCoupon(world, params.promotion.coupon, 'promotion[coupon]').id,
          switchedOn: params.active ?? true,
          customerId: params.customer ?? null,
          expiresSec: params.expires_at ?? null,
          maxRedemptions: params.max_redemptions ?? null,
          firstTimeTransaction: params.restrictions?.first_time_transaction ?? false,
          minimum: minimumOf(params.restrictions),
          metadata: mergeMetadata({}, params.metadata),
        }),
      );
    },
  }),
  route({
    method: 'GET',
    path: '/v1/promotion_codes/:id',
    fidelity: 'exact',
    ownTime: true,
    returns,
    handle: (world, _params, { id }) => toStripePromotionCode(world, requirePromotionCode(world, id)),
  }),
  route({
    method: 'POST',
    path: '/v1/promotion_codes/:id',
    fidelity: 'simplified',
    note: 'active and metadata; no restrictions in further currencies',
    ownTime: true,
    returns,
    params: { active: optional(boolean()), metadata: metadata() },
    missing: ['restrictions'],
    handle(world, params, { id }) {
      const found = requirePromotionCode(world, id);
      return toStripePromotionCode(
        world,
        changePromotionCode(world, found, {
          switchedOn: params.active ?? found.switchedOn,
          metadata: mergeMetadata(found.metadata, params.metadata),
        }),
      );
    },
  }),
  route({
    method: 'GET',
    path: '/v1/promotion_codes',
    fidelity: 'exact',
    ownTime: true,
    returns: { ...returns, list: true },
    params: {
      ...pageParams,
      active: optional(boolean()),
      code: optional(string()),
      coupon: optional(string()),
      created: optional(timeRange()),
      customer: optional(string()),
    },
    missing: ['customer_account'],
    handle(world, params) {
      const rows = promotionCodes(world)
        .newestFirst()
        .filter(
          (each) =>
            (params.active === undefined || params.active === isActive(world, each)) &&
            (params.code === undefined || params.code.toUpperCase() === each.code.toUpperCase()) &&
            (params.coupon === undefined || params.coupon === each.couponId) &&
            (params.created === undefined || params.created(each.createdSec)) &&
            (params.customer === undefined || params.customer === each.customerId),
        );
      return paginate(rows, params, {
        url: '/v1/promotion_codes',
        noun: 'promotion code',
        toStripe: (each) => toStripePromotionCode(world, each),
      });
    },
  }),
];
