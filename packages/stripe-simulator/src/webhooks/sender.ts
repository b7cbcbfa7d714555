import { toStripeEvent, toStripeNotification } from '../events/event-view.ts';
import { events, thinEvents } from '../events/events.ts';
import type { World } from '../world.ts';
import {
  cancelDelivery,
  type DeliveryState,
  deliveries,
  hasReady,
  noteAttempt,
  pendingWebhooks,
  putBack,
  takeReady,
} from './deliveries.ts';
import { type DestinationState, destinations, signingSecrets } from './destinations.ts';
import { takeDisturbance } from './disturbances.ts';
import { post } from './post.ts';
import { webhookSettings } from './settings.ts';
import { signatureHeader } from './signature.ts';

/** Carries what is due to its receivers, over HTTP. */
export interface Sender {
  /** Starts sending what is due, without waiting; nothing happens while paused or not `automatic`. */
  kick(): void;
  /** Runs what is due, sends what comes of it and what falls due meanwhile, and waits for the answers. */
  settled(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Cuts what is under way and sends nothing more. */
  stop(): void;
}

/** Concurrent deliveries share the machine's sockets with the receivers. */
const MOST_AT_ONCE = 50;

/**
 * `settle` brings the world to the present before each attempt, `afterwards` is called when nothing is left to send,
 * and `failed` when sending that nobody waits for met an error of the simulator's own.
 */
export function createSender({
  world,
  settle,
  afterwards,
  failed,
}: {
  world: World;
  settle: () => void;
  afterwards: () => void;
  failed: (error: unknown) => void;
}): Sender {
  const stopping = new AbortController();
  let paused = false;
  let running: Promise<void> | null = null;

  const drain = async (): Promise<void> => {
    while (!paused && !stopping.signal.aborted && hasReady(world)) {
      const batch = takeReady(world);
      if (webhookSettings(world).concurrency === 'concurrent') {
        for (let from = 0; from < batch.length; from += MOST_AT_ONCE) {
          const slice = batch.slice(from, from + MOST_AT_ONCE);
          await Promise.all(slice.map(({ id }) => attempt(world, id, settle, stopping.signal)));
        }
      } else {
        for (const [index, { id }] of batch.entries()) {
          try {
            await attempt(world, id, settle, stopping.signal);
          } catch (error) {
            putBack(world, batch.slice(index));
            throw error;
          }
        }
      }
    }
  };
  const pump = (): Promise<void> => {
    running ??= drain().finally(() => {
      running = null;
      afterwards();
    });
    return running;
  };
  const settled = async (): Promise<void> => {
    settle();
    while (running !== null || (!paused && !stopping.signal.aborted && hasReady(world))) await pump();
  };
  return {
    kick() {
      if (!hasReady(world) || paused || running !== null || !webhookSettings(world).automatic) return;
      setImmediate(() => pump().catch(failed));
    },
    settled,
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
    },
    stop: () => stopping.abort(),
  };
}

async function attempt(world: World, id: string, settle: () => void, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  settle();
  const delivery = deliveries(world).get(id);
  const destination = delivery === undefined ? undefined : destinations(world).get(delivery.destinationId);
  if (delivery === undefined || destination === undefined || delivery.state !== 'pending') return;
  if (destination.deleted || !destination.enabled) {
    cancelDelivery(world, delivery);
    return;
  }
  const atMs = world.ownNowMs();
  if (takeDisturbance(world, 'drop', delivery) !== undefined) {
    noteAttempt(world, id, { atMs, status: null, error: 'Lost on the way (drop).' });
    return;
  }
  const copies = takeDisturbance(world, 'duplicate', delivery) === undefined ? 1 : 2;
  const send = async (): Promise<void> => {
    const answer = await hand(world, delivery, destination, signal);
    if (!signal.aborted) noteAttempt(world, id, { atMs, ...answer });
  };
  const atOnce = webhookSettings(world).concurrency === 'concurrent';
  if (atOnce) await Promise.all(Array.from({ length: copies }, send));
  else for (let copy = 0; copy < copies && !signal.aborted; copy += 1) await send();
}

function hand(world: World, delivery: DeliveryState, destination: DestinationState, signal: AbortSignal) {
  const { timestamps, timeoutMs } = webhookSettings(world);
  const body = bodyOf(world, delivery, destination);
  const nowSec = timestamps === 'real' ? Math.floor(Date.now() / 1_000) : world.ownNowSec();
  return post(
    destination.url,
    body,
    {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      accept: '*/*; q=0.5, application/xml',
      'cache-control': 'no-cache',
      'stripe-signature': signatureHeader(body, signingSecrets(destination, world.ownNowSec()), nowSec),
    },
    { timeoutMs, signal },
  );
}

function bodyOf(world: World, delivery: DeliveryState, destination: DestinationState): string {
  if (delivery.payload === 'thin') {
    const event = thinEvents(world).get(delivery.eventId);
    return event === undefined ? '' : JSON.stringify(toStripeNotification(event));
  }
  const event = events(world).get(delivery.eventId);
  if (event === undefined) return '';
  const view = toStripeEvent(event, {
    pendingWebhooks: pendingWebhooks(world, event.id),
    apiVersion: destination.apiVersion,
  });
  return JSON.stringify(view, null, 2);
}
