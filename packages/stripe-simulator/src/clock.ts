/** Where the simulator's "now" comes from. It runs backwards only when a snapshot is restored. */
export interface Clock {
  /** Unix milliseconds. */
  nowMs(): number;
  /** Moves forward by `ms` (≥ 0), on top of whatever real time adds. */
  skip(ms: number): void;
  /** Stands at `ms`, also when that lies in the past: only for restoring a snapshot. */
  restore(ms: number): void;
}

export interface ClockOptions {
  startMs: number;
  /** A frozen clock moves only through `skip`. */
  frozen: boolean;
  /** Real time, in milliseconds; a parameter so that tests own it. */
  realNowMs?: () => number;
}

/** A clock that starts at `startMs` and then either stands still or ticks with real time. */
export function createClock({ startMs, frozen, realNowMs = Date.now }: ClockOptions): Clock {
  let baseMs = startMs;
  let realStartMs = realNowMs();
  let skippedMs = 0;
  let latestMs = startMs;
  return {
    nowMs() {
      const elapsedMs = frozen ? 0 : realNowMs() - realStartMs;
      latestMs = Math.max(latestMs, baseMs + elapsedMs + skippedMs);
      return latestMs;
    },
    skip(ms) {
      if (!Number.isFinite(ms) || ms < 0) {
        throw new RangeError(`The clock only moves forward: cannot skip ${ms} ms.`);
      }
      skippedMs += ms;
    },
    restore(ms) {
      baseMs = ms;
      latestMs = ms;
      skippedMs = 0;
      realStartMs = realNowMs();
    },
  };
}
