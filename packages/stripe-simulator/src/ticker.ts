import type { Clock } from './clock.ts';
import type { World } from './world.ts';

const LONGEST_WAIT_MS = 3_600_000;

export interface Ticker {
  /** Sets the alarm for what is due next; call it after anything that may have changed the agenda. */
  arm(): void;
  /** The same after the clock was moved. */
  rearm(): void;
  stop(): void;
}

/** Runs due work of a live clock when its time comes, also while no request arrives. Never keeps the process alive. */
export function createTicker({
  world,
  clock,
  tick,
}: {
  world: World;
  clock: Clock;
  tick: () => void;
}): Ticker {
  let timer: NodeJS.Timeout | undefined;
  let armedForMs: number | undefined;
  let stopped = false;
  const arm = (): void => {
    const nextMs = world.nextDueMs();
    if (stopped || nextMs === armedForMs) return;
    clearTimeout(timer);
    armedForMs = nextMs;
    if (nextMs === undefined) return;
    const waitMs = Math.min(Math.max(nextMs - clock.nowMs(), 1), LONGEST_WAIT_MS);
    timer = setTimeout(() => {
      armedForMs = undefined;
      tick();
      arm();
    }, waitMs).unref();
  };
  return {
    arm,
    rearm() {
      armedForMs = undefined;
      arm();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
