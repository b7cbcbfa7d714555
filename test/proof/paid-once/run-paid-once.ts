import type { OpenStore } from '../../../packages/server/src/store/store.ts';
import { type Books, judgeBooks, readBooks } from '../stage/judge.ts';
import { drain } from '../stage/queue.ts';
import { createRandom } from '../stage/random.ts';
import { deliver, forEachAtOnce, type Recorded, startRecorder } from '../stage/recorder.ts';
import { withoutKeys } from '../stage/sabotage.ts';
import { startStage } from '../stage/stage.ts';
import { createNaive, type NaiveBalances } from './naive.ts';
import { createShoppers } from './shoppers.ts';

export interface PaidOnceOptions {
  seed: number;
  deliveries: number;
  /** Negative control: a build without idempotency keys and without the look-up. */
  sabotaged?: boolean;
  say?(progress: string): void;
}

/** How one seed went. */
export interface PaidOnceFigures extends Books {
  seed: number;
  store: OpenStore['kind'];
  deliveries: number;
  /** Deliveries that had to be sent again, since a crash left them unacknowledged. */
  resent: number;
  crashes: number;
  naive: NaiveBalances;
  seconds: number;
}

const types = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'charge.succeeded',
  'charge.failed',
];

const hourMs = 3_600_000;

/** One seed of row R1: payments of every kind, and their events duplicated, reordered, concurrent, and crashing the handler. */
export async function runPaidOnce(store: OpenStore, options: PaidOnceOptions): Promise<PaidOnceFigures> {
  const { seed, deliveries, sabotaged = false, say = () => undefined } = options;
  const startedMs = performance.now();
  const payments = Math.round(deliveries * 0.3);
  const customers = Math.max(8, Math.ceil(payments / 40));
  const stage = await startStage(store, {
    customers,
    seed,
    ...(sabotaged ? { sabotage: withoutKeys } : {}),
  });
  const recorder = await startRecorder(stage, types);
  try {
    const random = createRandom(seed);
    const host = await stage.openHost();
    const naive = createNaive();
    const shoppers = createShoppers(stage, host.meterboard, random);
    let sent = 0;
    let resent = 0;
    let held: Recorded[] = [];
    const known: Recorded[] = [];

    const send = (pool: readonly Recorded[]) =>
      forEachAtOnce(pool, 16, async (event) => {
        sent += 1;
        const crashes = random.chance(0.02);
        if (crashes) host.life.throwAfter(random.int(1, 80));
        naive.deliver(event, crashes);
        resent += (await deliver(stage, event)) - 1;
      });

    /** Some twice, some three times, an eighth of all later than what follows. */
    const plan = (events: readonly Recorded[]): Recorded[] => {
      known.push(...events);
      const copies = events.flatMap((event) => {
        const roll = random.next();
        return roll < 0.8 ? [event] : roll < 0.95 ? [event, event] : [event, event, event];
      });
      const late = copies.filter(() => random.chance(0.125));
      const now = random.shuffle([...copies.filter((event) => !late.includes(event)), ...held]);
      held = late;
      return now;
    };

    const perWave = customers * 6;
    for (let begun = 0; begun < payments; begun += perWave) {
      const wave = await shoppers.begin(Math.min(perWave, payments - begun));
      await shoppers.pay(wave.slice(0, wave.length / 2));
      await Promise.all([
        send(plan(await recorder.take())),
        shoppers.pay(wave.slice(wave.length / 2)),
        shoppers.look(wave),
      ]);
      await stage.simulator.advance(10 * 60_000);
      await send(plan(await recorder.take()));
      say(`R1 seed ${seed}: ${sent} of ${deliveries} deliveries`);
      await drain(store);
      await stage.simulator.advance(4 * hourMs);
    }
    await send(plan(await recorder.take()));
    while (held.length > 0) await send(plan([]));
    while (sent < deliveries) {
      await send(Array.from({ length: Math.min(200, deliveries - sent) }, () => random.pick(known)));
    }
    await drain(store, { withLater: true });
    const books = await judgeBooks(
      stage.client,
      stage.customerIds,
      await readBooks(store.db),
      stage.simulator.nowMs(),
    );
    if (books.grants !== books.paid)
      books.faults.push(`${books.grants} live grants of ${books.paid} payments`);
    return {
      seed,
      store: store.kind,
      deliveries: sent,
      resent,
      crashes: host.life.breaks,
      naive: naive.credited,
      ...books,
      seconds: (performance.now() - startedMs) / 1_000,
    };
  } finally {
    await recorder.close();
    await stage.close();
  }
}
