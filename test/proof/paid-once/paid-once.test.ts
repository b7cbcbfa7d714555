import { expect, it } from 'vitest';
import { describeStores } from '../../../packages/server/src/testing/describe-stores.ts';
import { naiveRatios } from './row.ts';
import { runPaidOnce } from './run-paid-once.ts';

describeStores('R1', (store) => {
  it('S2-9: credits each payment exactly once, however its events are duplicated, reordered and broken off', async () => {
    const figures = await runPaidOnce(store.open, {
      seed: 1,
      deliveries: 200,
    });
    expect(figures.faults).toEqual([]);
    expect(figures.ratio).toBe(1);
    expect(figures.crashes).toBeGreaterThan(0);
    const rivals = naiveRatios(figures);
    expect(rivals.map(([, ratio]) => ratio)).not.toContain(1);
    const said = rivals.map(([name, ratio]) => `naive "${name}" ${ratio.toFixed(6)}`).join(', ');
    console.info(
      `R1 credited ÷ paid: ${figures.ratio.toFixed(6)} (${store.kind}, ${figures.deliveries} deliveries, ${figures.paid} payments, ${figures.crashes} crashes; ${said})`,
    );
  });
});
