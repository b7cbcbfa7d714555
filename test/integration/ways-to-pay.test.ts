import type { TopUpOptions } from '@meterboard/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildAccount, connect, packages, refusalOf, startWorld } from './stripe-world.ts';

const nowMs = Date.UTC(2026, 2, 20, 15, 45, 30);
let world: Awaited<ReturnType<typeof startWorld>>;
let account: Awaited<ReturnType<typeof buildAccount>>;

const topUps: TopUpOptions = {
  packages: [
    ...packages,
    {
      id: 'year',
      label: 'For a year',
      price: { amountMinor: 2000, currency: 'usd' },
      credit: { amountMinor: 2500, currency: 'usd' },
      expiresAfterMonths: 12,
      priority: 10,
    },
  ],
  custom: { currency: 'usd', minimumMinor: 500, maximumMinor: 50_000, stepMinor: 500 },
  payWith: ['saved_card', 'hosted_page', 'embedded_page'],
  returnUrl: 'https://app.example/billing',
  conditions: { text: 'Not refundable once used.', url: 'https://app.example/terms' },
};

async function begin(options: Partial<TopUpOptions> = {}): Promise<void> {
  world = await startWorld('empty', nowMs, { topUps: { ...topUps, ...options } });
  account = await buildAccount(world.client);
  world.signIn({ customerId: account.first, actor: 'ada' });
}
beforeEach(() => begin());
afterEach(() => world.close());

const attempt = { packageId: 'credits-10', attemptId: 'attempt-0001' };
const app = () => connect(world.meterboard);
const start = (known: object = {}) => app().topUps.start.mutate({ ...attempt, ...known });
const oneClick = (known: object = {}) => start({ payWith: 'saved_card', ...known });
const status = (topUpId: string) => app().topUps.status.query({ topUpId });
const grants = async () => (await world.client.billing.creditGrants.list({ customer: account.first })).data;
const intents = async () => (await world.client.paymentIntents.list({ customer: account.first })).data;
const sessions = async () => (await world.client.checkout.sessions.list({ customer: account.first })).data;

/** Keeps a card as the customer's default. `behaves` makes it act like another test card from now on. */
async function saveCard(behaves?: string): Promise<string> {
  const { id } = await world.client.paymentMethods.attach('pm_card_visa', { customer: account.first });
  await world.client.customers.update(account.first, { invoice_settings: { default_payment_method: id } });
  if (behaves) world.simulator.payments.actAs(id, behaves);
  return id;
}

describe('a saved card', () => {
  it('is shown by its brand and last four digits, and nothing else of it', async () => {
    expect((await app().topUps.savedCard.query()).card).toBe(null);
    await saveCard();
    expect((await app().topUps.savedCard.query()).card).toEqual({
      brand: 'visa',
      last4: '4242',
      expiryMonth: expect.any(Number),
      expiryYear: expect.any(Number),
    });
  });

  it('is charged with one click, and the credit is there when the click is answered', async () => {
    await saveCard();
    const answer = await oneClick();
    expect(answer).toMatchObject({ state: 'granted', url: null, declined: null });
    expect((await intents()).map(({ status: state, amount }) => [state, amount])).toEqual([
      ['succeeded', 1000],
    ]);
    expect(await grants()).toHaveLength(1);
    const seen = await status(answer.topUpId);
    expect(seen).toMatchObject({ state: 'granted', payWith: 'saved_card', credited: { amountMinor: 1000 } });
    const { url } = await app().topUps.receipt.query({ topUpId: answer.topUpId });
    expect((await fetch(url ?? '')).status).toBe(200);
  });

  it('is charged once for a double click, a reload and a late retry', async () => {
    await saveCard();
    const both = await Promise.all([oneClick(), oneClick(), oneClick()]);
    await world.simulator.advance(30 * 3_600_000);
    const late = await oneClick();
    expect(new Set([...both, late].map(({ topUpId }) => topUpId)).size).toBe(1);
    expect(late.state).toBe('granted');
    expect(await intents()).toHaveLength(1);
    expect(await grants()).toHaveLength(1);
  });

  it.each([
    ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_details'],
    ['pm_card_chargeDeclinedProcessingError', 'try_again'],
    ['pm_card_chargeDeclined', 'declined'],
    ['pm_card_chargeDeclinedFraudulent', 'declined'],
  ])(
    'that acts as %s is declined as %s, and the same attempt goes on at the payment page',
    async (card, reason) => {
      await saveCard(card);
      const declined = await oneClick();
      expect(declined).toMatchObject({ state: 'open', url: null, declined: reason });
      const page = await start({ payWith: 'hosted_page' });
      expect(page).toMatchObject({ topUpId: declined.topUpId, state: 'open', declined: null });
      expect((await intents()).map(({ status: state }) => state)).toEqual(['canceled']);
      await fetch(page.url ?? '', { method: 'POST', redirect: 'manual' });
      expect((await status(page.topUpId)).state).toBe('granted');
      expect(await grants()).toHaveLength(1);
    },
  );

  it('whose bank wants to hear from its owner goes on at a page of the same purchase', async () => {
    await saveCard('pm_card_authenticationRequired');
    const answer = await oneClick();
    expect(answer).toMatchObject({ state: 'requires_action', declined: 'authentication_required' });
    expect((await intents()).filter(({ status: state }) => state !== 'canceled')).toEqual([]);
    const [session] = await sessions();
    expect(answer.url).toBe(session?.url);
    await world.simulator.payments.paySession(session?.id ?? '');
    expect((await status(answer.topUpId)).state).toBe('granted');
    expect(await grants()).toHaveLength(1);
  });

  it('is not charged any more after five declines within an hour', async () => {
    await saveCard('pm_card_chargeDeclined');
    for (let n = 0; n < 5; n += 1) await oneClick({ attemptId: `attempt-many-${n}` });
    const refusal = await refusalOf(oneClick({ attemptId: 'attempt-many-5' }));
    expect(refusal).toMatchObject({ code: 'top_up_disabled', limit: 'at most 5 declined charges an hour' });
    expect(await intents()).toHaveLength(5);
    expect((await start({ attemptId: 'attempt-many-6' })).url).toContain('http');
    await world.simulator.advance(3_600_000);
    expect((await oneClick({ attemptId: 'attempt-many-7' })).declined).toBe('declined');
  });

  it('that does not exist is no dead end', async () => {
    expect((await refusalOf(oneClick())).code).toBe('payment_declined');
    const page = await start();
    expect(page).toMatchObject({ state: 'open', declined: null });
  });

  it('whose answer got lost is looked up and never charged twice', async () => {
    await saveCard();
    world.simulator.faults.resetNext({ path: /payment_intents$/, method: 'POST', times: 1 });
    const lost = await oneClick();
    expect(['processing', 'granted']).toContain(lost.state);
    expect((await oneClick()).state).toBe('granted');
    expect(await intents()).toHaveLength(1);
    expect(await grants()).toHaveLength(1);
  });

  it('is not charged where the request never arrived, and says so until that is sure', async () => {
    await saveCard();
    world.simulator.faults.failNext({ path: /payment_intents$/, method: 'POST', status: 500, times: 1 });
    const first = await oneClick();
    expect(first.state).toBe('processing');
    expect((await oneClick()).state).toBe('processing');
    expect(await intents()).toEqual([]);
    await world.simulator.advance(4 * 60_000);
    expect(await status(first.topUpId)).toMatchObject({ state: 'open', declined: 'try_again' });
    expect((await oneClick()).state).toBe('granted');
    expect(await intents()).toHaveLength(1);
  });
});

describe('a page', () => {
  it('is embedded where it is asked for, and hosted after all where the script does not load', async () => {
    const embedded = await start({ payWith: 'embedded_page' });
    expect(embedded).toMatchObject({
      state: 'open',
      url: null,
      clientSecret: expect.stringContaining('secret'),
    });
    expect(await start({ payWith: 'embedded_page' })).toEqual(embedded);
    const hosted = await start({ payWith: 'hosted_page' });
    expect(hosted).toMatchObject({ topUpId: embedded.topUpId, clientSecret: null });
    expect(hosted.url).toContain('http');
    expect((await sessions()).map(({ status: state }) => state).toSorted()).toEqual(['expired', 'open']);
  });

  it('that was paid meanwhile is not left for another way to pay', async () => {
    const embedded = await start({ payWith: 'embedded_page' });
    const [session] = await sessions();
    await world.simulator.payments.paySession(session?.id ?? '');
    expect(await start({ payWith: 'hosted_page' })).toMatchObject({
      topUpId: embedded.topUpId,
      state: 'granted',
    });
    expect(await sessions()).toHaveLength(1);
    expect(await grants()).toHaveLength(1);
  });

  it('S2-4: paid by bank debit is processing until the money is there, and credits nothing before', async () => {
    const { topUpId } = await start();
    const [session] = await sessions();
    await world.simulator.payments.paySession(session?.id ?? '', { method: 'pm_usBankAccount_success' });
    expect((await status(topUpId)).state).toBe('processing');
    expect(await grants()).toEqual([]);
    await world.simulator.advance(3_600_000);
    expect((await status(topUpId)).state).toBe('granted');
  });

  it('paid by a bank debit that bounces ends without a credit', async () => {
    const { topUpId } = await start();
    const [session] = await sessions();
    await world.simulator.payments.paySession(session?.id ?? '', {
      method: 'pm_usBankAccount_insufficientFunds',
    });
    expect((await status(topUpId)).state).toBe('processing');
    await world.simulator.advance(3_600_000);
    expect((await status(topUpId)).state).toBe('canceled');
    expect(await grants()).toEqual([]);
  });

  it('keeps the card for the next time where its owner agrees', async () => {
    await start();
    const [session] = await sessions();
    await world.simulator.payments.paySession(session?.id ?? '', { save: true });
    expect((await app().topUps.savedCard.query()).card?.last4).toBe('4242');
    expect((await oneClick({ attemptId: 'attempt-0002' })).state).toBe('granted');
  });

  it('S2-17: adds the tax, takes promotion codes and makes an invoice as the receipt where the host wants that; the credit stays what was sold', async () => {
    await world.close();
    await begin({ payWith: ['hosted_page'], automaticTax: true, promotionCodes: true, invoices: true });
    const coupon = await world.client.coupons.create({ percent_off: 50, duration: 'once' });
    await world.client.promotionCodes.create({
      code: 'HALF',
      promotion: { type: 'coupon', coupon: coupon.id },
    });
    const { topUpId } = await start();
    const [session] = await sessions();
    await world.simulator.payments.paySession(session?.id ?? '', { promotionCode: 'HALF' });
    const [paid] = await sessions();
    expect([paid?.amount_subtotal, paid?.amount_total]).toEqual([1000, 600]);
    expect(await status(topUpId)).toMatchObject({ state: 'granted', credited: { amountMinor: 1000 } });
    const { url } = await app().topUps.receipt.query({ topUpId });
    const invoice = await world.client.invoices.retrieve(String(paid?.invoice));
    expect(url).toBe(invoice.hosted_invoice_url);
  });

  it('that a promotion pays for entirely credits in full', async () => {
    await world.close();
    await begin({ payWith: ['hosted_page'], promotionCodes: true });
    const coupon = await world.client.coupons.create({ percent_off: 100, duration: 'once' });
    await world.client.promotionCodes.create({
      code: 'FREE',
      promotion: { type: 'coupon', coupon: coupon.id },
    });
    const { topUpId } = await start();
    const [session] = await sessions();
    await world.simulator.payments.paySession(session?.id ?? '', { promotionCode: 'FREE' });
    expect((await status(topUpId)).state).toBe('granted');
  });

  it('that charges another currency credits what the package says, not what was presented', async () => {
    world.simulator.assumptions.adaptivePricingCurrency = 'eur';
    const { topUpId } = await start();
    const [session] = await sessions();
    await world.simulator.payments.paySession(session?.id ?? '', { currency: 'eur' });
    expect(await status(topUpId)).toMatchObject({
      state: 'granted',
      credited: { amountMinor: 1000, currency: 'usd' },
    });
  });
});

describe('an offer', () => {
  it('tells bonus, expiry, own amounts, ways to pay and conditions', async () => {
    const offer = await app().topUps.packages.query();
    expect(offer.packages.map(({ packageId, bonus }) => [packageId, bonus.amountMinor])).toEqual([
      ['credits-10', 0],
      ['credits-20', 0],
      ['year', 500],
      ['credits-50', 0],
    ]);
    expect(offer.custom).toMatchObject({ minimum: { amountMinor: 500 }, step: { amountMinor: 500 } });
    expect(offer.payWith).toEqual(['saved_card', 'hosted_page', 'embedded_page']);
    expect(offer.conditions).toEqual({ text: 'Not refundable once used.', url: 'https://app.example/terms' });
    expect([offer.tooLateForPeriodEndMs, offer.unavailable]).toEqual([null, null]);
  });

  it('S2-12: is there for a customer with a running subscription, at any time', async () => {
    const { data } = await world.client.subscriptions.list({ customer: account.first });
    expect(data.map(({ status: state }) => state)).toEqual(['active']);
    expect((await app().topUps.packages.query()).unavailable).toBe(null);
    expect((await start()).url).toContain('http');
  });

  it('sells an amount of one’s own, and only what the limits allow', async () => {
    const { packageId: _, ...own } = attempt;
    const started = await app().topUps.start.mutate({ ...own, amountMinor: 7500 });
    await world.simulator.payments.paySession((await sessions())[0]?.id ?? '');
    expect(await status(started.topUpId)).toMatchObject({ packageId: null, credited: { amountMinor: 7500 } });
    for (const amountMinor of [499, 501, 50_500, 7499]) {
      const refusal = await refusalOf(
        app().topUps.start.mutate({ attemptId: `attempt-own-${amountMinor}`, amountMinor }),
      );
      expect(refusal).toMatchObject({ code: 'invalid_input', field: 'amountMinor' });
      expect(refusal.limit).toContain('500 to 50000 in steps of 500');
    }
    for (const input of [{}, { packageId: 'year', amountMinor: 500 }]) {
      const both = app().topUps.start.mutate({ attemptId: 'attempt-both', ...input });
      expect((await refusalOf(both)).code).toBe('invalid_input');
    }
    expect((await refusalOf(start({ packageId: 'gold' }))).code).toBe('unknown_package');
    expect(await sessions()).toHaveLength(1);
  });

  it('S2-15: grants with the expiry, category and priority of the package', async () => {
    const { topUpId } = await start({ packageId: 'year' });
    await world.simulator.payments.paySession((await sessions())[0]?.id ?? '');
    await status(topUpId);
    const [grant] = await grants();
    expect([grant?.expires_at, grant?.priority, grant?.category, grant?.amount.monetary?.value]).toEqual([
      Date.UTC(2027, 2, 20, 15, 45, 30) / 1000,
      10,
      'paid',
      2500,
    ]);
  });

  it('says when an invoice waits that credits are too late for', async () => {
    await world.client.billing.meterEvents.create({
      event_name: 'api_calls',
      payload: { stripe_customer_id: account.first, value: '900' },
      timestamp: nowMs / 1000,
    });
    const [subscription] = (await world.client.subscriptions.list({ customer: account.first })).data;
    const endMs = (subscription?.items.data[0]?.current_period_end ?? 0) * 1000;
    await world.simulator.advanceTo(endMs + 60_000);
    expect((await app().topUps.packages.query()).tooLateForPeriodEndMs).toBe(endMs);
    await world.simulator.advance(2 * 3_600_000);
    expect((await app().topUps.packages.query()).tooLateForPeriodEndMs).toBe(null);
  });

  it('refuses a way to pay that is not offered', async () => {
    await world.close();
    await begin({ payWith: ['hosted_page'] });
    expect(await refusalOf(oneClick())).toMatchObject({ code: 'invalid_input', field: 'payWith' });
  });

  it('allows ten unpaid purchases at once', async () => {
    for (let n = 0; n < 10; n += 1) await start({ attemptId: `attempt-open-${n}` });
    expect((await refusalOf(start({ attemptId: 'attempt-open-10' }))).limit).toBe('at most 10 open payments');
    await world.simulator.advance(25 * 3_600_000);
    await world.meterboard.sweep();
    expect((await start({ attemptId: 'attempt-open-10' })).url).toContain('http');
  });
});

describe('the same attempt of another customer', () => {
  it('is another purchase and reveals nothing of the first', async () => {
    await saveCard();
    const mine = await oneClick();
    world.signIn({ customerId: account.second });
    const theirs = await start();
    expect(theirs.topUpId).not.toBe(mine.topUpId);
    expect(theirs.state).toBe('open');
    expect((await app().topUps.history.query({})).topUps).toEqual([]);
  });
});
