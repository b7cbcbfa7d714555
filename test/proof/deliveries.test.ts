import { expect, it } from 'vitest';
import { describeStores } from '../../packages/server/src/testing/describe-stores.ts';
import { deliver } from './deliveries.ts';

const count = Number(process.env.PROOF_DELIVERIES ?? 300);
const seeds = Number(process.env.PROOF_SEEDS ?? 1);
const firstSeed = Number(process.env.PROOF_SEED ?? 1);

describeStores('deliveries', (store) => {
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    it(`S2-7, S2-9, R1: credit once what is paid once, however ${count} are mixed up and fail (seed ${seed})`, {
      timeout: 0,
    }, async () => {
      const figures = await deliver(store, seed, count);
      const { ratio, deliveries, payments, failures, controls } = figures;
      console.log(
        `R1 credited ÷ paid = ${ratio.toFixed(6)} (${store.kind}, ${deliveries} deliveries, ${payments} payments, ${failures} failures, seed ${seed}); increment on each event ${controls.increment.toFixed(2)}, event id unique ${controls.eventUnique.toFixed(2)}`,
      );
      expect(figures).toMatchObject({ deliveries: count, ratio: 1, wrong: [], waiting: 0 });
      expect(failures).toBeGreaterThan(0);
      expect(controls.increment).toBeGreaterThan(2);
      expect(controls.eventUnique).toBeGreaterThan(1.2);
    });
  }
});
