import { describe, expect, inject, it } from 'vitest';
import { createTestDatabase } from '../../../packages/server/src/testing/describe-stores.ts';
import { runKillSteps } from './run-kills.ts';
import { killSteps } from './steps.ts';
import type { TheatreStore } from './theatre.ts';

const server = inject('testPostgres');
const hasPostgres = !('why' in server);

/** The stores take turns where there are two; `npm run proof -- R2` kills at each step on both. */
const stepsOf = (turn: number) => killSteps.filter((_, index) => !hasPostgres || index % 2 === turn);

async function killAtEach(steps: typeof killSteps, store: TheatreStore, kind: string): Promise<void> {
  const { kills, missed, ratio, faults, longestMinutes } = await runKillSteps(store, steps, {
    seed: 1,
    settlesEach: false,
  });
  console.info(
    `R2 credits kept ÷ worth: ${ratio.toFixed(6)} (${kind}, ${kills} kills, settled within ${longestMinutes} min of the clock)`,
  );
  expect({ faults, missed, ratio, kills }).toEqual({ faults: [], missed: [], ratio: 1, kills: steps.length });
}

describe('R2: a host that is killed at any step between a click and a credit', () => {
  it('S2-9: has paid and credited each purchase once after it was started again, on the embedded database', async () => {
    await killAtEach(stepsOf(0), 'embedded', 'embedded');
  }, 240_000);

  it.skipIf(!hasPostgres)(
    'S2-9: has paid and credited each purchase once after it was started again, on a PostgreSQL server',
    async () => {
      const { connectionString, drop } = await createTestDatabase();
      try {
        await killAtEach(stepsOf(1), { connectionString }, 'postgres');
      } finally {
        await drop();
      }
    },
    240_000,
  );
});
