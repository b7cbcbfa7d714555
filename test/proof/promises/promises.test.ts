import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeStores } from '../../../packages/server/src/testing/describe-stores.ts';
import { drain } from '../stage/queue.ts';
import { deliver, startRecorder } from '../stage/recorder.ts';
import { type Host, type Stage, startStage } from '../stage/stage.ts';
import { liveMinor, readTruth, sumAudit } from '../stage/truth.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describeStores('purchases', (store) => {
  let stage: Stage;
  let host: Host;
  let customerId: string;

  beforeEach(async () => {
    stage = await startStage(store.open, { customers: 1, seed: 1 });
    host = await stage.openHost();
    customerId = stage.customerIds[0] ?? '';
  });
  afterEach(() => stage.close());

  const caller = () => host.meterboard.createCaller({ customerId });
  const status = (topUpId: string) => caller().topUps.status({ topUpId });
  const balance = async () => {
    const { balances } = await caller().credits.balance();
    return balances.find(({ currency }) => currency === 'usd')?.balance.amountMinor ?? 0;
  };
  async function begin(attemptId: string, packageId = 'ten') {
    const { topUpId } = await caller().topUps.start({ packageId, attemptId, payWith: 'hosted_page' });
    const { payment_id: sessionId } = await store.db
      .selectFrom('top_up_payments')
      .select('payment_id')
      .where('top_up_id', '=', topUpId)
      .executeTakeFirstOrThrow();
    const pay = (method = 'pm_card_visa') => stage.simulator.payments.paySession(sessionId ?? '', { method });
    return { topUpId, pay };
  }
  async function letItSettle(): Promise<void> {
    await stage.simulator.webhooks.settled();
    await drain(store.open, { withLater: true });
  }
  const listen = () => stage.simulator.webhooks.forward({ url: stage.url, secret: 'whsec_of_snapshots' });

  it('S2-7: 50 of 10.00 that are credited at once make exactly 500.00', async () => {
    const topUpIds: string[] = [];
    for (let day = 0; day < 5; day += 1) {
      for (let n = 0; n < 10; n += 1) {
        const { topUpId, pay } = await begin(`attempt-${day}-${n}`);
        pay();
        topUpIds.push(topUpId);
      }
      // At most ten may be open on a day: nobody tells the kit yet that they are paid.
      await stage.simulator.advance(25 * hourMs);
    }
    const rival = await stage.openHost({ answers: false });
    await Promise.all([
      ...topUpIds.map(status),
      ...topUpIds.map((topUpId) => rival.meterboard.createCaller({ customerId }).topUps.status({ topUpId })),
      host.meterboard.sweep(),
      rival.meterboard.sweep(),
    ]);
    await letItSettle();
    expect(await balance()).toBe(50_000);
    expect(
      (await stage.client.billing.creditGrants.list({ customer: customerId, limit: 100 })).data,
    ).toHaveLength(50);
  }, 120_000);

  it('S2-8: leave an audit that only grows and adds up to the balance', async () => {
    listen();
    const first = await begin('attempt-first');
    const { paymentIntent } = first.pay();
    await letItSettle();
    const early = await store.db.selectFrom('audit').selectAll().orderBy('seq').execute();
    await stage.client.refunds.create({ payment_intent: paymentIntent ?? '', amount: 300 });
    await caller().topUps.start({ packageId: 'bonus', attemptId: 'attempt-second', payWith: 'saved_card' });
    await letItSettle();
    const audit = await store.db.selectFrom('audit').selectAll().orderBy('seq').execute();
    expect(audit.slice(0, early.length)).toEqual(early);
    const sums = await sumAudit(store.db);
    expect([...sums.values()].reduce((sum, minor) => sum + minor, 0)).toBe(await balance());
    expect(await balance()).toBe(700 + 2_500);
    await expect(store.db.updateTable('audit').set({ kind: 'other' }).execute()).rejects.toThrow(
      'only grows',
    );
    await expect(store.db.deleteFrom('audit').execute()).rejects.toThrow('only grows');
  });

  it('S2-9: are credited once by the same event five times at once', async () => {
    const recorder = await startRecorder(stage, ['checkout.session.completed']);
    const { topUpId, pay } = await begin('attempt-first');
    pay();
    const [event] = await recorder.take();
    if (!event) throw new Error('The payment told of nothing.');
    await Promise.all(Array.from({ length: 5 }, () => deliver(stage, event)));
    await drain(store.open, { withLater: true });
    expect(await balance()).toBe(1_000);
    expect((await status(topUpId)).state).toBe('granted');
    const rows = await store.db.selectFrom('webhook_events').select(['deliveries', 'state']).execute();
    expect(rows).toEqual([{ deliveries: 5, state: 'done' }]);
    await recorder.close();
  });

  it.each([1, 3, 6, 10, 15, 21, 28])(
    'S2-9: are credited once when the host dies %i steps after an event was claimed',
    async (steps) => {
      listen();
      const { pay } = await begin('attempt-first');
      host.life.dieAfter(steps + 6);
      pay();
      await stage.simulator.webhooks.settled();
      await drain(store.open, { isOver: () => host.life.isDead });
      await stage.closeHost(host);
      await store.open.executeSql("update meterboard_jobs.job set state = 'retry' where state = 'active'");
      host = await stage.openHost();
      await stage.simulator.advance(6 * 60_000);
      await letItSettle();
      expect(await balance()).toBe(1_000);
      expect((await stage.client.billing.creditGrants.list({ customer: customerId })).data).toHaveLength(1);
    },
  );

  it('S2-4: are not credited by a completed session that is unpaid, and are by the payment that arrives later', async () => {
    listen();
    const { topUpId, pay } = await begin('attempt-first');
    expect(pay('pm_usBankAccount_success')).toMatchObject({ status: 'complete', paymentStatus: 'unpaid' });
    await letItSettle();
    expect([await balance(), (await status(topUpId)).state]).toEqual([0, 'processing']);
    await stage.simulator.advance(5 * 60_000);
    await letItSettle();
    const states = await store.db.selectFrom('top_ups').select('state').execute();
    expect([await balance(), states]).toEqual([1_000, [{ state: 'granted' }]]);
  });

  it('S2-4: are not credited by a bank debit that fails', async () => {
    listen();
    const { pay } = await begin('attempt-first');
    pay('pm_usBankAccount_noAccount');
    await stage.simulator.advance(5 * 60_000);
    await letItSettle();
    const states = await store.db.selectFrom('top_ups').select('state').execute();
    expect([await balance(), states]).toEqual([0, [{ state: 'canceled' }]]);
  });

  it('S3-14: of others are credited while one cannot be read', async () => {
    listen();
    const [bad, good] = [await begin('attempt-bad'), await begin('attempt-good')];
    const { payment_id: badId } = await store.db
      .selectFrom('top_up_payments')
      .select('payment_id')
      .where('top_up_id', '=', bad.topUpId)
      .executeTakeFirstOrThrow();
    stage.simulator.faults.failNext({ path: new RegExp(`sessions/${badId}`), status: 500, times: 3 });
    bad.pay();
    good.pay();
    await stage.simulator.webhooks.settled();
    await expect
      .poll(
        async () =>
          (
            await store.db
              .selectFrom('top_ups')
              .select('state')
              .where('top_up_id', '=', good.topUpId)
              .executeTakeFirst()
          )?.state,
        {
          timeout: 20_000,
        },
      )
      .toBe('granted');
    await drain(store.open, { withLater: true });
    expect(await balance()).toBe(2_000);
  });

  it('S2-15: of credits for twelve months, bought on 2025-01-31, end on 2026-01-31 with an expiry row and nothing left', async () => {
    await stage.close();
    const bought = Date.UTC(2025, 0, 31, 12);
    stage = await startStage(store.open, { customers: 1, seed: 1, nowMs: bought });
    host = await stage.openHost();
    customerId = stage.customerIds[0] ?? '';
    const { topUpId, pay } = await begin('attempt-first', 'year');
    pay();
    expect((await status(topUpId)).state).toBe('granted');
    const { data: grants } = await stage.client.billing.creditGrants.list({ customer: customerId });
    expect(grants.map(({ expires_at }) => expires_at)).toEqual([Date.UTC(2026, 0, 31, 12) / 1_000]);
    await stage.client.billing.meterEvents.create({
      event_name: 'api_calls',
      payload: { stripe_customer_id: customerId, value: '1460' },
      timestamp: Math.floor(stage.simulator.nowMs() / 1_000),
    });
    await stage.simulator.advanceTo(Date.UTC(2026, 0, 31, 12) - dayMs);
    expect(await balance()).toBe(40);
    await stage.simulator.advance(2 * dayMs);
    const { data: entries } = await stage.client.billing.creditBalanceTransactions.list({
      customer: customerId,
    });
    expect(entries.map(({ debit }) => [debit?.type, debit?.amount.monetary?.value])).toContainEqual([
      'credits_expired',
      40,
    ]);
    expect(await balance()).toBe(0);
    const truths = await readTruth(stage.client, customerId);
    expect([...truths.values()].map(liveMinor)).toEqual([0]);
  }, 120_000);
});
