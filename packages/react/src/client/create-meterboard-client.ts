import type { MeterboardClient } from '@meterboard/contract';
import { createTRPCClient, httpBatchLink } from '@trpc/client';

export interface MeterboardClientOptions {
  /** Where the Meterboard handler is mounted, e.g. `/api/meterboard`; `/trpc` is appended. */
  url: string;
  /** Replaces the global `fetch`. */
  fetch?: typeof globalThis.fetch;
  /** Sent with every request; a function is asked before each one. */
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>);
}

/** A client for a Meterboard server. Calls made in the same tick share a request, ten at most; cookies go to the same origin only. */
export function createMeterboardClient({ url, fetch, headers }: MeterboardClientOptions): MeterboardClient {
  const client: unknown = createTRPCClient({
    links: [
      httpBatchLink({
        url: `${url.replace(/\/+$/, '')}/trpc`,
        maxItems: 10,
        headers,
        fetch: (input, init) =>
          (fetch ?? globalThis.fetch)(input as RequestInfo, {
            ...(init as RequestInit),
            credentials: 'same-origin',
          }),
      }),
    ],
  });
  return client as MeterboardClient;
}
