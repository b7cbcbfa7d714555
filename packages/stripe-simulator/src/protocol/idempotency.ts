import { invalidRequest, StripeFault } from './errors.ts';

const RETENTION_MS = 24 * 3_600_000;

export interface StoredAnswer {
  status: number;
  body: string;
  requestId: string;
}

interface Entry {
  signature: string;
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
  begin(key: string, request: { path: string; signature: string }, nowMs: number): StoredAnswer | null;
  finish(key: string, answer: StoredAnswer): void;
  /** Forgets a claim: nothing is stored when a request fails validation. */
  abandon(key: string): void;
}

export function createIdempotencyKeys(): IdempotencyKeys {
  const entries = new Map<string, Entry>();
  const forget = (nowMs: number): void => {
    for (const [key, entry] of entries) {
      if (entry.startedMs + RETENTION_MS > nowMs) return;
      entries.delete(key);
    }
  };
  return {
    begin(key, { path, signature }, nowMs) {
      if (key.length > 255) throw invalidRequest('Idempotency keys can have at most 255 characters.');
      forget(nowMs);
      const entry = entries.get(key);
      if (entry === undefined) {
        entries.set(key, { signature, path, startedMs: nowMs, answer: null });
        return null;
      }
      if (entry.path !== path) throw mismatch(key, 'endpoint');
      if (entry.signature !== signature) throw mismatch(key, 'parameters');
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
