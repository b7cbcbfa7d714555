import type { Clock } from './clock.ts';
import type { World } from './world.ts';

export interface WalkParts {
  clock: Clock;
  world: World;
  settle(): void;
  /** Sends what waits to leave the simulator, and waits for all answers. */
  settled(): Promise<void>;
}

/**
 * Moves the clock to `targetMs` by way of everything that falls due: at each stop the due work runs, then its webhooks
 * are delivered, before time goes on. Throws for a target in the past.
 */
export async function walk({ clock, world, settle, settled }: WalkParts, targetMs: number): Promise<void> {
  if (!(targetMs >= clock.nowMs())) clock.skip(targetMs - clock.nowMs());
  await settled();
  for (;;) {
    const stopMs = Math.min(world.nextDueMs() ?? targetMs, targetMs);
    clock.skip(Math.max(0, stopMs - clock.nowMs()));
    settle();
    await settled();
    const nextMs = world.nextDueMs();
    if (stopMs === targetMs && (nextMs === undefined || nextMs > targetMs)) return;
  }
}
