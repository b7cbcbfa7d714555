import type { PublicError } from './errors.ts';

/** Where a figure comes from: read from Stripe, from the kit's own store, or computed from either. */
export type Source = 'stripe' | 'local' | 'estimate';

/**
 * How far a figure can be trusted to be final.
 * `live`: just read and not expected to change by itself. `settling`: recent usage may still arrive.
 * `stale`: the provider could not be read now; this is the last good reading, see `asOfMs`.
 */
export type Freshness = 'live' | 'settling' | 'stale';

/** What every answer says about itself. */
export interface Measured {
  /** Identifies the signed-in customer without naming them; changes when the session's customer changes. */
  sessionKey: string;
  /** When the oldest source of this answer was read, Unix ms. */
  asOfMs: number;
  /** The server's clock when it answered, Unix ms. Ages are `servedAtMs - asOfMs` plus time since receipt. */
  servedAtMs: number;
  source: Source;
  freshness: Freshness;
}

/** A half-open span of time `[startMs, endMs)`, Unix ms. */
export interface TimeSpan {
  startMs: number;
  endMs: number;
}

/** One part of a larger answer: its data, or why it is missing. A failed part never hides the others. */
export type Section<T> = { ok: true; data: T } | { ok: false; error: PublicError };
