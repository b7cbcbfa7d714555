import { defineTable } from '../table.ts';
import type { World } from '../world.ts';

/** One stored snapshot event. What it shows never changes afterwards, so it is kept as text. */
export interface EventState {
  id: string;
  type: string;
  createdSec: number;
  /** The second of the simulator's own clock. */
  storedSec: number;
  objectId: string | null;
  objectJson: string;
  previousJson: string | null;
  requestId: string | null;
  idempotencyKey: string | null;
}

/** A resource that a thin event points to. */
export interface RelatedObject {
  id: string;
  type: string;
  url: string;
}

/** One stored thin event; its data, if any, is only shown to those who fetch it. */
export interface ThinEventState {
  id: string;
  type: string;
  createdMs: number;
  /** The second of the simulator's own clock. */
  storedSec: number;
  related: RelatedObject | null;
  dataJson: string | null;
  snapshotEventId: string | null;
  requestId: string | null;
  idempotencyKey: string | null;
}

/** Every snapshot event of a world, in the order in which it happened. */
export const events = defineTable<EventState>();
/** Every thin event of a world, in the order in which it happened. */
export const thinEvents = defineTable<ThinEventState>();

const RETENTION_SEC = 30 * 86_400;

/** Whether an event can still be read: for 30 days. */
export function isReadable(world: World, event: { storedSec: number }): boolean {
  return event.storedSec > world.ownNowSec() - RETENTION_SEC;
}
