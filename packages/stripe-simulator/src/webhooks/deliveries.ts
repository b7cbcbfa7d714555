import type { EventState, ThinEventState } from '../events/events.ts';
import { defineTable, perWorld } from '../table.ts';
import type { Job, World } from '../world.ts';
import { type DestinationState, destinations, listens } from './destinations.ts';
import { takeDisturbance } from './disturbances.ts';
import { retryDelaySec, webhookSettings } from './settings.ts';

/** One try to hand an event over. */
export interface Attempt {
  atMs: number;
  /** The receiver's HTTP status, or `null` when there was no answer. */
  status: number | null;
  /** Why there was no answer, in words. */
  error: string | null;
}

/** One event on its way to one destination. */
export interface DeliveryState {
  id: string;
  eventId: string;
  eventType: string;
  objectId: string | null;
  payload: 'snapshot' | 'thin';
  destinationId: string;
  createdMs: number;
  /** `canceled`: the destination was disabled or deleted when its time came. */
  state: 'pending' | 'delivered' | 'failed' | 'canceled';
  attempts: Attempt[];
  nextAttemptSec: number | null;
}

export const deliveries = defineTable<DeliveryState>();

/** Deliveries by event, and by event type and object. */
const groups = defineTable<{ id: string; deliveryIds: string[] }>();
/** What waits to be sent now. */
const outbox = perWorld<{ ready: string[] }>(() => ({ ready: [] }));

function addToGroup(world: World, key: string, deliveryId: string): void {
  groups(world).put({ id: key, deliveryIds: [...(groups(world).get(key)?.deliveryIds ?? []), deliveryId] });
}

function group(world: World, key: string): DeliveryState[] {
  return (groups(world).get(key)?.deliveryIds ?? []).flatMap((id) => deliveries(world).get(id) ?? []);
}

/** Every delivery of an event so far, oldest first. */
export function deliveriesOf(world: World, eventId: string): DeliveryState[] {
  return group(world, eventId);
}

/** Queues a snapshot event for every destination that listens to it. */
export function deliverSnapshot(world: World, event: EventState): void {
  deliver(world, { id: event.id, type: event.type, objectId: event.objectId, payload: 'snapshot' });
}

/** Queues a thin event for every destination that listens to it. */
export function deliverThin(world: World, event: ThinEventState): void {
  deliver(world, { id: event.id, type: event.type, objectId: event.related?.id ?? null, payload: 'thin' });
}

interface Parcel {
  id: string;
  type: string;
  objectId: string | null;
  payload: 'snapshot' | 'thin';
}

function deliver(world: World, event: Parcel): void {
  if (destinations(world).size() === 0) return;
  for (const destination of destinations(world).oldestFirst()) {
    if (destination.deleted || !destination.enabled || destination.payload !== event.payload) continue;
    if (listens(destination.enabledEvents, event.type)) queue(world, event, destination);
  }
}

/** Puts one event on its way to one destination, whatever that listens to. */
export function queue(world: World, event: Parcel, destination: DestinationState): DeliveryState {
  const delivery = deliveries(world).put({
    id: world.ids.next('wd_'),
    eventId: event.id,
    eventType: event.type,
    objectId: event.objectId,
    payload: event.payload,
    destinationId: destination.id,
    createdMs: world.ownNowMs(),
    state: 'pending',
    attempts: [],
    nextAttemptSec: world.ownNowSec(),
  });
  addToGroup(world, event.id, delivery.id);
  if (event.objectId !== null) addToGroup(world, `${event.type} ${event.objectId}`, delivery.id);
  const delay = takeDisturbance(world, 'delay', delivery);
  if (delay === undefined) outbox(world).ready.push(delivery.id);
  else retryAt(world, delivery, world.ownNowSec() + (delay.delaySec ?? 3_600));
  return delivery;
}

const attemptJob: Job = {
  name: 'attempt a webhook delivery',
  run(world, id) {
    const delivery = deliveries(world).get(id);
    if (delivery?.state === 'pending' && delivery.nextAttemptSec !== null) outbox(world).ready.push(id);
  },
};

function retryAt(world: World, delivery: DeliveryState, atSec: number): void {
  deliveries(world).put({ ...delivery, nextAttemptSec: atSec });
  world.scheduleOwnMs(atSec * 1_000, attemptJob, delivery.id);
}

/** Whether something waits to be sent now. */
export function hasReady(world: World): boolean {
  return outbox(world).ready.length > 0;
}

/** Takes everything that waits to be sent now, in the order that the settings ask for. */
export function takeReady(world: World): DeliveryState[] {
  const box = outbox(world);
  const ids = box.ready;
  box.ready = [];
  const batch = ids
    .flatMap((id) => deliveries(world).get(id) ?? [])
    .filter(({ state }) => state === 'pending');
  const { order } = webhookSettings(world);
  if (order === 'reversed') return batch.reverse();
  if (order === 'emitted') return batch;
  return batch
    .map((delivery) => ({ delivery, weight: world.ids.stable('', `shuffle ${delivery.id}`) }))
    .sort((a, b) => (a.weight < b.weight ? -1 : 1))
    .map(({ delivery }) => delivery);
}

/** Lets what was taken and not sent wait again, before everything else. */
export function putBack(world: World, batch: readonly DeliveryState[]): void {
  const box = outbox(world);
  box.ready = [...batch.map(({ id }) => id), ...box.ready];
}

/** Notes an attempt: a 2xx settles the delivery, anything else plans the next one, if there is to be one. */
export function noteAttempt(world: World, id: string, attempt: Attempt): void {
  const delivery = deliveries(world).get(id);
  if (delivery === undefined) return;
  const attempts = [...delivery.attempts, attempt];
  if (attempt.status !== null && attempt.status >= 200 && attempt.status < 300) {
    deliveries(world).put({ ...delivery, attempts, state: 'delivered', nextAttemptSec: null });
    return;
  }
  if (delivery.state !== 'pending') {
    deliveries(world).put({ ...delivery, attempts });
    return;
  }
  const failures = attempts.length;
  const delaySec = retryDelaySec(webhookSettings(world).retries, failures);
  if (delaySec === undefined)
    deliveries(world).put({ ...delivery, attempts, state: 'failed', nextAttemptSec: null });
  else retryAt(world, { ...delivery, attempts }, Math.floor(attempt.atMs / 1_000) + delaySec);
}

/** Gives a delivery up, because its destination no longer takes any. */
export function cancelDelivery(world: World, delivery: DeliveryState): void {
  deliveries(world).put({ ...delivery, state: 'canceled', nextAttemptSec: null });
}

/** How many deliveries of an event have not arrived: those still tried and those given up after all retries. */
export function pendingWebhooks(world: World, eventId: string): number {
  return group(world, eventId).filter(({ state }) => state === 'pending' || state === 'failed').length;
}

/**
 * When the last delivery of such an event arrived: `undefined` when nobody was to get it, `null` while one has not
 * arrived.
 */
export function deliveredSec(
  world: World,
  event: { type: string; objectId: string },
): number | null | undefined {
  const all = group(world, `${event.type} ${event.objectId}`);
  if (unanswered(all).length > 0) return null;
  const arrived = all.filter(({ state }) => state === 'delivered');
  if (arrived.length === 0) return undefined;
  return Math.max(...arrived.map(({ attempts }) => Math.floor((attempts.at(-1)?.atMs ?? 0) / 1_000)));
}

/** Whether a destination of such an event has not answered 2xx yet, however often it was tried. */
export function isAwaited(world: World, event: { type: string; objectId: string }): boolean {
  return unanswered(group(world, `${event.type} ${event.objectId}`)).length > 0;
}

/** The deliveries still tried or given up whose destination has not answered 2xx to another one, as to a resend. */
function unanswered(all: readonly DeliveryState[]): DeliveryState[] {
  const answered = new Set(
    all.filter(({ state }) => state === 'delivered').map(({ destinationId }) => destinationId),
  );
  return all.filter(
    ({ state, destinationId }) => (state === 'pending' || state === 'failed') && !answered.has(destinationId),
  );
}
