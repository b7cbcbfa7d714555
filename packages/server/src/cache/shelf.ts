import { BillingError } from '@meterboard/contract';
import type { Reading } from './reading.ts';

/** For how long an answer serves. */
export interface Keeping {
  /** Serves without a thought. */
  freshMs: number;
  /** After that it serves while it is read anew; later than that the reading is waited for. */
  graceMs: number;
}

/** Counts what became of questions. */
export interface CacheCounts {
  /** Answered from memory or the store. */
  hits: number;
  /** Answered with an older reading while it is read anew. */
  refreshing: number;
  /** Answered with the last good reading, because the provider could not be read. */
  stale: number;
  /** Read from the provider. */
  misses: number;
  /** Waited for a reading that was already under way. */
  shared: number;
  /** Whole dashboards that were served as they had been made. */
  answers: number;
}

/** What every shelf of one process shares. */
export interface ShelfParts {
  nowMs(): number;
  counts: CacheCounts;
  /** For how long a last good reading is worth showing. */
  keepMs: number;
}

/** One question about one customer, and what is known of its answer. */
export interface Slot {
  kept: { value: unknown; readAtMs: number; bytes: number } | null;
  /** Something touched it: it has to be read before it counts again. */
  isDropped: boolean;
  /** Usage was reported since it was read. */
  isTouched: boolean;
  loading: Promise<{ value: unknown; readAtMs: number }> | null;
  /** When the provider failed last, after the reading that is kept. */
  failedAtMs: number | null;
  retryAtMs: number;
}

/** How long a failing provider is left alone where there is something to show instead. */
const holdOffMs = 2_000;

/** Failures that pass by themselves; every other answer of the provider is an answer. */
export function isPassing(error: unknown): error is BillingError {
  return (
    error instanceof BillingError &&
    (error.code === 'provider_unavailable' || error.code === 'provider_rate_limited')
  );
}

export function createSlot(): Slot {
  return { kept: null, isDropped: false, isTouched: false, loading: null, failedAtMs: null, retryAtMs: 0 };
}

/** Marks what is kept as overtaken. A reading that is under way began too early to count. */
export function dropSlot(slot: Slot): void {
  slot.isDropped = true;
  slot.loading = null;
}

/**
 * Answers from the slot where it may, and otherwise from one reading that everybody who asks meanwhile waits for. A
 * reading that fails in passing is covered by the last good one, which then says that it is stale.
 */
export async function readSlot<T>(
  parts: ShelfParts,
  slot: Slot,
  keeping: Keeping,
  load: () => Promise<T>,
  onKept: (slot: Slot) => void = () => undefined,
): Promise<Reading<T>> {
  const { counts, nowMs } = parts;
  const kept = slot.kept;
  const now = nowMs();
  if (kept) {
    const ageMs = now - kept.readAtMs;
    if (!slot.isDropped && ageMs < keeping.freshMs) {
      counts.hits += 1;
      return readingOf<T>(slot, keeping, false);
    }
    if (now < slot.retryAtMs && ageMs < parts.keepMs) {
      counts.stale += 1;
      return readingOf<T>(slot, keeping, true);
    }
    if (!slot.isDropped && ageMs < keeping.freshMs + keeping.graceMs) {
      startLoading(parts, slot, load, onKept).catch(() => undefined);
      const isStale = slot.failedAtMs !== null;
      counts[isStale ? 'stale' : 'refreshing'] += 1;
      return readingOf<T>(slot, keeping, isStale);
    }
  }
  try {
    counts[slot.loading ? 'shared' : 'misses'] += 1;
    const { value, readAtMs } = await startLoading(parts, slot, load, onKept);
    return { value: value as T, readAtMs, isStale: false, freshUntilMs: readAtMs + keeping.freshMs };
  } catch (error) {
    if (!(isPassing(error) && slot.kept && nowMs() - slot.kept.readAtMs < parts.keepMs)) throw error;
    counts.stale += 1;
    return readingOf<T>(slot, keeping, true);
  }
}

function readingOf<T>(slot: Slot, { freshMs }: Keeping, isStale: boolean): Reading<T> {
  if (!slot.kept) throw new Error('a slot without a reading cannot answer');
  const { value, readAtMs } = slot.kept;
  return { value: value as T, readAtMs, isStale, freshUntilMs: isStale ? 0 : readAtMs + freshMs };
}

function startLoading<T>(
  { nowMs }: ShelfParts,
  slot: Slot,
  load: () => Promise<T>,
  onKept: (slot: Slot) => void,
): Promise<{ value: unknown; readAtMs: number }> {
  if (slot.loading) return slot.loading;
  const readAtMs = nowMs();
  slot.isTouched = false;
  const loading = load().then(
    (value) => {
      // Where something was dropped meanwhile, this is still the newest that can be shown in need.
      if (!slot.kept || slot.kept.readAtMs <= readAtMs) {
        slot.kept = { value, readAtMs, bytes: bytesOf(value) };
        onKept(slot);
      }
      if (slot.loading === loading) {
        Object.assign(slot, { isDropped: false, loading: null, failedAtMs: null, retryAtMs: 0 });
      }
      return { value, readAtMs };
    },
    (error: unknown) => {
      if (slot.loading === loading) {
        slot.loading = null;
        if (isPassing(error)) {
          slot.failedAtMs = nowMs();
          slot.retryAtMs = nowMs() + holdOffMs;
        } else {
          slot.kept = null;
        }
      }
      throw error;
    },
  );
  slot.loading = loading;
  return loading;
}

function bytesOf(value: unknown): number {
  return 2 * (JSON.stringify(value)?.length ?? 0) + 200;
}
