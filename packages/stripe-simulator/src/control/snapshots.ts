import type { Clock } from '../clock.ts';
import type { IdempotencyKeys, SavedKeys } from '../protocol/idempotency.ts';
import type { SavedWorld, World } from '../world.ts';

/** A whole world at one instant: rows, ids, time, waiting work, test clocks and idempotency keys. */
export interface Snapshot {
  readonly takenAtMs: number;
  /**
   * Puts the simulator back to that instant; may be done any number of times. Faults, assumptions and log stay. A
   * request that is held up by a latency meanwhile does not run any more: its connection is reset.
   */
  restore(): void;
}

/** Takes a snapshot of a simulator. What is in flight is not part of it. */
export function takeSnapshot(parts: {
  world: World;
  clock: Clock;
  idempotency: IdempotencyKeys;
  settle: () => void;
  /** Called when a world has been put back. */
  restored: () => void;
}): Snapshot {
  const { world, clock, idempotency } = parts;
  parts.settle();
  const takenAtMs = clock.nowMs();
  const saved: SavedWorld = world.save();
  const keys: SavedKeys = idempotency.save();
  return {
    takenAtMs,
    restore() {
      clock.restore(takenAtMs);
      world.restore(saved);
      idempotency.load(keys);
      parts.restored();
    },
  };
}
