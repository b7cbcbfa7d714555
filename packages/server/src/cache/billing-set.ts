import type { Reading } from './reading.ts';
import { type CacheCounts, isPassing, type Keeping } from './shelf.ts';

/** One question about a customer's subscriptions, credits and documents. */
export interface BillingQuestion {
  key: string;
  /** Part of what a snapshot compares before and after: read before everything else. */
  isWatched: boolean;
  load(): Promise<unknown>;
}

/**
 * Readings that belong together: a snapshot may use any of them, because whatever it compares was read before all
 * the rest, and is read once more after it.
 */
export interface BillingSet {
  readings: Map<string, SetReading>;
  /** The second readings of what is compared. */
  looks: Map<string, SetReading>;
  beganAtMs: number;
  /** Of the drawer, when it began. */
  version: number;
  /** Usage was reported since: fresh for a shorter while. */
  isTouched: boolean;
  /** When the newest of `readings` had arrived. */
  arrivedAt: number;
  /** The set that is to follow, and that it holds all. */
  refreshing: { set: BillingSet; done: Promise<BillingSet> } | null;
  failedAtMs: number | null;
  retryAtMs: number;
}

interface SetReading {
  question: BillingQuestion;
  /** Counted, not timed: two readings of one millisecond still have an order. */
  startedAt: number;
  readAtMs: number;
  result: Promise<unknown>;
  bytes: number;
}

/** Where a customer's set is kept. */
export interface SetHolder {
  version: number;
  billing: unknown;
}

export interface BillingSetParts {
  nowMs(): number;
  counts: CacheCounts;
  keeping: Keeping;
  keepMs: number;
  /** After a report of usage. */
  touchedMs: number;
  /** Something more is kept. */
  onArrival(): void;
}

/** What one request reads a customer's billing from. It stays with one set, unless that proves torn. */
export interface BillingView {
  read(question: BillingQuestion): Promise<Reading<unknown>>;
  /** A reading that began after everything that was read from the set. */
  look(question: BillingQuestion): Promise<Reading<unknown>>;
  /** Goes on with a new set, whose first readings are the last looks at this one. */
  again(): void;
}

const holdOffMs = 2_000;
let ticks = 0;

/** Opens the customer's current set; where it is too old, one that was read anew, or the old one as stale. */
export function openBillingView(parts: BillingSetParts, holder: SetHolder): BillingView {
  let pinned: Promise<{ set: BillingSet; isStale: boolean }> | undefined;
  const pin = () => {
    pinned ??= chooseSet(parts, holder);
    return pinned;
  };

  async function take(question: BillingQuestion, from: 'readings' | 'looks'): Promise<Reading<unknown>> {
    const { set, isStale } = await pin();
    const entry = readFrom(parts, set, question, from);
    const value = await entry.result;
    const freshMs = set.isTouched ? parts.touchedMs : parts.keeping.freshMs;
    return { value, readAtMs: entry.readAtMs, isStale, freshUntilMs: isStale ? 0 : set.beganAtMs + freshMs };
  }

  return {
    read: (question) => take(question, 'readings'),
    look: (question) => take(question, 'looks'),
    again() {
      const torn = pinned;
      pinned = (async () => {
        const before = await torn;
        const set = createSet(parts, holder);
        for (const [key, look] of before?.set.looks ?? []) set.readings.set(key, look);
        // What was dropped or reported since the looks were begun is not on them.
        set.version = before?.set.version ?? set.version;
        set.isTouched = before?.set.isTouched ?? false;
        if (holder.billing === before?.set) holder.billing = set;
        return { set, isStale: false };
      })();
    },
  };
}

/** Usage was reported: what the set says, or the one that is being read to follow it, is right for a moment that passes sooner. */
export function touchSet(billing: unknown): void {
  if (!billing) return;
  const set = billing as BillingSet;
  set.isTouched = true;
  if (set.refreshing) set.refreshing.set.isTouched = true;
}

/** What a set holds, as an estimate. */
export function bytesOfSet(billing: unknown): number {
  if (!billing) return 0;
  const { readings, looks } = billing as BillingSet;
  return [...readings.values(), ...looks.values()].reduce((sum, { bytes }) => sum + bytes + 300, 0);
}

function createSet(parts: BillingSetParts, { version }: SetHolder): BillingSet {
  return {
    readings: new Map(),
    looks: new Map(),
    beganAtMs: parts.nowMs(),
    version,
    isTouched: false,
    arrivedAt: 0,
    refreshing: null,
    failedAtMs: null,
    retryAtMs: 0,
  };
}

async function chooseSet(
  parts: BillingSetParts,
  holder: SetHolder,
): Promise<{ set: BillingSet; isStale: boolean }> {
  const { counts, keeping, nowMs } = parts;
  const known = holder.billing as BillingSet | null;
  const now = nowMs();
  const ageMs = now - (known?.beganAtMs ?? now);
  const isDropped = known?.version !== holder.version;
  const freshMs = known?.isTouched ? parts.touchedMs : keeping.freshMs;
  if (known && !isDropped && ageMs < freshMs) return { set: known, isStale: false };
  if (!known || known.readings.size === 0) {
    const set = createSet(parts, holder);
    holder.billing = set;
    return { set, isStale: false };
  }
  if (now < known.retryAtMs && ageMs < parts.keepMs) {
    counts.stale += 1;
    return { set: known, isStale: true };
  }
  const refreshed = refresh(parts, holder, known);
  if (!isDropped && ageMs < keeping.freshMs + keeping.graceMs) {
    refreshed.catch(() => undefined);
    const isStale = known.failedAtMs !== null;
    counts[isStale ? 'stale' : 'refreshing'] += 1;
    return { set: known, isStale };
  }
  try {
    return { set: await refreshed, isStale: false };
  } catch (error) {
    if (!isPassing(error) || ageMs >= parts.keepMs) throw error;
    counts.stale += 1;
    return { set: known, isStale: true };
  }
}

/** Reads all that the old set held into a new one, in the order that a snapshot relies on. */
function refresh(parts: BillingSetParts, holder: SetHolder, old: BillingSet): Promise<BillingSet> {
  if (old.refreshing?.set.version === holder.version) {
    parts.counts.shared += 1;
    return old.refreshing.done;
  }
  const set = createSet(parts, holder);
  const wanted = [...old.readings.values()].map(({ question }) => question);
  const done = (async () => {
    const readAll = (questions: BillingQuestion[], from: 'readings' | 'looks') =>
      Promise.all(questions.map((question) => readFrom(parts, set, question, from).result));
    await readAll(
      wanted.filter(({ isWatched }) => isWatched),
      'readings',
    );
    await readAll(
      wanted.filter(({ isWatched }) => !isWatched),
      'readings',
    );
    await readAll(
      [...old.looks.values()].map(({ question }) => question),
      'looks',
    );
    if (holder.billing === old) holder.billing = set;
    return set;
  })();
  const refreshing = { set, done };
  old.refreshing = refreshing;
  done.catch((error: unknown) => {
    if (old.refreshing === refreshing) old.refreshing = null;
    if (!isPassing(error)) {
      if (holder.billing === old) holder.billing = null;
      return;
    }
    old.failedAtMs = parts.nowMs();
    old.retryAtMs = old.failedAtMs + holdOffMs;
  });
  return done;
}

function readFrom(
  { nowMs, counts, onArrival }: BillingSetParts,
  set: BillingSet,
  question: BillingQuestion,
  from: 'readings' | 'looks',
): SetReading {
  const known = set[from].get(question.key);
  if (known && (from === 'readings' || known.startedAt > set.arrivedAt)) {
    counts[known.bytes > 0 ? 'hits' : 'shared'] += 1;
    return known;
  }
  counts.misses += 1;
  ticks += 1;
  const entry: SetReading = {
    question,
    startedAt: ticks,
    readAtMs: nowMs(),
    result: question.load(),
    bytes: 0,
  };
  set[from].set(question.key, entry);
  entry.result.then(
    (value) => {
      entry.bytes = 2 * (JSON.stringify(value)?.length ?? 0) + 1;
      if (from === 'readings') {
        ticks += 1;
        set.arrivedAt = ticks;
      }
      onArrival();
    },
    () => {
      if (set[from].get(question.key) === entry) set[from].delete(question.key);
    },
  );
  return entry;
}
