import { invalidRequest } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  clearable,
  currency,
  decimal,
  integer,
  mergeMetadata,
  metadata,
  oneOf,
  optional,
  string,
  timeRange,
  timestamp,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import {
  changeCoupon,
  coupons,
  createCoupon,
  deleteCoupon,
  requireCoupon,
  toStripeCoupon,
} from './coupons.ts';

const returns = { kind: 'coupon', list: false };
const name = string({ maxLength: 40 });

interface Reduction {
  amount_off: number | undefined;
  currency: string | undefined;
  percent_off: string | undefined;
}

/** What a coupon takes off: a share, or an amount with its currency, never both. */
function reductionOf({ amount_off: amountOff, currency: code, percent_off: percentOff }: Reduction) {
  if ((amountOff === undefined) === (percentOff === undefined)) {
    throw invalidRequest('You must pass exactly one of `percent_off` and `amount_off`.', {
      code: 'parameter_missing',
      param: 'percent_off',
    });
  }
  if (amountOff !== undefined && code === undefined) {
    throw invalidRequest('You must pass `currency` when passing `amount_off`.', {
      code: 'parameter_missing',
      param: 'currency',
    });
  }
  const percent = percentOff === undefined ? null : Number(percentOff);
  if (percent !== null && !(percent > 0 && percent <= 100)) {
    throw invalidRequest('Invalid percent_off: must be greater than 0 and at most 100.', {
      param: 'percent_off',
    });
  }
  return {
    amountOffMinor: amountOff ?? null,
    percentOff: percent,
    currency: amountOff === undefined ? null : (code ?? null),
  };
}

export const couponRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/coupons',
    fidelity: 'simplified',
    note: 'once or forever, on everything; redeemed in Checkout only, not by subscriptions or invoices',
    ownTime: true,
    returns,
    params: {
      id: optional(string({ maxLength: 200 })),
      amount_off: optional(integer({ min: 1, max: 999_999_999_999 })),
      currency: optional(currency()),
      duration: optional(oneOf(['forever', 'once'], ['repeating'])),
      max_redemptions: optional(integer({ min: 1 })),
      metadata: metadata(),
      name: optional(name),
      percent_off: optional(decimal({ maxPlaces: 4, min: 0 })),
      redeem_by: optional(timestamp()),
    },
    missing: ['applies_to', 'currency_options', 'duration_in_months'],
    handle(world, params) {
      const { redeem_by: redeemBySec } = params;
      if (redeemBySec !== undefined && redeemBySec <= world.ownNowSec()) {
        throw invalidRequest('`redeem_by` must be in the future.', { param: 'redeem_by' });
      }
      return toStripeCoupon(
        world,
        createCoupon(world, {
          id: params.id,
          ...reductionOf(params),
          duration: params.duration ?? 'once',
          name: params.name ?? null,
          maxRedemptions: params.max_redemptions ?? null,
          redeemBySec: redeemBySec ?? null,
          metadata: mergeMetadata({}, params.metadata),
        }),
      );
    },
  }),
  route({
    method: 'GET',
    path: '/v1/coupons/:id',
    fidelity: 'exact',
    returns,
    ownTime: true,
    handle: (world, _params, { id }) => toStripeCoupon(world, requireCoupon(world, id)),
  }),
  route({
    method: 'POST',
    path: '/v1/coupons/:id',
    fidelity: 'simplified',
    note: 'name and metadata; no currency options',
    returns,
    ownTime: true,
    params: { name: clearable(name), metadata: metadata() },
    missing: ['currency_options'],
    handle(world, params, { id }) {
      const coupon = requireCoupon(world, id);
      return toStripeCoupon(
        world,
        changeCoupon(world, coupon, {
          name: params.name === undefined ? coupon.name : params.name,
          metadata: mergeMetadata(coupon.metadata, params.metadata),
        }),
      );
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/coupons/:id',
    fidelity: 'exact',
    ownTime: true,
    handle(world, _params, { id }) {
      deleteCoupon(world, requireCoupon(world, id));
      return { id, object: 'coupon', deleted: true };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/coupons',
    fidelity: 'exact',
    returns: { ...returns, list: true },
    ownTime: true,
    params: { ...pageParams, created: optional(timeRange()) },
    handle(world, params) {
      const rows = coupons(world)
        .newestFirst()
        .filter(
          (coupon) => !coupon.deleted && (params.created === undefined || params.created(coupon.createdSec)),
        );
      return paginate(rows, params, {
        url: '/v1/coupons',
        noun: 'coupon',
        toStripe: (coupon) => toStripeCoupon(world, coupon),
      });
    },
  }),
];
