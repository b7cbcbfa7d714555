import type { BillingGateway } from '../../../packages/server/src/gateway.ts';
import type { OpenStore } from '../../../packages/server/src/store/store.ts';
import { type Books, judgeBooks, readBooks } from '../stage/judge.ts';
import { drain } from '../stage/queue.ts';
import { startStage } from '../stage/stage.ts';
import { keptMinor, liveMinor, readTruth } from '../stage/truth.ts';
import type { Operation } from './operations.ts';
import { type Progress, perform, reviveHost } from './perform.ts';

/** How a history ended. */
export interface HistoryFigures extends Books {
  deaths: number;
  refunds: number;
  disputes: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How time passes until a history has come to rest: retries of deliveries, pages that expire, drafts that are finalised. */
const restMs = [0, 6 * minuteMs, 2 * hourMs, 5 * hourMs, 26 * hourMs, 26 * hourMs, 72 * hourMs];

/** Lives through a history, lets it come to rest, and compares everybody's books. */
export async function runHistory(
  store: OpenStore,
  history: readonly Operation[],
  sabotage?: (gateway: BillingGateway) => BillingGateway,
): Promise<HistoryFigures> {
  const stage = await startStage(store, { customers: 2, seed: 1, ...(sabotage ? { sabotage } : {}) });
  try {
    stage.simulator.webhooks.forward({ url: stage.url, secret: 'whsec_of_snapshots' });
    const progress: Progress = {
      stage,
      host: await stage.openHost(),
      attempts: [],
      refunds: [],
      disputes: [],
      deaths: 0,
    };
    const faults: string[] = [];
    for (const [index, operation] of history.entries()) {
      await perform(progress, operation);
      if (operation.kind !== 'work is done' && operation.kind !== 'host throws') continue;
      faults.push(...(await findDoubles(progress)).map((fault) => `after operation ${index}: ${fault}`));
    }
    const books = await comeToRest(progress);
    faults.push(...books.faults);
    await reviveHost(progress);
    progress.host.life.spare();
    if (faults.length === 0) faults.push(...(await lookAsCustomers(progress)));
    return {
      ...books,
      faults,
      deaths: progress.deaths,
      refunds: progress.refunds.length,
      disputes: progress.disputes.length,
    };
  } finally {
    await stage.close();
  }
}

async function comeToRest(progress: Progress): Promise<Books> {
  const { stage } = progress;
  const { simulator, client, store } = stage;
  let books: Books | undefined;
  simulator.webhooks.calm();
  for (const ms of restMs) {
    await reviveHost(progress);
    await simulator.advance(ms);
    await simulator.webhooks.settled();
    // A death that was arranged may come now.
    await drain(store, { withLater: true, isOver: () => progress.host.life.isDead });
    await reviveHost(progress);
    await progress.host.meterboard.sweep().catch(() => undefined);
    await drain(store, { withLater: true, isOver: () => progress.host.life.isDead });
    books = await judgeBooks(client, stage.customerIds, await readBooks(store.db), simulator.nowMs());
    // A bank debit takes minutes.
    if (ms > 0 && books.faults.length === 0) return books;
  }
  if (!books) throw new Error('Nothing was judged.');
  return books;
}

/** Never more than the whole credit of a purchase, at no moment. */
async function findDoubles({ stage }: Progress): Promise<string[]> {
  const { rows } = await readBooks(stage.store.db);
  const found: string[] = [];
  for (const customerId of stage.customerIds) {
    for (const [topUpId, truth] of await readTruth(stage.client, customerId)) {
      const row = rows.find(({ top_up_id }) => top_up_id === topUpId);
      const has = keptMinor(truth);
      if (row && has > row.credit_minor) found.push(`${topUpId} has ${has} of ${row.credit_minor}`);
    }
  }
  return found;
}

/** What the customers see: the state of each purchase, what it gave, and the balance. */
async function lookAsCustomers({ stage, host, attempts }: Progress): Promise<string[]> {
  const faults: string[] = [];
  for (const customerId of stage.customerIds) {
    const caller = host.meterboard.createCaller({ customerId });
    const truths = await readTruth(stage.client, customerId);
    let spendable = 0;
    for (const truth of truths.values()) spendable += liveMinor(truth);
    for (const { topUpId } of attempts.filter((attempt) => attempt.customerId === customerId)) {
      if (topUpId === null) continue;
      const seen = await caller.topUps.status({ topUpId });
      const row = (await readBooks(stage.store.db)).rows.find(({ top_up_id }) => top_up_id === topUpId);
      if (!row) continue;
      const state = row.state === 'created' ? 'open' : row.state;
      if (seen.state !== state || seen.credited.amountMinor !== row.credited_minor)
        faults.push(`${topUpId} is shown as ${seen.state} with ${seen.credited.amountMinor}`);
    }
    const { balances } = await caller.credits.balance();
    const shown = balances.find(({ currency }) => currency === 'usd')?.balance.amountMinor ?? 0;
    if (shown !== spendable)
      faults.push(`${customerId} is shown a balance of ${shown}, and has ${spendable}`);
  }
  return faults;
}
