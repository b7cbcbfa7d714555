import type { UsageBucket } from '@meterboard/contract';

/** A quantity over time, ready to be drawn: three columns of equal length. */
export interface Trace {
  /** Unix ms, ascending. */
  at: number[];
  /** `NaN` where nothing is known: a gap. */
  top: number[];
  /** Where the area below begins; `null`: at zero. */
  base: number[] | null;
  /** Index of the first point that may still change; beyond the end where all is settled. */
  looseFrom: number;
}

/** Where a bucket's figure stands: in its middle (what happened in it), at its end (what adds up to there), or all along it (a level). */
export type Placement = 'middle' | 'end' | 'along';

/**
 * The points of a row of buckets. `along` has two per bucket, the last one where time has got to. Unknown buckets are `NaN`, never zero.
 */
export function traceOf(
  buckets: readonly UsageBucket[],
  placement: Placement,
  nowMs: number,
  figureOf: (bucket: UsageBucket, index: number) => number = quantityOf,
): Trace {
  const trace: Trace = { at: [], top: [], base: null, looseFrom: Number.POSITIVE_INFINITY };
  const put = (atMs: number, value: number) => {
    trace.at.push(atMs);
    trace.top.push(value);
  };
  for (const [index, bucket] of buckets.entries()) {
    const { startMs, endMs, provisional } = bucket;
    const value = figureOf(bucket, index);
    if (provisional && !Number.isNaN(value)) trace.looseFrom = Math.min(trace.looseFrom, trace.at.length);
    const reachedMs = Math.max(startMs, Math.min(endMs, nowMs));
    if (placement === 'along' && !Number.isNaN(value)) {
      put(startMs, value);
      if (reachedMs > startMs) put(reachedMs, value);
    } else put(placement === 'end' ? reachedMs : (startMs + endMs) / 2, value);
  }
  return trace;
}

/** `NaN` for what is not known. */
export function quantityOf({ quantity }: UsageBucket): number {
  return quantity === null ? Number.NaN : Number(quantity);
}

/** The points of a trace that a picture needs. */
export interface KeptPoints {
  /** Indexes into the trace, ascending; none of a gap. */
  index: number[];
  /** Whether a gap lies before the point; true for the first. */
  isStart: boolean[];
}
