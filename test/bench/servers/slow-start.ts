/** The fault that row P13 has to catch: a history that is computed before the port opens. */
import { createIds } from '../../../packages/stripe-simulator/src/ids.ts';
import { bigStartMs, buildBig } from '../../../packages/stripe-simulator/src/scenarios/big.ts';
import { createWorld } from '../../../packages/stripe-simulator/src/world.ts';

const nowMs = Date.now();
for (const seed of ['one', 'two', 'three', 'four', 'five']) {
  buildBig(createWorld({ startMs: bigStartMs(nowMs), ids: createIds(seed) }));
}
