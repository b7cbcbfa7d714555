import { invalidRequest, StripeFault } from './errors.ts';

const RETENTION_MS = 24 * 3_600_000;

export interface StoredAnswer {
  status: number;
  body: string;
  requestId: string;
}

/** A request as far as it must be the same under the same key. */
export interface KeyedRequest {
  path: string;
  /** The body as it came. */
  text: string;
  /** One form for all bodies that say the same; asked for only when two bodies differ. */
  canonical(text: string): string;
}

interface Entry {
  text: string;
  path: string;
  startedMs: number;
  answer: StoredAnswer | null;
}

/** Remembers the first answer to each key for 24 hours of the simulator's clock. */
export interface IdempotencyKeys {
  /**
   * Claims a key. Returns the stored answer to replay, or `null` when this request is the first. Throws Stripe's 400
   * for other parameters under the same key and its 409 while the first request still runs.
   */
  begin(key: string, request: KeyedRequest, nowMs: number): StoredAnswer | null;
  finish(key: string, answer: StoredAnswer): void;
  /** Forgets a claim: nothing is stored when a request fails validation. */
  abandon(key: string): void;
  /** The keys whose first request has been answered. */
  save(): SavedKeys;
  load(saved: SavedKeys): void;
}

export type SavedKeys = ReadonlyArray<readonly [string, Readonly<Entry>]>;

export function createIdempotencyKeys(): IdempotencyKeys {
  let entries = new Map<string, Entry>();
  let nextExpiryMs = Number.NEGATIVE_INFINITY;
  const forget = (nowMs: number): void => {
    if (nowMs < nextExpiryMs) return;
    nextExpiryMs = nowMs + RETENTION_MS;
    for (const [key, entry] of entries) {
      if (entry.startedMs + RETENTION_MS > nowMs) {
        nextExpiryMs = entry.startedMs + RETENTION_MS;
        return;
      }
      entries.delete(key);
    }
  };
  return {
    begin(key, { path, text, canonical }, nowMs) {
      if (key.length > 255) throw invalidRequest('Idempotency keys can have at most 255 characters.');
      forget(nowMs);
      const entry = entries.get(key);
      if (entry === undefined) {
        entries.set(key, { text, path, startedMs: nowMs, answer: null });
        return null;
      }
      if (entry.path !== path) throw mismatch(key, 'endpoint');
      if (entry.text !== text && canonical(entry.text) !== canonical(text)) throw mismatch(key, 'parameters');
      if (entry.answer === null) {
        throw new StripeFault(
          `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}`,
          { status: 409, type: 'idempotency_error', code: 'idempotency_key_in_use' },
        );
      }
      return entry.answer;
    },
    finish(key, answer) {
      const entry = entries.get(key);
      if (entry !== undefined) entry.answer = answer;
    },
    abandon(key) {
      entries.delete(key);
    },
    save: () => [...entries].filter(([, { answer }]) => answer !== null),
    load(saved) {
      nextExpiryMs = Number.NEGATIVE_INFINITY;
      entries = new Map(saved.map(([key, entry]) => [key, { ...entry }]));
    },
  };
}

function mismatch(key: string, what: 'endpoint' | 'parameters'): StripeFault {
  const which =
    what === 'endpoint' ? 'for the same endpoint they were' : 'with the same parameters they were';
  return new StripeFault(
    `Keys for idempotent requests can only be used ${which} first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    { type: 'idempotency_error' },
  );
}
