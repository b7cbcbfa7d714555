/** Where the simulator's "now" comes from. It never runs backwards. */
export interface Clock {
  /** Unix milliseconds. */
  nowMs(): number;
  /** Moves forward by `ms` (≥ 0), on top of whatever real time adds. */
  skip(ms: number): void;
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
  const realStartMs = realNowMs();
  let skippedMs = 0;
  let latestMs = startMs;
  return {
    nowMs() {
      const elapsedMs = frozen ? 0 : realNowMs() - realStartMs;
      latestMs = Math.max(latestMs, startMs + elapsedMs + skippedMs);
      return latestMs;
    },
    skip(ms) {
      if (!Number.isFinite(ms) || ms < 0) {
        throw new RangeError(`The clock only moves forward: cannot skip ${ms} ms.`);
      }
      skippedMs += ms;
    },
  };
}
