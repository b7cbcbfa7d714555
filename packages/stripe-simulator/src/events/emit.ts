import { deliverSnapshot, deliverThin } from '../webhooks/deliveries.ts';
import type { World } from '../world.ts';
import { previousAttributes } from './diff.ts';
import type { EventType } from './event-types.ts';
import { events, type RelatedObject, type ThinEventState, thinEvents } from './events.ts';
import { relatedObjectOf } from './related-object.ts';
import { currentRequest } from './request-context.ts';
import { thinTwinOf } from './thin-event-types.ts';

export interface Emission {
  type: EventType;
  /** The object on the wire, as it is after the change. */
  object: object;
  /** For `*.updated`: the earlier values of what changed. */
  previousAttributes?: object;
  customerId?: string | null;
}

/**
 * Stores a snapshot event of the present and its thin twin, and queues their deliveries; nothing leaves the simulator
 * before the current request or job has ended. The object is copied, so the caller may go on changing it.
 */
export function emit(world: World, { type, object, previousAttributes: previous }: Emission): void {
  const request = currentRequest(world);
  const related = relatedObjectOf(object);
  const event = events(world).put({
    id: world.ids.next('evt_'),
    type,
    createdSec: Math.floor(shownMs(world) / 1_000),
    storedSec: world.ownNowSec(),
    objectId: related?.id ?? null,
    objectJson: JSON.stringify(object),
    previousJson: previous === undefined ? null : JSON.stringify(previous),
    requestId: request?.id ?? null,
    idempotencyKey: request?.idempotencyKey ?? null,
  });
  const twin = thinTwinOf(type);
  const thin = twin === null ? null : storeThin(world, { type: twin, related, snapshotEventId: event.id });
  deliverSnapshot(world, event);
  if (thin !== null) deliverThin(world, thin);
}

/**
 * Emits a change with the `previous_attributes` that lie between two wire forms of the object, and nothing when they
 * are equal.
 */
export function emitUpdate(
  world: World,
  change: { type: EventType; before: object; after: object; customerId?: string | null },
): void {
  const previous = previousAttributes(change.before, change.after);
  if (previous !== undefined)
    emit(world, { type: change.type, object: change.after, previousAttributes: previous });
}

export interface ThinEmission {
  type: string;
  related: RelatedObject | null;
  /** Shown only to those who fetch the event. */
  data?: object;
  snapshotEventId?: string | null;
}

/** Stores a thin event that has no snapshot, and queues its deliveries. */
export function emitThin(world: World, emission: ThinEmission): ThinEventState {
  const event = storeThin(world, emission);
  deliverThin(world, event);
  return event;
}

function shownMs(world: World): number {
  return world.assumptions.eventTimesFollowTestClock ? world.nowMs() : world.ownNowMs();
}

function storeThin(world: World, { type, related, data, snapshotEventId }: ThinEmission): ThinEventState {
  const request = currentRequest(world);
  return thinEvents(world).put({
    id: world.ids.next('evt_test_', 52),
    type,
    createdMs: shownMs(world),
    storedSec: world.ownNowSec(),
    related,
    dataJson: data === undefined ? null : JSON.stringify(data),
    snapshotEventId: snapshotEventId ?? null,
    requestId: request?.id ?? null,
    idempotencyKey: request?.idempotencyKey ?? null,
  });
}
