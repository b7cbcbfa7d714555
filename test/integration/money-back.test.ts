import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildAccount, connect, refusalOf, startWorld } from './stripe-world.ts';

const nowMs = Date.UTC(2026, 2, 20, 15, 45, 30);
let world: Awaited<ReturnType<typeof startWorld>>;
let account: Awaited<ReturnType<typeof buildAccount>>;
let count = 0;

beforeEach(async () => {
  world = await startWorld('empty', nowMs);
  account = await buildAccount(world.client);
  world.signIn({ customerId: account.first, actor: 'ada' });
});
afterEach(() => world.close());

const app = () => connect(world.meterboard);
const status = (topUpId: string) => app().topUps.status.query({ topUpId });
const grantsOf = async () => (await world.client.billing.creditGrants.list({ customer: account.first })).data;
const inspect = (topUpId: string) =>
  world.meterboard.operate('topups.inspect', { topUpId }) as Promise<{
    row: { stuck: string | null; shortfall_minor: number; credited_minor: number };
    audit: { kind: string; actor: string; to_state: string | null; reason: string | null }[];
  }>;

/** What the customer can spend now, in cents: live ledgers of all grants. */
async function spendable(): Promise<number> {
  const { balances } = await app().credits.balance.query();
  return balances.find(({ currency }) => currency === 'usd')?.balance.amountMinor ?? 0;
}

/** A paid purchase of 10.00, credited unless `settle` is false. */
async function buy({ settle = true } = {}) {
  count += 1;
  const { topUpId } = await app().topUps.start.mutate({
    packageId: 'credits-10',
    attemptId: `attempt-${count}-back`,
  });
  const [session] = (await world.client.checkout.sessions.list({ customer: account.first })).data;
  const { paymentIntent } = await world.simulator.payments.paySession(session?.id ?? '');
  if (settle) await status(topUpId);
  return { topUpId, paymentIntent: paymentIntent ?? '' };
}

/** Uses this much of the credits for good: usage of the period is billed and finalised. */
async function use(cents: number): Promise<string> {
  await world.client.billing.meterEvents.create({
    event_name: 'api_calls',
    payload: { stripe_customer_id: account.first, value: String(cents) },
    timestamp: Math.floor(world.simulator.nowMs() / 1000),
  });
  await world.simulator.advance(33 * 86_400_000);
  const [invoice] = (await world.client.invoices.list({ customer: account.first })).data;
  return invoice?.id ?? '';
}

const refund = (payment_intent: string, amount?: number) =>
  world.client.refunds.create({ payment_intent, ...(amount === undefined ? {} : { amount }) });

describe('a refund', () => {
  it('in full voids the untouched credit', async () => {
    const { topUpId, paymentIntent } = await buy();
    await refund(paymentIntent);
    expect(await status(topUpId)).toMatchObject({ state: 'refunded', credited: { amountMinor: 0 } });
    expect((await grantsOf()).map(({ voided_at }) => voided_at !== null)).toEqual([true]);
    expect(await spendable()).toBe(0);
  });

  it('before the credit was given gives only what is left, or nothing', async () => {
    const half = await buy({ settle: false });
    await refund(half.paymentIntent, 400);
    expect(await status(half.topUpId)).toMatchObject({
      state: 'partially_refunded',
      credited: { amountMinor: 600 },
    });
    const whole = await buy({ settle: false });
    await refund(whole.paymentIntent);
    expect(await status(whole.topUpId)).toMatchObject({ state: 'refunded', credited: { amountMinor: 0 } });
    expect(await grantsOf()).toHaveLength(1);
    expect(await spendable()).toBe(600);
  });

  it('in several parts counts all of them, and gives the rest anew with the same expiry', async () => {
    const { topUpId, paymentIntent } = await buy();
    const [first] = await grantsOf();
    await refund(paymentIntent, 300);
    expect((await status(topUpId)).credited.amountMinor).toBe(700);
    await refund(paymentIntent, 200);
    expect((await status(topUpId)).credited.amountMinor).toBe(500);
    expect(await spendable()).toBe(500);
    await refund(paymentIntent, 500);
    expect(await status(topUpId)).toMatchObject({ state: 'refunded', credited: { amountMinor: 0 } });
    expect(await spendable()).toBe(0);
    expect(new Set((await grantsOf()).map(({ expires_at }) => expires_at))).toEqual(
      new Set([first?.expires_at]),
    );
  });

  it('that fails restores the credit', async () => {
    const { topUpId, paymentIntent } = await buy();
    const { id } = await refund(paymentIntent);
    expect((await status(topUpId)).state).toBe('refunded');
    await world.simulator.payments.failRefund(id);
    expect(await status(topUpId)).toMatchObject({ state: 'granted', credited: { amountMinor: 1000 } });
    expect(await spendable()).toBe(1000);
  });

  it('of credits that are used takes the rest and records the shortfall', async () => {
    const { topUpId, paymentIntent } = await buy();
    await use(600);
    await refund(paymentIntent);
    expect(await status(topUpId)).toMatchObject({ state: 'refunded', credited: { amountMinor: 600 } });
    expect((await inspect(topUpId)).row).toMatchObject({ stuck: 'shortfall', shortfall_minor: 600 });
    expect(await spendable()).toBe(0);
  });

  it('in part leaves the credit alone while a draft has it, and reduces it once that is finalised', async () => {
    const { topUpId, paymentIntent } = await buy();
    await world.client.billing.meterEvents.create({
      event_name: 'api_calls',
      payload: { stripe_customer_id: account.first, value: '600' },
      timestamp: nowMs / 1000,
    });
    const [subscription] = (await world.client.subscriptions.list({ customer: account.first })).data;
    await world.simulator.advanceTo((subscription?.items.data[0]?.current_period_end ?? 0) * 1000 + 60_000);
    await refund(paymentIntent, 300);
    expect((await status(topUpId)).state).toBe('partially_refunded');
    expect((await inspect(topUpId)).row).toMatchObject({ stuck: 'draft_waiting', credited_minor: 1000 });
    expect(await grantsOf()).toHaveLength(1);
    await world.simulator.advance(2 * 3_600_000);
    await world.meterboard.sweep();
    expect((await inspect(topUpId)).row).toMatchObject({ stuck: null, credited_minor: 700 });
    const [invoice] = (await world.client.invoices.list({ customer: account.first })).data;
    expect(invoice?.amount_due).toBe(0);
    expect(await spendable()).toBe(100);
  });
});

describe('a dispute', () => {
  it('takes the credit when the funds are withdrawn, and gives it back once when it is won', async () => {
    const { topUpId, paymentIntent } = await buy();
    const { id } = await world.simulator.payments.openDispute(paymentIntent);
    expect(await status(topUpId)).toMatchObject({ state: 'disputed', credited: { amountMinor: 0 } });
    expect(await spendable()).toBe(0);
    await world.simulator.payments.decideDispute(id, 'won');
    expect(await status(topUpId)).toMatchObject({ state: 'granted', credited: { amountMinor: 1000 } });
    await status(topUpId);
    expect(await spendable()).toBe(1000);
    expect(await grantsOf()).toHaveLength(2);
  });

  it('that is lost keeps what it took', async () => {
    const { topUpId, paymentIntent } = await buy();
    const { id } = await world.simulator.payments.openDispute(paymentIntent);
    await world.simulator.payments.decideDispute(id, 'lost');
    expect(await status(topUpId)).toMatchObject({ state: 'disputed', credited: { amountMinor: 0 } });
    expect(await spendable()).toBe(0);
  });

  it('after use gives back only what it took', async () => {
    const { topUpId, paymentIntent } = await buy();
    await use(600);
    const { id } = await world.simulator.payments.openDispute(paymentIntent);
    expect((await status(topUpId)).credited.amountMinor).toBe(600);
    await world.simulator.payments.decideDispute(id, 'won');
    await status(topUpId);
    expect(await spendable()).toBe(400);
  });

  it.each(['inquiry', 'prevented'] as const)('that is only an %s moves nothing', async (kind) => {
    const { topUpId, paymentIntent } = await buy();
    await world.simulator.payments.openDispute(paymentIntent, { kind });
    expect((await status(topUpId)).state).toBe('granted');
    expect(await spendable()).toBe(1000);
  });

  it('of a part takes that part', async () => {
    const { topUpId, paymentIntent } = await buy();
    await world.simulator.payments.openDispute(paymentIntent, { amountMinor: 250 });
    expect(await status(topUpId)).toMatchObject({ state: 'disputed', credited: { amountMinor: 750 } });
    expect(await spendable()).toBe(750);
  });
});

describe('a customer at the limit of 100 unused grants', () => {
  it('has paid and waits, is told so, and is credited once there is room', async () => {
    for (let n = 0; n < 100; n += 1) {
      await world.client.billing.creditGrants.create({
        customer: account.first,
        amount: { type: 'monetary', monetary: { currency: 'usd', value: 1 } },
        applicability_config: { scope: { price_type: 'metered' } },
      });
    }
    const { topUpId } = await buy();
    expect((await status(topUpId)).state).toBe('paid');
    expect(await world.meterboard.operate('topups.stuck', {})).toMatchObject([
      { topUpId, stuck: 'grant_cap' },
    ]);
    const [balance] = (await app().credits.balance.query()).balances;
    expect(balance?.arriving.amountMinor).toBe(1000);
    const [old] = await grantsOf();
    await world.client.billing.creditGrants.voidGrant(old?.id ?? '');
    await world.simulator.advance(3_600_000);
    await world.meterboard.sweep();
    expect((await status(topUpId)).state).toBe('granted');
    expect((await inspect(topUpId)).row.stuck).toBe(null);
  });
});

describe('a customer who was deleted after paying', () => {
  it('is for the operator, not lost', async () => {
    const { topUpId } = await buy({ settle: false });
    await world.client.customers.del(account.first);
    const caller = world.meterboard.createCaller({ customerId: account.first });
    expect((await caller.topUps.status({ topUpId })).state).toBe('paid');
    expect(await world.meterboard.operate('topups.stuck', {})).toMatchObject([
      { topUpId, stuck: 'customer_deleted' },
    ]);
  });
});

describe('credits on their way', () => {
  it('are terms of the balance that add up, and say what they cover of usage already made', async () => {
    await world.client.billing.meterEvents.create({
      event_name: 'api_calls',
      payload: { stripe_customer_id: account.first, value: '300' },
      timestamp: nowMs / 1000,
    });
    world.simulator.faults.failNext({ path: /credit_grants$/, method: 'POST', status: 400, times: 1 });
    const { topUpId } = await buy();
    const [waiting] = (await app().credits.balance.query()).balances;
    expect(waiting?.terms.map(({ kind, amount }) => [kind, amount.amountMinor])).toEqual([
      ['balance', 0],
      ['on_drafts', 0],
      ['unbilled', 0],
      ['remaining', 0],
      ['arriving', 1000],
      ['arriving_covers_used', -300],
      ['after_arrival', 700],
    ]);
    await world.simulator.advance(60_000);
    expect(await status(topUpId)).toMatchObject({ state: 'granted', coversUsed: { amountMinor: 300 } });
    const [there] = (await app().credits.balance.query()).balances;
    expect([there?.remaining.amountMinor, there?.arriving.amountMinor, there?.terms.length]).toEqual([
      700, 0, 4,
    ]);
  });
});

describe('the history', () => {
  it('has what was paid, newest first, page by page, and refuses a cursor that is none of ours', async () => {
    const bought = [];
    for (let n = 0; n < 3; n += 1) {
      bought.unshift((await buy()).topUpId);
      await world.simulator.advance(1000);
    }
    await app().topUps.start.mutate({ packageId: 'credits-10', attemptId: 'attempt-unpaid' });
    const first = await app().topUps.history.query({ limit: 2 });
    const second = await app().topUps.history.query({ limit: 2, cursor: first.nextCursor ?? '' });
    const ids = [...first.topUps, ...second.topUps].map(({ topUpId }) => topUpId);
    expect([ids, second.nextCursor]).toEqual([bought, null]);
    expect((await refusalOf(app().topUps.history.query({ cursor: 'in_1' }))).code).toBe('not_found');
  });
});

describe('the audit', () => {
  it('S2-8: has a row for every change, with who did it, when and why, and its sums are the balance', async () => {
    const { topUpId, paymentIntent } = await buy();
    await refund(paymentIntent, 300);
    await world.meterboard.operate('topups.retry', { topUpId });
    const { audit, row } = await inspect(topUpId);
    expect(audit.map(({ kind, to_state, actor }) => [kind, to_state, actor])).toEqual([
      ['state', 'created', 'customer:ada'],
      ['state', 'open', 'customer:ada'],
      ['state', 'granting', 'customer:ada'],
      ['grant_made', null, 'customer:ada'],
      ['state', 'granted', 'customer:ada'],
      ['state', 'partially_refunded', 'operator'],
      ['grant_ended', null, 'operator'],
      ['grant_made', null, 'operator'],
    ]);
    expect(row.credited_minor).toBe(700);
    expect(await spendable()).toBe(700);
  });

  it('keeps sums and forgets people when a customer is erased', async () => {
    const { topUpId } = await buy();
    await world.meterboard.credits.grant({
      customerId: account.first,
      key: 'sorry',
      amount: { amountMinor: 500, currency: 'usd' },
      reason: 'Sorry, Ada Lovelace',
    });
    expect(await world.meterboard.eraseCustomer(account.first)).toEqual({ erased: 2 });
    const file = JSON.stringify(await inspect(topUpId));
    expect(file).toContain('"credited_minor":1000');
    for (const trace of [account.first, 'ada', 'Ada', 'app.example']) expect(file).not.toContain(trace);
    expect((await refusalOf(status(topUpId))).code).toBe('not_found');
    expect((await app().topUps.history.query({})).topUps).toEqual([]);
  });
});

describe('a bonus of the host', () => {
  const bonus = () => ({
    customerId: account.first,
    key: 'welcome-2026',
    amount: { amountMinor: 500, currency: 'usd' },
    reason: 'Signed up in spring',
    name: 'Welcome',
  });

  it('is given once per key, however often and concurrently', async () => {
    const all = await Promise.all([1, 2, 3, 4].map(() => world.meterboard.credits.grant(bonus())));
    expect(new Set(all.map(({ bonusId }) => bonusId)).size).toBe(1);
    expect((await world.meterboard.credits.grant(bonus())).state).toBe('granted');
    expect((await grantsOf()).map(({ category, name }) => [category, name])).toEqual([
      ['promotional', 'Welcome'],
    ]);
    expect(await spendable()).toBe(500);
  });

  it('is refused under a key that stands for something else, or with an amount that cannot be', async () => {
    await world.meterboard.credits.grant(bonus());
    const more = { ...bonus(), amount: { amountMinor: 600, currency: 'usd' } };
    expect((await refusalOf(world.meterboard.credits.grant(more))).code).toBe('conflict');
    const none = { ...bonus(), key: 'other', amount: { amountMinor: 0, currency: 'usd' } };
    expect(await refusalOf(world.meterboard.credits.grant(none))).toMatchObject({
      code: 'invalid_input',
      field: 'amount',
    });
    const past = { ...bonus(), key: 'other', expiresAtMs: nowMs - 1 };
    expect((await refusalOf(world.meterboard.credits.grant(past))).field).toBe('expiresAtMs');
  });

  it('is revoked as far as it is unused, once', async () => {
    await world.meterboard.credits.grant(bonus());
    await use(200);
    const revoke = { customerId: account.first, key: 'welcome-2026', reason: 'Mistake' };
    expect((await world.meterboard.credits.revoke(revoke)).state).toBe('revoked');
    expect((await world.meterboard.credits.revoke(revoke)).state).toBe('revoked');
    expect(await spendable()).toBe(0);
    expect((await refusalOf(world.meterboard.credits.revoke({ ...revoke, key: 'unknown' }))).code).toBe(
      'not_found',
    );
    const other = { ...revoke, customerId: account.second };
    expect((await refusalOf(world.meterboard.credits.revoke(other))).code).toBe('not_found');
  });

  it('that Stripe does not take at once is given later by itself', async () => {
    world.simulator.faults.failNext({ path: /credit_grants$/, method: 'POST', status: 500, times: 1 });
    expect((await world.meterboard.credits.grant(bonus())).state).toBe('granting');
    await world.simulator.advance(60_000);
    const report = await world.meterboard.sweep();
    expect(report.bonuses).toEqual({ looked: 1, failed: 0 });
    expect((await world.meterboard.credits.grant(bonus())).state).toBe('granted');
    expect(await grantsOf()).toHaveLength(1);
  });
});
