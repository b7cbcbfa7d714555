import type { OpenStore } from '../../../packages/server/src/store/store.ts';
import { createShoppers } from '../paid-once/shoppers.ts';
import { type Books, judgeBooks, readBooks } from '../stage/judge.ts';
import { drain } from '../stage/queue.ts';
import { createRandom } from '../stage/random.ts';
import { deliver, forEachAtOnce, startRecorder } from '../stage/recorder.ts';
import { startStage } from '../stage/stage.ts';

/** How a day without webhooks ended. */
export interface MissedFigures extends Books {
  /** What did not fit before the sweep: the day was no empty one. */
  missedBefore: number;
  events: number;
  /** What the late deliveries changed; empty where they changed nothing. */
  changedByLate: string[];
  seconds: number;
}

const hourMs = 3_600_000;

const types = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
];

/**
 * A day on which no delivery arrives: purchases are paid in every way, refunded, disputed, won and lost. Then one sweep, and after it
 * all deliveries of the day, twice and in any order.
 */
export async function runMissedDay(
  store: OpenStore,
  { seed, purchases, sweeps = true }: { seed: number; purchases: number; sweeps?: boolean },
): Promise<MissedFigures> {
  const startedMs = performance.now();
  const random = createRandom(seed);
  const stage = await startStage(store, { customers: Math.max(4, Math.ceil(purchases / 8)), seed });
  const recorder = await startRecorder(stage, types);
  const { simulator, client } = stage;
  try {
    const host = await stage.openHost();
    await drain(store);
    // One sweep and no other: the schedule of the wall clock is taken away.
    await store.executeSql('delete from meterboard_jobs.schedule');
    const shoppers = createShoppers(stage, host.meterboard, random);
    const judge = async () =>
      judgeBooks(client, stage.customerIds, await readBooks(store.db), simulator.nowMs());

    const early = await shoppers.begin(Math.ceil(purchases / 2));
    await shoppers.pay(early);
    await simulator.advance(hourMs);
    // These customers come back from the payment page: their purchases are credited before the trouble begins.
    await shoppers.look(early, 0.7);
    for (let part = 0; part < 4; part += 1) {
      const wave = await shoppers.begin(Math.ceil(purchases / 8));
      await shoppers.pay(wave);
      await simulator.advance(2 * hourMs);
      await giveAndTake();
      await simulator.advance(3 * hourMs);
    }

    const before = await judge();
    if (sweeps) await host.meterboard.sweep();
    await drain(store, { withLater: true });
    const books = await judge();
    const snapshot = await takePicture();
    const events = await recorder.take();
    await forEachAtOnce(random.shuffle([...events, ...events]), 8, (event) => deliver(stage, event));
    await drain(store, { withLater: true });
    const late = await judge();
    const changed = (await takePicture()) === snapshot ? [] : ['the late deliveries changed the books'];
    return {
      ...books,
      missedBefore: before.faults.length,
      events: events.length,
      changedByLate: [...changed, ...late.faults],
      seconds: (performance.now() - startedMs) / 1_000,
    };

    /** Some payments of the day are given back or disputed; some refunds fail, and some disputes end. */
    async function giveAndTake(): Promise<void> {
      const { data: intents } = await client.paymentIntents.list({ limit: 100 });
      for (const { id, status, amount, metadata } of random.shuffle(intents).slice(0, purchases / 8)) {
        if (status !== 'succeeded' || !metadata.topup_id) continue;
        const roll = random.next();
        const part = Math.ceil(amount * random.pick([0.25, 0.5]));
        try {
          if (roll < 0.3) await client.refunds.create({ payment_intent: id });
          else if (roll < 0.5) await client.refunds.create({ payment_intent: id, amount: part });
          else if (roll < 0.65)
            simulator.payments.failRefund((await client.refunds.create({ payment_intent: id })).id);
          else {
            const dispute = simulator.payments.openDispute(id, {
              kind: random.pick(['fraudulent', 'fraudulent', 'inquiry']),
            });
            if (random.chance(0.6))
              simulator.payments.decideDispute(dispute.id, random.pick(['won', 'lost']));
          }
        } catch {
          // It was given back or disputed already.
        }
      }
    }

    /** All that must stay as it is. */
    async function takePicture(): Promise<string> {
      const [topUps, grants, audit] = await Promise.all([
        store.db
          .selectFrom('top_ups')
          .select(['top_up_id', 'state', 'credited_minor', 'lost_minor', 'shortfall_minor'])
          .orderBy('top_up_id')
          .execute(),
        store.db
          .selectFrom('credit_grants')
          .select(['grant_id', 'state', 'amount_minor', 'taken_back_minor'])
          .orderBy('idempotency_key')
          .execute(),
        store.db.selectFrom('audit').selectAll().where('kind', 'like', 'grant%').orderBy('seq').execute(),
      ]);
      const { data: entries } = await client.billing.creditGrants.list({ limit: 100 });
      return JSON.stringify({ topUps, grants, audit, entries });
    }
  } finally {
    await recorder.close();
    await stage.close();
  }
}
