import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildAccount, connect, grantCredits, refusalOf, startWorld } from './stripe-world.ts';

const nowMs = Date.UTC(2026, 2, 20, 15, 45, 30);
let world: Awaited<ReturnType<typeof startWorld>>;
let account: Awaited<ReturnType<typeof buildAccount>>;

beforeEach(async () => {
  world = await startWorld('empty', nowMs);
  account = await buildAccount(world.client);
  world.signIn({ customerId: account.first });
});
afterEach(() => world.close());

const attempt = { packageId: 'credits-10', attemptId: 'attempt-0001' };
const app = () => connect(world.meterboard);
const start = (known: object = {}) => app().topUps.start.mutate({ ...attempt, ...known });
const status = (topUpId: string) => app().topUps.status.query({ topUpId });
const pay = (url: string | null) => fetch(url ?? '', { method: 'POST', redirect: 'manual' });
const grants = async () => (await world.client.billing.creditGrants.list({ customer: account.first })).data;
const sessions = async () => (await world.client.checkout.sessions.list({ customer: account.first })).data;
const remaining = async () => {
  const { balances } = await app().credits.balance.query();
  return balances.map((balance) => balance.remaining.amountMinor);
};

describe('a top-up', () => {
  it('S2-2: of 10 on a balance of 3 makes 13', async () => {
    await grantCredits(world.client, account.first, 300);
    expect(await remaining()).toEqual([300]);
    const { topUpId, url } = await start();
    expect((await status(topUpId)).state).toBe('open');
    expect(await remaining()).toEqual([300]);
    const paid = await pay(url);
    expect(paid.headers.get('location')).toBe(`https://app.example/billing?meterboard_topup=${topUpId}`);
    expect(await status(topUpId)).toMatchObject({
      state: 'granted',
      credit: { amountMinor: 1000, currency: 'usd' },
    });
    expect(await remaining()).toEqual([1300]);
  });

  it('S2-11: is one payment and creates no subscription', async () => {
    const before = world.simulator.requests.callCount({ method: 'POST' });
    const { topUpId, url } = await start();
    await pay(url);
    await status(topUpId);
    const posts = world.simulator.requests.all({ method: 'POST' }).slice(before);
    expect(posts.map(({ path }) => path).filter((path) => path.startsWith('/v1/'))).toEqual([
      '/v1/checkout/sessions',
      // Reads how much usage the credits will cover.
      '/v1/invoices/create_preview',
      '/v1/billing/credit_grants',
    ]);
    expect((await sessions()).map(({ mode, subscription }) => [mode, subscription])).toEqual([
      ['payment', null],
    ]);
    const { data } = await world.client.subscriptions.list({ customer: account.first, status: 'all' });
    expect(data).toHaveLength(1);
  });

  it('F-top-up: leads a double click, a reload and a late retry to the same payment page', async () => {
    const [a, b] = await Promise.all([start(), start()]);
    await world.simulator.advance(3 * 3_600_000);
    const late = await start();
    expect([b, late]).toEqual([a, a]);
    expect(await sessions()).toHaveLength(1);
  });

  it('is not charged again when its idempotency key is long forgotten', async () => {
    const first = await start();
    await pay(first.url);
    await world.simulator.advance(3 * 86_400_000);
    expect(await start()).toMatchObject({ topUpId: first.topUpId, state: 'granted', url: null });
    expect(await sessions()).toHaveLength(1);
  });

  it('refuses other content under the same attempt, while another return address alone is fine', async () => {
    const first = await start();
    expect((await refusalOf(start({ packageId: 'credits-50' }))).code).toBe('conflict');
    const elsewhere = { returnUrl: 'https://app.example/other?tab=1#x' };
    expect(await start(elsewhere)).toEqual(first);
    const [c, d] = await Promise.all([
      start({ attemptId: 'attempt-0002' }),
      start({ attemptId: 'attempt-0002', ...elsewhere }),
    ]);
    expect(c).toEqual(d);
    expect(await sessions()).toHaveLength(2);
  });

  it('becomes one grant, however many polls see it paid at once', async () => {
    const { topUpId, url } = await start();
    await pay(url);
    const seen = await Promise.all(Array.from({ length: 6 }, () => status(topUpId)));
    expect(seen.map(({ state }) => state)).toContain('granted');
    for (const { state } of seen) expect(['paid', 'granted']).toContain(state);
    expect((await status(topUpId)).state).toBe('granted');
    expect(
      (await grants()).map(({ metadata, category, expires_at }) => [metadata, category, expires_at]),
    ).toEqual([[{ topup_id: topUpId, generation: '1' }, 'paid', null]]);
  });

  it('is found by its metadata and not granted again after Stripe forgot the key', async () => {
    const { topUpId, url } = await start();
    await pay(url);
    await status(topUpId);
    await world.simulator.advance(3 * 86_400_000);
    expect((await status(topUpId)).state).toBe('granted');
    expect(await grants()).toHaveLength(1);
  });

  it('is never credited unpaid', async () => {
    const { topUpId } = await start();
    await status(topUpId);
    await world.simulator.advance(2 * 86_400_000);
    expect((await status(topUpId)).state).toBe('expired');
    expect((await start()).url).toBe(null);
    expect(await grants()).toEqual([]);
  });

  it('stays paid while Stripe refuses the grant, tells the operator, and arrives with a later poll', async () => {
    const { topUpId, url } = await start();
    await pay(url);
    world.simulator.faults.failNext({ path: /credit_grants$/, method: 'POST', status: 400, times: 1 });
    expect((await status(topUpId)).state).toBe('paid');
    expect(world.log.lines.join()).toContain('not given yet');
    world.simulator.faults.clear();
    expect((await status(topUpId)).state).toBe('paid');
    await world.simulator.advance(60_000);
    expect((await status(topUpId)).state).toBe('granted');
  });

  it('is refused, with the reason, where no metered subscription could use the credits', async () => {
    const { id } = await world.client.customers.create({ name: 'Without a subscription' });
    world.signIn({ customerId: id });
    expect((await app().topUps.packages.query()).unavailable).toBe('no_metered_subscription');
    const refusal = await refusalOf(start());
    expect(refusal.code).toBe('top_up_disabled');
    expect(refusal.message).toContain('nothing could use the credits');
  });

  it.each([
    ['https://evil.example/billing', 'invalid_input', 'returnUrl'],
    ['javascript:alert(1)', 'invalid_input', 'returnUrl'],
  ])('does not lead back to %s', async (returnUrl, code, field) => {
    expect(await refusalOf(start({ returnUrl }))).toMatchObject({ code, field });
    expect(await sessions()).toEqual([]);
  });

  it('S2-5: notes what it is worth in the session and in the payment', async () => {
    const { topUpId, url } = await start();
    const frozen = {
      topup_id: topUpId,
      topup_payment: '1',
      topup_kind: 'checkout',
      price_minor: '1000',
      price_currency: 'usd',
      credit_minor: '1000',
      credit_currency: 'usd',
    };
    await pay(url);
    const [session] = await sessions();
    expect(session?.metadata).toEqual(frozen);
    const intent = await world.client.paymentIntents.retrieve(String(session?.payment_intent));
    expect(intent.metadata).toEqual(frozen);
  });
});
