import { isEventType } from '../events/event-types.ts';
import { isThinEventType } from '../events/thin-event-types.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { World } from '../world.ts';

export interface SigningSecret {
  secret: string;
  /** The Unix second from which it signs no longer; `null` for the one in force. */
  untilSec: number | null;
}

/** Where events go: a webhook endpoint, an event destination, or an address given at the start. */
export interface DestinationState {
  id: string;
  kind: 'webhook_endpoint' | 'event_destination' | 'forward';
  payload: 'snapshot' | 'thin';
  url: string;
  enabledEvents: string[];
  /** Newest first. */
  secrets: SigningSecret[];
  enabled: boolean;
  deleted: boolean;
  apiVersion: string | null;
  name: string;
  description: string | null;
  metadata: Record<string, string>;
  createdMs: number;
  updatedMs: number;
}

export const destinations = defineTable<DestinationState>();

export interface DestinationInput {
  kind: DestinationState['kind'];
  payload: DestinationState['payload'];
  url: string;
  enabledEvents: string[];
  secret?: string | undefined;
  apiVersion?: string | null | undefined;
  name?: string | undefined;
  description?: string | null | undefined;
  metadata?: Record<string, string>;
}

const PREFIXES = { webhook_endpoint: 'we_', event_destination: 'ed_test_', forward: 'forward_' } as const;

/** Registers a destination with a fresh signing secret, unless one is given. */
export function createDestination(world: World, input: DestinationInput): DestinationState {
  const id = world.ids.next(PREFIXES[input.kind]);
  return destinations(world).put({
    id,
    kind: input.kind,
    payload: input.payload,
    url: input.url,
    enabledEvents: input.enabledEvents,
    secrets: [{ secret: input.secret ?? world.ids.stable('whsec_', id, 32), untilSec: null }],
    enabled: true,
    deleted: false,
    apiVersion: input.apiVersion ?? null,
    name: input.name ?? '',
    description: input.description ?? null,
    metadata: input.metadata ?? {},
    createdMs: world.ownNowMs(),
    updatedMs: world.ownNowMs(),
  });
}

/** Stores a change of a destination, stamped with now. */
export function changeDestination(
  world: World,
  destination: DestinationState,
  change: Partial<DestinationState>,
): DestinationState {
  return destinations(world).put({ ...destination, ...change, updatedMs: world.ownNowMs() });
}

/** Puts a new secret in force; the old one goes on signing beside it for `keepOldForSec`. */
export function rollSecret(world: World, destination: DestinationState, keepOldForSec: number): string {
  const untilSec = world.ownNowSec() + keepOldForSec;
  const secret = world.ids.stable(
    'whsec_',
    `${destination.id} ${destination.secrets.length} ${world.ownNowMs()}`,
    32,
  );
  const older = destination.secrets.map((old) => ({
    ...old,
    untilSec: Math.min(old.untilSec ?? untilSec, untilSec),
  }));
  changeDestination(world, destination, { secrets: [{ secret, untilSec: null }, ...older] });
  return secret;
}

/** The secrets that sign at this second, newest first. */
export function signingSecrets(destination: DestinationState, nowSec: number): string[] {
  return destination.secrets
    .filter(({ untilSec }) => untilSec === null || nowSec < untilSec)
    .map(({ secret }) => secret);
}

/** Whether a list of enabled events takes a type; `*` takes all. */
export function listens(enabledEvents: readonly string[], type: string): boolean {
  return enabledEvents.includes('*') || enabledEvents.includes(type);
}

/** Throws Stripe's 400 for a type that does not exist in this kind of payload. */
export function checkEnabledEvents(types: readonly string[], payload: 'snapshot' | 'thin'): string[] {
  if (types.length === 0) {
    throw invalidRequest('You must enable at least one event.', { param: 'enabled_events' });
  }
  for (const [index, type] of types.entries()) {
    const known = type === '*' || (payload === 'thin' ? isThinEventType(type) : isEventType(type));
    if (!known) {
      throw invalidRequest(
        `Invalid enabled_events[${index}]: '${type.slice(0, 80)}' is not a ${payload} event type.`,
        { param: `enabled_events[${index}]` },
      );
    }
  }
  return [...new Set(types)];
}
