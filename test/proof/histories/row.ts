import fc from 'fast-check';
import type { OpenStore } from '../../../packages/server/src/store/store.ts';
import type { Outcome, ProofRow } from '../row.ts';
import { withoutKeys } from '../stage/sabotage.ts';
import { historiesOf, type Operation } from './operations.ts';
import { runHistory } from './run-history.ts';

const perRun = 25;

/** The histories of a run; the same number makes the same ones. */
export function historiesOfRun(index: number, count = perRun, maxLength = 36): Operation[][] {
  return fc.sample(historiesOf(maxLength), { seed: index + 1, numRuns: count });
}

/** Lives through histories on one store, and shrinks the first that does not fit. */
export async function runHistories(
  store: OpenStore,
  histories: readonly Operation[][],
  say: (progress: string) => void = () => undefined,
): Promise<Pick<Outcome, 'figure' | 'faults' | 'counts' | 'units' | 'seconds'>> {
  const startedMs = performance.now();
  const counts = { operations: 0, purchases: 0, paid: 0, refunds: 0, disputes: 0, deaths: 0 };
  const faults: string[] = [];
  let well = 0;
  for (const [index, history] of histories.entries()) {
    const failure = await failureOf(store, history, counts);
    if (failure === null) well += 1;
    else {
      const shortest = faults.length === 0 ? await shrink(store, history) : history;
      faults.push(`${failure}, in ${JSON.stringify(shortest)}`);
    }
    if (index % 5 === 4) say(`R4: ${index + 1} of ${histories.length} histories`);
  }
  return {
    figure: well / histories.length,
    faults,
    counts,
    units: histories.length,
    seconds: (performance.now() - startedMs) / 1_000,
  };
}

async function failureOf(
  store: OpenStore,
  history: readonly Operation[],
  counts?: Record<string, number>,
): Promise<string | null> {
  try {
    const figures = await runHistory(store, history);
    if (counts) {
      const { begun, paid, refunds, disputes, deaths } = figures;
      const own = { operations: history.length, purchases: begun, paid, refunds, disputes, deaths };
      for (const [name, count] of Object.entries(own)) counts[name] = (counts[name] ?? 0) + count;
    }
    return figures.faults[0] ?? null;
  } catch (error) {
    return String(error);
  }
}

/** Leaves out operations as long as what is left fails as well. */
async function shrink(store: OpenStore, history: readonly Operation[]): Promise<Operation[]> {
  let shortest = [...history];
  for (let size = Math.ceil(shortest.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < shortest.length; ) {
      const less = shortest.toSpliced(from, size);
      if (less.length > 0 && (await failureOf(store, less)) !== null) shortest = less;
      else from += size;
    }
  }
  return shortest;
}

export const anyHistory: ProofRow = {
  id: 'R4',
  what: 'histories after which each customer has max(worth by what was paid and kept, used), seen alike by Stripe, store, audit and customer: purchases in three ways, declines, SCA, bank debits, refunds that fail, disputes, invoices and voids, expiry, crashes, and every disorder of webhooks',
  target: '1.000000 of the histories',
  unit: 'histories',
  full: 1_000,
  perRun,
  async run(index, stores, say) {
    const store = await stores.open(index);
    try {
      return { index, store: store.kind, ...(await runHistories(store, historiesOfRun(index), say)) };
    } finally {
      await store.close();
    }
  },
  async control(stores) {
    const store = await stores.open(0);
    try {
      let failed = 0;
      const histories = historiesOfRun(0);
      for (const history of histories) {
        const faults = await runHistory(store, history, withoutKeys).then(
          (figures) => figures.faults,
          (error: unknown) => [String(error)],
        );
        if (faults.length > 0) failed += 1;
      }
      if (failed === 0) throw new Error('A build without idempotency keys and look-up was not noticed.');
      return [`without idempotency keys and look-up: ${failed} of ${histories.length} histories end badly`];
    } finally {
      await store.close();
    }
  },
};
