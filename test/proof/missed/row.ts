import type { ProofRow } from '../row.ts';
import { runMissedDay } from './run-missed.ts';

export const missedWebhooks: ProofRow = {
  id: 'R3',
  what: 'credits kept ÷ worth after one sweep, when no webhook of a day arrived; the late ones then change nothing',
  target: '1.000000 in one pass, 0 double',
  unit: 'days',
  full: 10,
  perRun: 1,
  async run(index, stores) {
    const store = await stores.open(index);
    try {
      const figures = await runMissedDay(store, { seed: index + 1, purchases: 96 });
      const { begun, paid, missedBefore, events, changedByLate } = figures;
      return {
        index,
        store: store.kind,
        units: 1,
        figure: figures.ratio,
        faults: [...figures.faults, ...changedByLate],
        counts: {
          purchases: begun,
          paid,
          'faults before the sweep': missedBefore,
          'late events, twice each': events,
        },
        seconds: figures.seconds,
      };
    } finally {
      await store.close();
    }
  },
  async control(stores) {
    const store = await stores.open(0);
    try {
      const { faults, ratio } = await runMissedDay(store, { seed: 1, purchases: 24, sweeps: false });
      if (faults.length === 0) throw new Error('A build that never sweeps was not noticed.');
      return [`without the sweep: ${ratio.toFixed(6)}, ${faults.length} purchases are not as they should be`];
    } finally {
      await store.close();
    }
  },
};
