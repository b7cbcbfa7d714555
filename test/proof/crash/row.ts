import type { ProofRow } from '../row.ts';
import type { ProofStores } from '../stage/stores.ts';
import { runKillSteps, runRandomKills } from './run-kills.ts';
import { killSteps } from './steps.ts';
import type { TheatreStore } from './theatre.ts';

/** So many random kills beside one at each step make fifty in two runs. */
const randomKills = 50 - killSteps.length;

export const crashSafety: ProofRow = {
  id: 'R2',
  what: 'credits kept ÷ worth by the payments: a host killed with SIGKILL at each named step and at random, then started again and left alone',
  target: '1.000000: 0 lost, 0 double',
  unit: 'kills',
  full: 200,
  perRun: 25,
  async run(index, stores, say) {
    const isPostgres = index % 2 === 1 && stores.withoutPostgres === null;
    const store = await storeFor(isPostgres, stores);
    const isRandom = index % 4 >= 2;
    const figures = isRandom
      ? await runRandomKills(store, { seed: index + 1, kills: randomKills, say })
      : await runKillSteps(store, killSteps, { seed: index + 1, settlesEach: true, say });
    const { kills, begun, paid, longestMinutes, missed } = figures;
    return {
      index,
      store: isPostgres ? 'postgres' : 'embedded',
      units: kills,
      figure: figures.ratio,
      faults: [...figures.faults, ...missed.map((step) => `nothing was killed at "${step}"`)],
      counts: {
        [isRandom ? 'kills at random' : 'kills at steps']: kills,
        purchases: begun,
        paid,
        'minutes of the clock, at most, added up': longestMinutes,
      },
      seconds: figures.seconds,
    };
  },
  async control() {
    const steps = killSteps.filter(({ name }) => name === 'grant: Stripe has made it');
    const seen = await runKillSteps('embedded', steps, {
      seed: 1,
      settlesEach: false,
      isSabotaged: true,
    }).then(
      ({ faults, ratio }) => (faults.length > 0 ? `${ratio.toFixed(6)}: ${faults[0]}` : null),
      (error: Error) => `never: ${error.message}`,
    );
    if (seen === null) throw new Error('A build without idempotency keys and look-up was not noticed.');
    return [`without idempotency keys and look-up, killed where Stripe has made the grant: ${seen}`];
  },
};

async function storeFor(isPostgres: boolean, stores: ProofStores): Promise<TheatreStore> {
  return isPostgres ? { connectionString: await stores.createDatabase() } : 'embedded';
}
