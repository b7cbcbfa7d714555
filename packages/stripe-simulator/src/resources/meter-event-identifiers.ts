import { invalidRequest } from '../protocol/errors.ts';
import { perWorld } from '../table.ts';
import type { World } from '../world.ts';

const RETENTION_MS = 24 * 3_600_000;

interface Receipts {
  /** When each identifier was received, oldest first. */
  receivedMs: Map<string, number>;
  /** No identifier is forgotten before this. */
  nextExpiryMs: number;
}

/** v1 and v2 may keep theirs apart. */
const receipts = perWorld<{ v1: Receipts; v2: Receipts }>(
  () => ({
    v1: { receivedMs: new Map(), nextExpiryMs: 0 },
    v2: { receivedMs: new Map(), nextExpiryMs: 0 },
  }),
  { journaled: true },
);

/**
 * Claims an event's identifier, or makes one up. Throws Stripe's 400 when it was received within the last 24 hours of
 * the simulator's own clock, whatever the events' timestamps and whichever clock their customers live on.
 */
export function claimIdentifier(world: World, given: string | undefined, api: 'v1' | 'v2'): string {
  if (given === undefined) return world.ids.next('', 32).toLowerCase();
  const nowMs = world.ownNowMs();
  const own = receipts(world)[world.assumptions.identifiersSharedWithV2 ? 'v1' : api];
  forget(own, nowMs);
  const seen = own.receivedMs;
  if (seen.has(given)) {
    throw invalidRequest(`An event already exists with identifier ${given}.`, {
      code: 'duplicate_meter_event',
      param: 'identifier',
      headers: { 'stripe-should-retry': 'false' },
    });
  }
  seen.set(given, nowMs);
  world.onUndo(() => seen.delete(given));
  return given;
}

function forget(own: Receipts, nowMs: number): void {
  if (nowMs < own.nextExpiryMs) return;
  own.nextExpiryMs = nowMs + RETENTION_MS;
  for (const [identifier, receivedMs] of own.receivedMs) {
    if (receivedMs + RETENTION_MS > nowMs) {
      own.nextExpiryMs = receivedMs + RETENTION_MS;
      return;
    }
    own.receivedMs.delete(identifier);
  }
}
