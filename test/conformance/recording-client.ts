import type { Simulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';

/** One request and its answer, as they went over the wire. */
export interface Exchange {
  method: string;
  /** Without the query. */
  path: string;
  status: number;
  /** Parsed, or `null` where the answer was no JSON. */
  body: unknown;
}

export interface RecordingClient {
  stripe: Stripe;
  exchanges: readonly Exchange[];
}

/** The real SDK, talking to a simulator over HTTP, with every exchange kept. */
export function recordingClient(sim: Pick<Simulator, 'host' | 'port'>): RecordingClient {
  const exchanges: Exchange[] = [];
  const recorded: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const response = await fetch(request);
    const text = await response.clone().text();
    exchanges.push({
      method: request.method,
      path: new URL(request.url).pathname,
      status: response.status,
      body: parse(text),
    });
    return response;
  };
  const stripe = new Stripe('sk_test_conformance', {
    host: sim.host,
    port: sim.port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
    httpClient: Stripe.createFetchHttpClient(recorded),
  });
  return { stripe, exchanges };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Every object inside an answer that says what it is, the answer itself included; lists are opened, not kept. */
export function objectsOf(body: unknown): Record<string, unknown>[] {
  if (Array.isArray(body)) return body.flatMap(objectsOf);
  if (typeof body !== 'object' || body === null) return [];
  const inner = Object.values(body).flatMap(objectsOf);
  const kind: unknown = Reflect.get(body, 'object');
  return typeof kind === 'string' && kind !== 'list' && kind !== 'search_result'
    ? [{ ...body }, ...inner]
    : inner;
}
