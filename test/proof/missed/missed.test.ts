import { expect, it } from 'vitest';
import { describeStores } from '../../../packages/server/src/testing/describe-stores.ts';
import { runMissedDay } from './run-missed.ts';

describeStores('R3', (store) => {
  it('puts a day without webhooks right in one sweep, and late deliveries change nothing', async () => {
    const figures = await runMissedDay(store.open, { seed: 1, purchases: 24 });
    expect(figures.missedBefore).toBeGreaterThan(0);
    expect({ faults: figures.faults, late: figures.changedByLate }).toEqual({ faults: [], late: [] });
    console.info(
      `R3 credits kept ÷ worth: ${figures.ratio.toFixed(6)} (${store.kind}, ${figures.paid} payments, ${figures.missedBefore} faults before the sweep, ${figures.events} late events)`,
    );
  }, 120_000);
});
