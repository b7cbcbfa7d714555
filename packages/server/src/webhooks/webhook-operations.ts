import { z } from 'zod';
import { listParked } from './list-parked.ts';
import { replayEvents } from './replay-events.ts';
import type { EventInbox } from './store-event.ts';

const parkedInput = z.strictObject({ limit: z.int().min(1).max(1_000).optional() });

const replayInput = z.strictObject({
  sinceMs: z.int(),
  types: z.array(z.string().min(1)).min(1).optional(),
  eventIds: z.array(z.string().min(1)).min(1).optional(),
  includeDone: z.boolean().optional(),
});

/** What the operator can do with events, by the names that `operate` knows. Inputs are checked. */
export function createWebhookOperations(parts: { openInbox(): Promise<EventInbox> }) {
  return {
    'webhooks.parked': async (input: unknown) =>
      listParked((await parts.openInbox()).db, parkedInput.parse(input)),
    'webhooks.replay': async (input: unknown) =>
      replayEvents(await parts.openInbox(), replayInput.parse(input)),
  };
}
