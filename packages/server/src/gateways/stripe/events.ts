import Stripe from 'stripe';
import type { EventGateway, RawProviderEvent } from '../../gateway.ts';
import type { Logger } from '../../logger.ts';
import {
  createEventDestination,
  listEventDestinations,
  updateEventDestination,
} from './event-destinations.ts';
import { snapshotTypes, thinTypes } from './event-types.ts';
import { fromStripeEvent, fromStripeNotification } from './from-stripe-event.ts';
import { pageSize } from './list-all.ts';
import { translating } from './translate-error.ts';
import { refusal, type SignedDelivery, verifyDelivery } from './verify-delivery.ts';

/** Stripe lists events by at most so many types at once (`EventListParams.types`). */
const maxTypesPerCall = 20;

/** Stripe's events behind the gateway's names. Says once in the log when events come in another API version. */
export function createEventGateway(stripe: Stripe, parts: { logger?: Logger } = {}): EventGateway {
  const read = createReader(stripe, parts.logger);
  return {
    wantedTypes: { snapshot: snapshotTypes, thin: thinTypes },
    async readDelivery(delivery: SignedDelivery) {
      const text = await verifyDelivery(stripe, delivery);
      try {
        return read(text);
      } catch (error) {
        throw refusal(
          'The signature fits, and the body is no event of Stripe’s that this version reads.',
          error,
        );
      }
    },
    readStored: read,
    listEvents: (query, options) => translating(() => listEvents(stripe, query), options?.signal),
    listDestinations: (options) => translating(() => listEventDestinations(stripe), options?.signal),
    createDestination: (destination, options) =>
      translating(() => createEventDestination(stripe, destination), options?.signal),
    updateDestination: (destination, options) =>
      translating(() => updateEventDestination(stripe, destination), options?.signal),
  };
}

/** The SDK reads the two kinds with two methods, each of which throws on the other kind. */
function createReader(stripe: Stripe, logger: Logger | undefined): (text: string) => RawProviderEvent {
  const versionsSaid = new Set<string>();
  return (text) => {
    const kind = kindOf(text);
    if (kind === 'v2.core.event') {
      return fromStripeNotification(stripe.parseEventNotificationWithoutVerification(text), text);
    }
    if (kind !== 'event') throw new Error(`The body is ${kind ?? 'no object of Stripe’s'}, not an event.`);
    const event = stripe.webhooks.constructEventWithoutVerification(text);
    const version = String(event.api_version);
    if (isForeign(version) && versionsSaid.size < 10 && !versionsSaid.has(version)) {
      versionsSaid.add(version);
      logger?.warn(
        'Events come in another API version than that of the stripe package. They are still used as hints; npx meterboard setup makes a destination of the right version.',
        { version, expected: Stripe.API_VERSION },
      );
    }
    return fromStripeEvent(event, text);
  };
}

function kindOf(text: string): string | null {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || !('object' in parsed)) return null;
  return typeof parsed.object === 'string' ? parsed.object.slice(0, 100) : null;
}

/** Versions of one name ("endive") have the same shapes. */
function isForeign(version: string): boolean {
  return version.split('.')[1] !== Stripe.API_VERSION.split('.')[1];
}

async function listEvents(
  stripe: Stripe,
  { sinceMs, untilMs, types }: { sinceMs: number; untilMs: number; types: readonly string[] },
): Promise<RawProviderEvent[]> {
  const newestFirst: RawProviderEvent[] = [];
  for (let from = 0; from < types.length; from += maxTypesPerCall) {
    const events = stripe.events.list({
      types: types.slice(from, from + maxTypesPerCall),
      created: { gte: Math.floor(sinceMs / 1000), lt: Math.ceil(untilMs / 1000) },
      limit: pageSize,
    });
    for await (const event of events) newestFirst.push(fromStripeEvent(event, JSON.stringify(event)));
  }
  return newestFirst.reverse().toSorted((a, b) => a.createdAtMs - b.createdAtMs);
}
