import { events, thinEvents } from '../events/events.ts';
import type { World } from '../world.ts';
import { type Attempt, type DeliveryState, deliveries, deliveriesOf, queue } from './deliveries.ts';
import { createDestination, type DestinationState, destinations, rollSecret } from './destinations.ts';
import { type Disturbance, disturbances, matchesType } from './disturbances.ts';
import type { Sender } from './sender.ts';
import { type WebhookSettings, webhookSettings } from './settings.ts';

/** One entry of the delivery log. */
export interface Delivery {
  id: string;
  eventId: string;
  eventType: string;
  payload: 'snapshot' | 'thin';
  destinationId: string;
  url: string;
  state: DeliveryState['state'];
  attempts: readonly Attempt[];
  /** When it is tried again, Unix seconds. */
  nextAttemptSec: number | null;
}

export interface DeliveryFilter {
  /** An event type; a final `*` stands for anything. */
  type?: string;
  eventId?: string;
  destinationId?: string;
  state?: DeliveryState['state'];
}

/** An address that receives events without being registered through the API. */
export interface Forward {
  url: string;
  /** The signing secret; derived from the seed when left out. */
  secret?: string;
  payload?: 'snapshot' | 'thin';
  /** Event types; all when left out. */
  events?: readonly string[];
}

/** Webhooks as tests and the command line see them. */
export interface Webhooks {
  /** Sends everything that is due and resolves once all receivers have answered or timed out. */
  settled(): Promise<void>;
  /** The delivery log, oldest first. */
  deliveries(filter?: DeliveryFilter): Delivery[];
  readonly settings: Readonly<WebhookSettings>;
  configure(change: Partial<WebhookSettings>): void;
  /** Makes the next matching deliveries go wrong. */
  disturb(disturbance: Disturbance): void;
  /** Takes back every disturbance that is not used up. */
  calm(): void;
  /** Holds deliveries back until `resume`; they gather, so that `order` applies to all of them. */
  pause(): void;
  resume(): void;
  /**
   * Puts a new signing secret in force for a destination and returns it. The old one goes on signing beside it for
   * `keepOldForSec` (a day when left out).
   */
  rollSecret(destinationId: string, options?: { keepOldForSec?: number }): string;
  /** Sends an event once more to the destinations that got it, or to the one named. */
  resend(eventId: string, destinationId?: string): void;
  /** Everything that receives events, oldest first, with the signing secret in force. */
  destinations(): Array<{ id: string; kind: DestinationState['kind']; url: string; secret: string }>;
  /** Adds an address that receives events; returns its id and signing secret. */
  forward(forward: Forward): { id: string; secret: string };
}

const DAY_SEC = 86_400;

export function createWebhooks(world: World, sender: Sender): Webhooks {
  return {
    settled: () => sender.settled(),
    deliveries: (filter) => deliveryLog(world, filter),
    get settings() {
      return { ...webhookSettings(world) };
    },
    configure: (change) => configure(world, change),
    disturb(disturbance) {
      const times = disturbance.times ?? 1;
      const state = disturbances(world);
      state.plans = [...state.plans, { ...disturbance, left: times }];
    },
    calm() {
      disturbances(world).plans = [];
    },
    pause: () => sender.pause(),
    resume() {
      sender.resume();
      sender.kick();
    },
    rollSecret: (id, options = {}) =>
      rollSecret(world, requireDestination(world, id), options.keepOldForSec ?? DAY_SEC),
    resend(eventId, destinationId) {
      resendEvent(world, eventId, destinationId);
      sender.kick();
    },
    destinations: () =>
      destinations(world)
        .oldestFirst()
        .filter(({ deleted }) => !deleted)
        .map(({ id, kind, url, secrets }) => ({ id, kind, url, secret: secrets[0]?.secret ?? '' })),
    forward({ url, secret, payload = 'snapshot', events: types = ['*'] }) {
      checkAddress(url);
      const destination = createDestination(world, {
        kind: 'forward',
        payload,
        url,
        secret,
        enabledEvents: [...types],
      });
      return { id: destination.id, secret: destination.secrets[0]?.secret ?? '' };
    },
  };
}

/** Throws in words for anything but an http(s) address. */
export function checkAddress(url: string): void {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new RangeError(`Webhooks can only be sent to an http(s) URL, not "${url}".`);
}

function configure(world: World, change: Partial<WebhookSettings>): void {
  const { timeoutMs } = change;
  if (timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs <= 600_000))
    throw new RangeError(`timeoutMs must lie between 1 and 600000, not ${timeoutMs}.`);
  Object.assign(webhookSettings(world), change);
}

function requireDestination(world: World, id: string): DestinationState {
  const destination = destinations(world).get(id);
  if (destination === undefined || destination.deleted)
    throw new RangeError(`There is no webhook destination ${id}.`);
  return destination;
}

/** Queues an event once more; throws in words for an unknown event or destination. */
export function resendEvent(world: World, eventId: string, destinationId?: string): void {
  const snapshot = events(world).get(eventId);
  const thin = thinEvents(world).get(eventId);
  const found = snapshot ?? thin;
  if (found === undefined) throw new RangeError(`There is no event ${eventId}.`);
  const parcel = {
    id: found.id,
    type: found.type,
    objectId: snapshot?.objectId ?? thin?.related?.id ?? null,
    payload: snapshot === undefined ? ('thin' as const) : ('snapshot' as const),
  };
  const earlier = deliveriesOf(world, eventId).map((delivery) => delivery.destinationId);
  const targets = destinationId === undefined ? [...new Set(earlier)] : [destinationId];
  for (const id of targets) queue(world, parcel, requireDestination(world, id));
}

function deliveryLog(world: World, filter: DeliveryFilter = {}): Delivery[] {
  return deliveries(world)
    .oldestFirst()
    .filter(
      (delivery) =>
        (filter.type === undefined || matchesType(filter.type, delivery.eventType)) &&
        (filter.eventId === undefined || filter.eventId === delivery.eventId) &&
        (filter.destinationId === undefined || filter.destinationId === delivery.destinationId) &&
        (filter.state === undefined || filter.state === delivery.state),
    )
    .map(({ id, eventId, eventType, payload, destinationId, state, attempts, nextAttemptSec }) => ({
      id,
      eventId,
      eventType,
      payload,
      destinationId,
      url: destinations(world).get(destinationId)?.url ?? '',
      state,
      attempts,
      nextAttemptSec,
    }));
}
