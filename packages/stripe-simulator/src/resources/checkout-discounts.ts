import { formatAmount, minimumCharge } from '../billing/money.ts';
import { invalidRequest } from '../protocol/errors.ts';
import type { World } from '../world.ts';
import { charges } from './charges.ts';
import { checkoutSessions, type SessionState } from './checkout-sessions.ts';
import { type DiscountState, sessionTotals } from './checkout-totals.ts';
import { type CouponState, changeCoupon, coupons, isRedeemable, requireCoupon } from './coupons.ts';
import { paymentIntents } from './payment-intents.ts';
import {
  changePromotionCode,
  findPromotionCode,
  isActive,
  type PromotionCodeState,
  promotionCodes,
  requirePromotionCode,
} from './promotion-codes.ts';

/** What a discount is to be taken off. */
type Discounted = Pick<SessionState, 'currency' | 'customerId' | 'lines' | 'taxPercent'>;

/** Names a coupon or a promotion code, by id. */
export interface DiscountParam {
  coupon: string | undefined;
  promotion_code: string | undefined;
}

/** The discount that a new session names. Throws Stripe's 400 for one that cannot be redeemed for it. */
export function discountNamed(world: World, { coupon, promotion_code: code }: DiscountParam, on: Discounted) {
  const at = 'discounts[0]';
  if ((coupon === undefined) === (code === undefined)) {
    throw invalidRequest('You must specify exactly one of `coupon` and `promotion_code` in a discount.', {
      param: at,
    });
  }
  if (coupon !== undefined) {
    return givenBy(world, requireCoupon(world, coupon, `${at}[coupon]`), null, on, `${at}[coupon]`);
  }
  const param = `${at}[promotion_code]`;
  return ofCode(world, requirePromotionCode(world, code ?? '', param), on, param);
}

/** Applies what a payer typed to an open session. Throws Stripe's 400 for a code that does not hold. */
export function applyPromotionCode(world: World, session: SessionState, typed: string): SessionState {
  if (session.allowPromotionCodes !== true) {
    throw invalidRequest('This Checkout Session takes no promotion codes.', { param: 'promotion_code' });
  }
  const promotion = findPromotionCode(world, typed);
  if (promotion === undefined) {
    throw invalidRequest('This code is invalid.', { code: 'resource_missing', param: 'promotion_code' });
  }
  return withDiscount(world, session, ofCode(world, promotion, session, 'promotion_code'));
}

/** Takes an applied code off again. */
export function removePromotionCode(world: World, session: SessionState): SessionState {
  return session.allowPromotionCodes === true ? withDiscount(world, session, null) : session;
}

/** A payment of the earlier total that still waits for its payer to authenticate comes to nothing (assumption). */
function withDiscount(world: World, session: SessionState, discount: DiscountState | null): SessionState {
  const intent =
    session.paymentIntentId === null ? undefined : paymentIntents(world).get(session.paymentIntentId);
  if (intent?.status === 'requires_action')
    paymentIntents(world).put({ ...intent, status: 'requires_payment_method', paymentMethodId: null });
  const free = sessionTotals({ ...session, discount }).totalMinor === 0;
  return checkoutSessions(world).put({
    ...session,
    discount,
    paymentStatus: free ? 'no_payment_required' : 'unpaid',
  });
}

function ofCode(world: World, promotion: PromotionCodeState, on: Discounted, param: string): DiscountState {
  if (!isActive(world, promotion)) throw invalidRequest('This promotion code is inactive.', { param });
  const { customerId, minimum } = promotion;
  if (customerId !== null && customerId !== on.customerId)
    throw invalidRequest('This promotion code cannot be redeemed by this customer.', { param });
  if (promotion.firstTimeTransaction && hasPaid(world, on.customerId)) {
    throw invalidRequest(
      'This promotion code cannot be redeemed because the associated customer has prior transactions.',
      { param },
    );
  }
  const { subtotalMinor } = sessionTotals({ ...on, discount: null });
  if (minimum !== null && (minimum.currency !== on.currency || subtotalMinor < minimum.amountMinor)) {
    const least = formatAmount(minimum.amountMinor, minimum.currency);
    throw invalidRequest(`This promotion code needs an order of at least ${least}.`, { param });
  }
  return givenBy(world, requireCoupon(world, promotion.couponId, param), promotion.id, on, param);
}

function hasPaid(world: World, customerId: string | null): boolean {
  if (customerId === null) return false;
  return charges(world)
    .oldestFirst()
    .some((charge) => charge.customerId === customerId && charge.status === 'succeeded');
}

function givenBy(
  world: World,
  coupon: CouponState,
  promotionCodeId: string | null,
  on: Discounted,
  param: string,
): DiscountState {
  if (!isRedeemable(world, coupon))
    throw invalidRequest(`Coupon ${coupon.id} is used up or expired.`, { code: 'coupon_expired', param });
  if (coupon.currency !== null && coupon.currency !== on.currency) {
    throw invalidRequest(
      `The coupon ${coupon.id} is in ${coupon.currency} and cannot be applied to an order in ${on.currency}.`,
      { param },
    );
  }
  const discount = {
    id: world.ids.next('di_'),
    couponId: coupon.id,
    promotionCodeId,
    percentOff: coupon.percentOff,
    amountOffMinor: coupon.amountOffMinor,
  };
  const { totalMinor } = sessionTotals({ ...on, discount });
  if (totalMinor !== 0 && totalMinor < minimumCharge(on.currency)) {
    throw invalidRequest(
      "The Checkout Session's total amount due must add up to at least the currency's minimum charge.",
      { code: 'amount_too_small', param },
    );
  }
  return discount;
}

/** Counts the redemption of a session that completes. */
export function redeemDiscount(world: World, { discount }: SessionState): void {
  if (discount === null) return;
  const coupon = coupons(world).get(discount.couponId);
  if (coupon !== undefined) changeCoupon(world, coupon, { timesRedeemed: coupon.timesRedeemed + 1 });
  const { promotionCodeId } = discount;
  const promotion = promotionCodeId === null ? undefined : promotionCodes(world).get(promotionCodeId);
  if (promotion !== undefined)
    changePromotionCode(world, promotion, { timesRedeemed: promotion.timesRedeemed + 1 });
}
