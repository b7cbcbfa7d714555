import type { GatewayCallOptions } from './credit-gateway.ts';

/**
 * Something that happened at the provider. A hint, never a fact: whoever handles it asks the provider what is true
 * now. Order and repetition therefore do not matter.
 */
export interface RawProviderEvent {
  eventId: string;
  type: string;
  payload: 'snapshot' | 'thin';
  createdAtMs: number;
  livemode: boolean;
  /** `null`: the event does not say. */
  customerId: string | null;
  /** What it says about a payment of a top-up: our id where it is noted, and the provider's ids; `null`: it is about something else. */
  payment: { topUpId: string | null; paymentIds: string[] } | null;
  /** As it came. */
  body: string;
}

/** Listening to the provider. */
export interface EventGateway {
  /**
   * The event in a delivery. Rejects with `invalid_input` and words for the operator when the signature does not fit any of
   * the secrets, is too old, or the body is none of the provider's. `nowMs` is the clock that signatures are held against.
   */
  readDelivery(delivery: {
    body: Uint8Array;
    signature: string | null;
    secrets: readonly string[];
    nowMs: number;
  }): Promise<RawProviderEvent>;
  /** An event that was stored as it came. */
  readStored(body: string): RawProviderEvent;
  /** The events of these types that happened in `[sinceMs, untilMs)`, oldest first, as far back as the provider keeps them. */
  listEvents(
    query: { sinceMs: number; untilMs: number; types: readonly string[] },
    options?: GatewayCallOptions,
  ): Promise<RawProviderEvent[]>;
  /** The event types that the kit asks the provider to send, by kind of payload. */
  wantedTypes: Readonly<Record<'snapshot' | 'thin', readonly string[]>>;
  listDestinations(options?: GatewayCallOptions): Promise<RawEventDestination[]>;
  createDestination(
    destination: NewEventDestination,
    options?: GatewayCallOptions,
  ): Promise<RawEventDestination>;
  updateDestination(
    destination: { destinationId: string; types: readonly string[] },
    options?: GatewayCallOptions,
  ): Promise<RawEventDestination>;
}

/** Where the provider sends events to. */
export interface RawEventDestination {
  destinationId: string;
  url: string;
  payload: 'snapshot' | 'thin';
  types: string[];
  enabled: boolean;
  /** Told once, when it is made; `null` afterwards. */
  secret: string | null;
}

export interface NewEventDestination {
  name: string;
  url: string;
  payload: 'snapshot' | 'thin';
  types: readonly string[];
}
