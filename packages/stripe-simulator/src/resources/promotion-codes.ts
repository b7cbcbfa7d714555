import type Stripe from 'stripe';
import { emit, emitUpdate } from '../events/emit.ts';
import { invalidRequest, resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { coupons, isRedeemable } from './coupons.ts';

export interface PromotionCodeState {
  id: string;
  createdSec: number;
  /** What a person types, as it was given; upper and lower case are one. */
  code: string;
  couponId: string;
  /** What was asked for; a code that has run out shows as inactive all the same. */
  switchedOn: boolean;
  customerId: string | null;
  expiresSec: number | null;
  maxRedemptions: number | null;
  timesRedeemed: number;
  firstTimeTransaction: boolean;
  minimum: { amountMinor: number; currency: string } | null;
  metadata: Record<string, string>;
}

export const promotionCodes = defineTable<PromotionCodeState>();

export function requirePromotionCode(world: World, id: string, param = 'id'): PromotionCodeState {
  const found = promotionCodes(world).get(id);
  if (found === undefined) throw resourceMissing('promotion code', id, param);
  return found;
}

/** Whether anybody can redeem a code now. */
export function isActive(world: World, promotion: PromotionCodeState): boolean {
  const coupon = coupons(world).get(promotion.couponId);
  const { expiresSec, maxRedemptions, switchedOn, timesRedeemed } = promotion;
  return (
    switchedOn &&
    (expiresSec === null || world.ownNowSec() < expiresSec) &&
    (maxRedemptions === null || timesRedeemed < maxRedemptions) &&
    coupon !== undefined &&
    isRedeemable(world, coupon)
  );
}

/** The active code that a person means, in upper or lower case. */
export function findPromotionCode(world: World, typed: string): PromotionCodeState | undefined {
  const wanted = typed.trim().toUpperCase();
  return promotionCodes(world)
    .newestFirst()
    .find((promotion) => promotion.code.toUpperCase() === wanted && isActive(world, promotion));
}

/** Keeps a new code. Throws Stripe's 400 when an active one reads the same. */
export function createPromotionCode(
  world: World,
  input: Omit<PromotionCodeState, 'code' | 'createdSec' | 'id' | 'timesRedeemed'> & {
    code?: string | undefined;
  },
): PromotionCodeState {
  const id = world.ids.next('promo_');
  const code = input.code ?? world.ids.stable('', `code of ${id}`, 8).toUpperCase();
  if (findPromotionCode(world, code) !== undefined) {
    throw invalidRequest(`An active promotion code with \`code: ${code}\` already exists.`, {
      param: 'code',
    });
  }
  const promotion = promotionCodes(world).put({
    ...input,
    id,
    code,
    createdSec: world.ownNowSec(),
    timesRedeemed: 0,
  });
  emit(world, { type: 'promotion_code.created', object: toStripePromotionCode(world, promotion) });
  return promotion;
}

/** Keeps a change and tells of it. */
export function changePromotionCode(
  world: World,
  promotion: PromotionCodeState,
  changes: Partial<PromotionCodeState>,
): PromotionCodeState {
  const before = toStripePromotionCode(world, promotion);
  const after = promotionCodes(world).put({ ...promotion, ...changes });
  emitUpdate(world, { type: 'promotion_code.updated', before, after: toStripePromotionCode(world, after) });
  return after;
}

export function toStripePromotionCode(world: World, promotion: PromotionCodeState) {
  return {
    id: promotion.id,
    object: 'promotion_code',
    active: isActive(world, promotion),
    code: promotion.code,
    created: promotion.createdSec,
    customer: promotion.customerId,
    customer_account: null,
    expires_at: promotion.expiresSec,
    livemode: false,
    max_redemptions: promotion.maxRedemptions,
    metadata: promotion.metadata,
    promotion: { coupon: promotion.couponId, type: 'coupon' },
    restrictions: {
      first_time_transaction: promotion.firstTimeTransaction,
      minimum_amount: promotion.minimum?.amountMinor ?? null,
      minimum_amount_currency: promotion.minimum?.currency ?? null,
    },
    times_redeemed: promotion.timesRedeemed,
  } satisfies Wire<Stripe.PromotionCode>;
}
