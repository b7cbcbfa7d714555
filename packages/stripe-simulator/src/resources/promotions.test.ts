import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { connect, DAY_MS, errorOf, START_SEC } from '../testing/connect.ts';
import { eventTypes } from '../testing/payments.ts';

const order = (
  more: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Stripe.Checkout.SessionCreateParams => ({
  mode: 'payment',
  line_items: [
    { quantity: 1, price_data: { currency: 'usd', unit_amount: 2_000, product_data: { name: 'Credits' } } },
  ],
  success_url: 'https://shop.example/done',
  ...more,
});

const post = (url: string, fields: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

function codeOf(stripe: Stripe, coupon: string, more: Partial<Stripe.PromotionCodeCreateParams> = {}) {
  return stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon }, ...more });
}

describe('coupons', () => {
  it('take off a share or an amount, can be renamed and taken back, and tell of it', async () => {
    await using server = await connect();
    const { stripe } = server;
    const share = await stripe.coupons.create({ percent_off: 25.5, id: 'QUARTER', name: 'Quarter' });
    expect(share).toMatchObject({ id: 'QUARTER', percent_off: 25.5, duration: 'once', valid: true });
    const amount = await stripe.coupons.create({ amount_off: 500, currency: 'usd', duration: 'forever' });
    expect(amount).toMatchObject({ amount_off: 500, currency: 'usd', percent_off: null });
    expect((await stripe.coupons.update(share.id, { name: 'A quarter' })).name).toBe('A quarter');
    expect((await stripe.coupons.list()).data.map(({ id }) => id)).toEqual([amount.id, 'QUARTER']);
    expect(await stripe.coupons.del(amount.id)).toMatchObject({ deleted: true });
    expect((await errorOf(stripe.coupons.retrieve(amount.id))).statusCode).toBe(404);
    expect(await eventTypes(stripe)).toEqual([
      'coupon.created',
      'coupon.created',
      'coupon.updated',
      'coupon.deleted',
    ]);
  });

  it.each<[string, Stripe.CouponCreateParams, number]>([
    ['neither', {}, 400],
    ['both', { percent_off: 10, amount_off: 100, currency: 'usd' }, 400],
    ['an amount without a currency', { amount_off: 100 }, 400],
    ['more than everything', { percent_off: 101 }, 400],
    ['nothing', { percent_off: 0 }, 400],
    ['a time that has passed', { percent_off: 10, redeem_by: START_SEC }, 400],
    ['months', { percent_off: 10, duration: 'repeating', duration_in_months: 3 }, 501],
  ])('refuse %s', async (_, params, status) => {
    await using server = await connect();
    expect((await errorOf(server.stripe.coupons.create(params))).statusCode).toBe(status);
  });

  it('keep their ids to themselves', async () => {
    await using server = await connect();
    await server.stripe.coupons.create({ percent_off: 10, id: 'TEN' });
    const again = server.stripe.coupons.create({ percent_off: 20, id: 'TEN' });
    expect(await errorOf(again)).toMatchObject({ statusCode: 400, code: 'resource_already_exists' });
  });
});

describe('promotion codes', () => {
  it('are found in upper and lower case, switched off, and run out', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    await stripe.coupons.create({ percent_off: 10, id: 'TEN' });
    const code = await codeOf(stripe, 'TEN', { code: 'Fall10', expires_at: START_SEC + 86_400 });
    expect(code).toMatchObject({ active: true, code: 'Fall10', promotion: { coupon: 'TEN' } });
    expect((await stripe.promotionCodes.list({ code: 'FALL10', active: true })).data).toHaveLength(1);
    expect((await errorOf(codeOf(stripe, 'TEN', { code: 'FALL10' }))).statusCode).toBe(400);
    expect((await stripe.promotionCodes.update(code.id, { active: false })).active).toBe(false);
    expect((await stripe.promotionCodes.update(code.id, { active: true })).active).toBe(true);
    const generated = await codeOf(stripe, 'TEN');
    expect(generated.code).toMatch(/^[A-Z0-9]{8}$/);
    await sim.advance(DAY_MS);
    expect((await stripe.promotionCodes.retrieve(code.id)).active).toBe(false);
    const shown = await stripe.promotionCodes.retrieve(generated.id, { expand: ['promotion.coupon'] });
    expect(shown.promotion.coupon).toMatchObject({ percent_off: 10 });
    expect((await errorOf(codeOf(stripe, 'NONE'))).code).toBe('resource_missing');
    expect((await errorOf(codeOf(stripe, 'TEN', { code: 'a b' }))).param).toBe('code');
  });
});

describe('discounts of a checkout session', () => {
  it('leave the subtotal, lower the total, and are counted when the session completes', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    await stripe.coupons.create({ percent_off: 15, id: 'FIFTEEN', max_redemptions: 1 });
    const session = await stripe.checkout.sessions.create(order({ discounts: [{ coupon: 'FIFTEEN' }] }));
    expect(session).toMatchObject({
      amount_subtotal: 2_000,
      amount_total: 1_700,
      total_details: { amount_discount: 300, amount_tax: 0 },
      discounts: [{ coupon: 'FIFTEEN', promotion_code: null }],
    });
    const { data } = await stripe.checkout.sessions.listLineItems(session.id);
    expect(data).toMatchObject([{ amount_subtotal: 2_000, amount_discount: 300, amount_total: 1_700 }]);
    sim.payments.paySession(session.id);
    const paid = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent', 'discounts.coupon'],
    });
    expect(paid.payment_intent).toMatchObject({ amount: 1_700, amount_received: 1_700 });
    expect(paid.discounts).toMatchObject([{ coupon: { times_redeemed: 1, valid: false } }]);
    const again = stripe.checkout.sessions.create(order({ discounts: [{ coupon: 'FIFTEEN' }] }));
    expect(await errorOf(again)).toMatchObject({ statusCode: 400, code: 'coupon_expired' });
  });

  it('are shared out among the lines to the last cent', async () => {
    await using server = await connect();
    const { stripe } = server;
    await stripe.coupons.create({ amount_off: 100, currency: 'usd', id: 'DOLLAR' });
    const line = (unit_amount: number) => ({
      price_data: { currency: 'usd', unit_amount, product_data: { name: 'x' } },
    });
    const { id, total_details } = await stripe.checkout.sessions.create(
      order({ line_items: [line(333), line(333), line(334)], discounts: [{ coupon: 'DOLLAR' }] }),
    );
    expect(total_details?.amount_discount).toBe(100);
    const { data } = await stripe.checkout.sessions.listLineItems(id);
    expect(data.map(({ amount_discount }) => amount_discount)).toEqual([33, 34, 33]);
  });

  it('are applied on the page by a code, refused in words, and taken off again', async () => {
    await using server = await connect();
    const { stripe } = server;
    await stripe.coupons.create({ amount_off: 500, currency: 'usd', id: 'FIVE' });
    const code = await codeOf(stripe, 'FIVE', { code: 'SAVE5' });
    const { id, url } = await stripe.checkout.sessions.create(order({ allow_promotion_codes: true }));
    const apply = (typed: string) => post(`${url}/promotion-code`, { code: typed });
    expect(await (await fetch(url ?? '')).text()).toContain('aria-label="Promotion code"');
    const wrong = await apply('NOPE');
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain('role="alert">This code is invalid.</p>');
    expect((await apply('save5')).headers.get('location')).toBe(`/c/pay/${id}`);
    const markup = await (await fetch(url ?? '')).text();
    expect(markup).toContain('<th scope="row">SAVE5</th><td>−$5.00</td>');
    expect(markup).toContain('Pay $15.00');
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
      amount_subtotal: 2_000,
      amount_total: 1_500,
      discounts: [{ coupon: null, promotion_code: code.id }],
    });
    await apply('');
    expect((await stripe.checkout.sessions.retrieve(id)).amount_total).toBe(2_000);
    await apply('SAVE5');
    await post(url ?? '');
    expect(await stripe.promotionCodes.retrieve(code.id)).toMatchObject({ times_redeemed: 1 });
    expect((await post(`${url}/promotion-code`, { code: 'SAVE5' })).status).toBe(303);
  });

  it('change what the next try asks for, with the same intent', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    await stripe.coupons.create({ percent_off: 50, id: 'HALF' });
    await codeOf(stripe, 'HALF', { code: 'HALF' });
    const { id } = await stripe.checkout.sessions.create(order({ allow_promotion_codes: true }));
    const failed = sim.payments.paySession(id, { method: 'pm_card_chargeDeclined' });
    expect(failed).toMatchObject({ status: 'open', failureCode: 'card_declined' });
    const paid = sim.payments.paySession(id, { promotionCode: 'half' });
    expect(paid).toMatchObject({ status: 'complete', paymentIntent: failed.paymentIntent });
    expect((await stripe.paymentIntents.retrieve(paid.paymentIntent ?? '')).amount_received).toBe(1_000);
  });

  it('end a payment of the earlier total that waits for authentication', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    await stripe.coupons.create({ percent_off: 50, id: 'HALF' });
    await codeOf(stripe, 'HALF', { code: 'HALF' });
    const { id, url } = await stripe.checkout.sessions.create(order({ allow_promotion_codes: true }));
    const waiting = sim.payments.paySession(id, { method: 'pm_card_authenticationRequired' });
    await post(`${url}/promotion-code`, { code: 'HALF' });
    expect(() => sim.payments.authenticate(waiting.paymentIntent ?? '')).toThrow('no authentication');
    sim.payments.paySession(id);
    const [charge] = (await stripe.charges.list()).data;
    expect(charge).toMatchObject({ amount: 1_000, status: 'succeeded' });
  });

  it('of everything need no payment: no intent, and no_payment_required', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    await stripe.coupons.create({ percent_off: 100, id: 'FREE' });
    await codeOf(stripe, 'FREE', { code: 'FREE' });
    const { id } = await stripe.checkout.sessions.create(order({ allow_promotion_codes: true }));
    expect(sim.payments.paySession(id, { promotionCode: 'FREE' })).toEqual({
      status: 'complete',
      paymentStatus: 'no_payment_required',
      paymentIntent: null,
      intentStatus: null,
      failureCode: null,
    });
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
      amount_subtotal: 2_000,
      amount_total: 0,
      payment_intent: null,
    });
  });

  it.each<[string, Partial<Stripe.PromotionCodeCreateParams>, RegExp]>([
    [
      'under its minimum',
      { restrictions: { minimum_amount: 2_001, minimum_amount_currency: 'usd' } },
      /at least \$20\.01/,
    ],
    ['of another customer', { customer: 'other' }, /by this customer/],
    ['for first payments', { restrictions: { first_time_transaction: true } }, /prior transactions/],
    ['that is switched off', { active: false }, /inactive/],
  ])('refuse a code %s', async (_, more, message) => {
    await using server = await connect();
    const { sim, stripe } = server;
    await stripe.coupons.create({ percent_off: 10, id: 'TEN' });
    const other = await stripe.customers.create({});
    const payer = await stripe.customers.create({});
    const earlier = await stripe.checkout.sessions.create(order({ customer: payer.id }));
    sim.payments.paySession(earlier.id);
    const restricted = more.customer === undefined ? more : { ...more, customer: other.id };
    const { id } = await codeOf(stripe, 'TEN', restricted);
    const refused = stripe.checkout.sessions.create(
      order({ customer: payer.id, discounts: [{ promotion_code: id }] }),
    );
    const error = await errorOf(refused);
    expect(error).toMatchObject({ statusCode: 400, param: 'discounts[0][promotion_code]' });
    expect(error.message).toMatch(message);
  });

  it.each<[string, Partial<Stripe.Checkout.SessionCreateParams>]>([
    ['codes and a discount', { allow_promotion_codes: true, discounts: [{ coupon: 'TEN' }] }],
    ['two discounts', { discounts: [{ coupon: 'TEN' }, { coupon: 'TEN' }] }],
    ['an unknown coupon', { discounts: [{ coupon: 'NONE' }] }],
    ['a discount by two names', { discounts: [{ coupon: 'TEN', promotion_code: 'TEN' }] }],
    ['another currency', { discounts: [{ coupon: 'EURO' }] }],
    ['a rest below the minimum charge', { discounts: [{ coupon: 'MOST' }] }],
  ])('refuse %s', async (_, more) => {
    await using server = await connect();
    const { stripe } = server;
    await stripe.coupons.create({ percent_off: 10, id: 'TEN' });
    await stripe.coupons.create({ percent_off: 99, id: 'MOST' });
    await stripe.coupons.create({ amount_off: 100, currency: 'eur', id: 'EURO' });
    expect((await errorOf(stripe.checkout.sessions.create(order(more)))).statusCode).toBe(400);
    expect((await stripe.checkout.sessions.list()).data).toEqual([]);
  });
});
