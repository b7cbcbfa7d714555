import type { MeterSeries, UsageBucket } from '@meterboard/contract';

/** What one bucket says when the cursor stands on it. */
export interface Readout {
  bucket: UsageBucket;
  /** One per meter. */
  parts: { series: MeterSeries; quantity: string | null }[];
  /** Of one meter alone: the same time after the start of the time before, and how far this is from it. */
  previous: { quantity: string; changeRatio: number | null } | null;
}

/** The figures of the bucket at an index; `null` where there is no such bucket. */
export function readoutAt(
  series: readonly MeterSeries[],
  index: number,
  cumulative: boolean,
): Readout | null {
  const [main] = series;
  const bucket = main?.buckets[index];
  if (!main || !bucket) return null;
  const isSum = cumulative && main.meter.aggregation !== 'last';
  const figure = (one: UsageBucket | undefined) => (isSum ? one?.cumulative : one?.quantity) ?? null;
  const parts = series.map((one) => ({ series: one, quantity: figure(one.buckets[index]) }));
  const before = series.length === 1 ? previousBucket(main, bucket) : undefined;
  const then = figure(before);
  const now = figure(bucket);
  const isComparable = now !== null && !bucket.provisional && !bucket.partial && !before?.partial;
  return {
    bucket,
    parts,
    previous:
      then === null
        ? null
        : {
            quantity: then,
            changeRatio: isComparable && Number(then) !== 0 ? Number(now) / Number(then) - 1 : null,
          },
  };
}

/** The bucket of the time before in which the same time had passed since its start. */
function previousBucket({ previous, range }: MeterSeries, { startMs, endMs }: UsageBucket) {
  if (!previous) return undefined;
  const atMs = (startMs + endMs) / 2 - range.startMs + previous.range.startMs;
  return previous.buckets.find((one) => one.startMs <= atMs && atMs < one.endMs);
}

/** How many buckets a page is: a week of days, a day of hours, a quarter of months. */
export const pageOf = { hour: 24, day: 7, week: 4, month: 3 } as const;

/** Where a key leads from an index; `null`: it is no key of the cursor. Unknown and future buckets can be reached too. */
export function moveCursor(key: string, from: number | null, count: number, page: number): number | null {
  const at = from ?? -1;
  const moves: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    ArrowLeft: from === null ? count - 1 : at - 1,
    ArrowDown: from === null ? count - 1 : at - 1,
    PageUp: at + page,
    PageDown: from === null ? count - 1 : at - page,
    Home: 0,
    End: count - 1,
  };
  const target = moves[key];
  return target === undefined ? null : Math.min(count - 1, Math.max(0, target));
}

/** The index of the bucket at an instant, at the edges the outermost one. Buckets are ascending and tile their range. */
export function bucketAt(buckets: readonly UsageBucket[], atMs: number): number {
  let low = 0;
  let high = buckets.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((buckets[middle]?.startMs ?? 0) <= atMs) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
