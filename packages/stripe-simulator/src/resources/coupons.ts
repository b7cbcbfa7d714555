import type Stripe from 'stripe';
import { emit, emitUpdate } from '../events/emit.ts';
import { invalidRequest, resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';

export interface CouponState {
  id: string;
  createdSec: number;
  /** Exactly one of the two is set. */
  amountOffMinor: number | null;
  percentOff: number | null;
  /** Set with `amountOffMinor`. */
  currency: string | null;
  duration: 'forever' | 'once';
  name: string | null;
  maxRedemptions: number | null;
  redeemBySec: number | null;
  timesRedeemed: number;
  deleted: boolean;
  metadata: Record<string, string>;
}

export const coupons = defineTable<CouponState>();

export function requireCoupon(world: World, id: string, param = 'id'): CouponState {
  const coupon = coupons(world).get(id);
  if (coupon === undefined || coupon.deleted) throw resourceMissing('coupon', id, param);
  return coupon;
}

/** Keeps a new coupon. Throws Stripe's 400 for an id that is taken. */
export function createCoupon(
  world: World,
  input: Omit<CouponState, 'createdSec' | 'deleted' | 'id' | 'timesRedeemed'> & { id?: string | undefined },
): CouponState {
  const id = input.id ?? world.ids.next('', 8);
  const taken = coupons(world).get(id);
  if (taken !== undefined && !taken.deleted) {
    throw invalidRequest('Coupon already exists.', { code: 'resource_already_exists', param: 'id' });
  }
  const coupon = coupons(world).put({
    ...input,
    id,
    createdSec: world.ownNowSec(),
    timesRedeemed: 0,
    deleted: false,
  });
  emit(world, { type: 'coupon.created', object: toStripeCoupon(world, coupon) });
  return coupon;
}

/** Keeps a change and tells of it. */
export function changeCoupon(world: World, coupon: CouponState, changes: Partial<CouponState>): CouponState {
  const before = toStripeCoupon(world, coupon);
  const after = coupons(world).put({ ...coupon, ...changes });
  emitUpdate(world, { type: 'coupon.updated', before, after: toStripeCoupon(world, after) });
  return after;
}

/** Takes a coupon back: nobody can redeem it any more, and discounts that were given stay. */
export function deleteCoupon(world: World, coupon: CouponState): CouponState {
  const object = toStripeCoupon(world, coupon);
  const deleted = coupons(world).put({ ...coupon, deleted: true });
  emit(world, { type: 'coupon.deleted', object });
  return deleted;
}

/** Whether a coupon can still be redeemed. */
export function isRedeemable(world: World, coupon: CouponState): boolean {
  const { maxRedemptions, redeemBySec, timesRedeemed } = coupon;
  return (
    !coupon.deleted &&
    (maxRedemptions === null || timesRedeemed < maxRedemptions) &&
    (redeemBySec === null || world.ownNowSec() < redeemBySec)
  );
}

export function toStripeCoupon(world: World, coupon: CouponState) {
  return {
    id: coupon.id,
    object: 'coupon',
    amount_off: coupon.amountOffMinor,
    created: coupon.createdSec,
    currency: coupon.currency,
    duration: coupon.duration,
    duration_in_months: null,
    livemode: false,
    max_redemptions: coupon.maxRedemptions,
    metadata: coupon.metadata,
    name: coupon.name,
    percent_off: coupon.percentOff,
    redeem_by: coupon.redeemBySec,
    times_redeemed: coupon.timesRedeemed,
    valid: isRedeemable(world, coupon),
  } satisfies Wire<Stripe.Coupon>;
}
