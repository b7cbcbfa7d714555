import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyHistory, liveThrough } from './histories.ts';

const runs = Number(process.env.PROOF_HISTORIES ?? 25);
const seed = Number(process.env.PROOF_SEED ?? 1);

it(`R4: leads ${runs} random histories to credits = paid − refunded`, { timeout: 0 }, async () => {
  let purchases = 0;
  let paid = 0;
  await fc.assert(
    fc.asyncProperty(anyHistory(60), async (history) => {
      const standings = await liveThrough(history);
      purchases += standings.length;
      for (const standing of standings) {
        const { worthMinor, usedMinor, liveMinor, creditedMinor, paidCount, state } = standing;
        const what = JSON.stringify(standing);
        expect(paidCount, what).toBeLessThanOrEqual(1);
        expect(usedMinor + liveMinor, what).toBe(Math.max(worthMinor, usedMinor));
        expect(creditedMinor, what).toBe(usedMinor + liveMinor);
        if (paidCount === 0)
          expect(['created', 'open', 'requires_action', 'expired', 'canceled'], what).toContain(state);
        else expect(['granted', 'partially_refunded', 'refunded', 'disputed'], what).toContain(state);
        paid += paidCount;
      }
    }),
    { numRuns: runs, seed, endOnFailure: Boolean(process.env.PROOF_QUICK) },
  );
  console.log(
    `R4 ${runs} histories, ${purchases} purchases, ${paid} paid: all stand by the rule (seed ${seed})`,
  );
});
