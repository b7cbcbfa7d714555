import type { MeterboardClient } from '@meterboard/contract';
import { createTRPCClient, httpBatchLink, splitLink } from '@trpc/client';

export interface MeterboardClientOptions {
  /** Where the Meterboard handler is mounted, e.g. `/api/meterboard`; `/trpc` is appended. */
  url: string;
  /** Replaces the global `fetch`. */
  fetch?: typeof globalThis.fetch;
  /** Sent with every request; a function is asked before each one. */
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>);
}

/** Longer addresses are cut or refused by some proxies. */
const maxUrlLength = 2_000;

/**
 * A client for a Meterboard server. Calls made in the same tick share a request, ten at most; cookies go to the same
 * origin only. A question too long for an address travels as POST.
 */
export function createMeterboardClient({ url, fetch, headers }: MeterboardClientOptions): MeterboardClient {
  const link = {
    url: `${url.replace(/\/+$/, '')}/trpc`,
    maxItems: 10,
    headers,
    fetch: (input: unknown, init: unknown) =>
      (fetch ?? globalThis.fetch)(input as RequestInfo, {
        ...(init as RequestInit),
        credentials: 'same-origin',
      }),
  };
  const client: unknown = createTRPCClient({
    links: [
      splitLink({
        condition: ({ type, input }) => type === 'query' && lengthInUrl(input) > maxUrlLength - 500,
        true: httpBatchLink({ ...link, methodOverride: 'POST' }),
        false: httpBatchLink({ ...link, maxURLLength: maxUrlLength }),
      }),
    ],
  });
  return client as MeterboardClient;
}

function lengthInUrl(input: unknown): number {
  return encodeURIComponent(JSON.stringify(input) ?? '').length;
}
