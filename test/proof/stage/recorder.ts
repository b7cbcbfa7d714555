import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stage } from './stage.ts';

/** An event as Stripe sent it. */
export interface Recorded {
  eventId: string;
  type: string;
  body: string;
}

/** A receiver that keeps every event instead of handling it, for the proof to deliver as it likes. */
export async function startRecorder({ simulator }: Stage, types: readonly string[]) {
  const recorded: Recorded[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    request.setEncoding('utf8');
    for await (const part of request) body += part;
    const { id: eventId, type } = JSON.parse(body);
    recorded.push({ eventId, type, body });
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  simulator.webhooks.forward({ url, events: types });
  return {
    /** What came since the last call, oldest first. */
    async take(): Promise<Recorded[]> {
      await simulator.webhooks.settled();
      return recorded.splice(0);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Delivers an event to the kit as Stripe would: signed now, and again until it is acknowledged. Answers how many tries that took.
 * Rejects when 50 of them do not do.
 */
export async function deliver({ url, sign }: Stage, { body }: Recorded): Promise<number> {
  for (let tries = 1; tries <= 50; tries += 1) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'stripe-signature': sign(body) },
      body,
    }).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return tries;
  }
  throw new Error(`An event is not acknowledged: ${body.slice(0, 200)}`);
}

/** Runs the work on each item, so many at a time. */
export async function forEachAtOnce<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < items.length) {
        const item = items[next] as T;
        next += 1;
        await work(item);
      }
    }),
  );
}
