import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeStore } from '../../packages/server/src/testing/describe-stores.ts';
import { createRandom } from './chance.ts';
import type { CrashOrder } from './crash-child.ts';
import { type Moment, startCrashWorld, steps } from './crashes.ts';

const kills = Number(process.env.PROOF_KILLS ?? 2);
const seed = Number(process.env.PROOF_SEED ?? 1);
const named: readonly Moment[] = ['before', 'after', 'stored'];
/** One stroke before the effects of the named calls and one after: the event whose payment is asked for is stored, not handled. */
const shortKills = 2;

/** Each named moment once; of a longer run, half strikes at random. */
function momentOf(kill: number): Moment {
  if (kill >= named.length && kill % 2 === 1) return 'random';
  return named[(kill < named.length ? kill : kill / 2) % named.length] ?? 'random';
}

async function killAndCount(kind: string, store: CrashOrder['store'], count: number): Promise<void> {
  const world = await startCrashWorld(store, createRandom(seed));
  const done: Record<Moment, number> = { before: 0, after: 0, stored: 0, random: 0 };
  try {
    await world.start();
    for (let kill = 0; kill < count; kill += 1) {
      const moment = momentOf(kill);
      // One in ten waits as long as it really takes until a dead worker is given up.
      await world.round(moment, { waits: kill % 10 === 9 });
      done[moment] += 1;
      if ((kill + 1) % 10 === 0) console.log(`R2 … ${kill + 1} of ${count} kills (${kind})`);
    }
    const { paidMinor, creditedMinor, wrong, double } = await world.audit();
    console.log(
      `R2 ${count} kills: ${wrong.length} lost, ${double.length} double (${kind}; paid ${paidMinor}, credited ${creditedMinor}; ${done.before} before and ${done.after} after each of ${steps.join(', ')}; ${done.stored} with an event just stored, ${done.random} at random; seed ${seed})`,
    );
    expect({ wrong, double }).toEqual({ wrong: [], double: [] });
    expect(paidMinor).toBe(count * 4000);
  } finally {
    await world.close();
  }
}

describeStore('a killed process', 'embedded', () => {
  it('S2-9, R2: loses nothing and credits nothing twice', { timeout: 0 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'meterboard-crashes-'));
    try {
      await killAndCount('embedded', { folder }, Math.max(shortKills, Math.ceil(kills / 2)));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

const isLong = kills > shortKills;
describeStore(`a killed process${isLong ? '' : ', only with PROOF_KILLS,'}`, 'postgres', (store) => {
  it.skipIf(!isLong)('is noticed where credits are made anew without a look-up', { timeout: 0 }, async () => {
    const { connectionString } = store;
    const world = await startCrashWorld({ connectionString }, createRandom(seed), { isBroken: true });
    try {
      await world.start();
      await expect(world.round('after')).rejects.toThrow('paid 1000, credited 2000');
      console.log('R2 negative control: new keys without a look-up credit 2000 of 1000, and are noticed');
    } finally {
      await world.close();
    }
  });

  it.skipIf(!isLong)('S2-9, R2: loses nothing and credits nothing twice', { timeout: 0 }, async () => {
    await killAndCount('postgres', { connectionString: store.connectionString }, Math.floor(kills / 2));
  });
});
