import type { WebhookEventTable } from '../store/tables.ts';
import type { EventInbox } from './store-event.ts';

type EventState = WebhookEventTable['state'];

/** Which stored events are handled once more. */
export interface ReplayQuery {
  /** Received at or after, Unix ms. */
  sinceMs: number;
  /** Received before, Unix ms; left out: until now. */
  untilMs?: number;
  /** Only these; left out: all. */
  types?: readonly string[];
  eventIds?: readonly string[];
  /** In these states; left out: `received`, `parked` and `ignored`. */
  states?: readonly EventState[];
  /** Also those that are done. Handling them again changes nothing that already stands. */
  includeDone?: boolean;
}

/** How many events were queued, by the state that they were in. */
export interface ReplayResult {
  queued: number;
  byState: Record<EventState, number>;
}

const batchSize = 200;

/**
 * Queues stored events once more, oldest id first, each batch in one transaction with its jobs. An event that waits
 * already is not queued twice. May be run at any time and as often as one likes.
 */
export async function replayEvents(inbox: EventInbox, query: ReplayQuery): Promise<ReplayResult> {
  const byState: ReplayResult['byState'] = { received: 0, done: 0, ignored: 0, parked: 0 };
  let queued = 0;
  for (let after = ''; ; ) {
    const batch = await selectBatch(inbox, query, after);
    const last = batch.at(-1);
    if (!last) return { queued, byState };
    after = last.event_id;
    await inbox.db.transaction().execute(async (within) => {
      const eventIds = batch.map((row) => row.event_id);
      await within
        .updateTable('webhook_events')
        .set({ state: 'received', reason: null, tries: 0, done_at_ms: null })
        .where('event_id', 'in', eventIds)
        .execute();
      for (const eventId of eventIds) {
        await inbox.jobs.send('handle_event', { eventId }, { key: eventId, within });
      }
    });
    queued += batch.length;
    for (const { state } of batch) byState[state] += 1;
  }
}

async function selectBatch(
  { db }: EventInbox,
  { sinceMs, untilMs, types, eventIds, states, includeDone = false }: ReplayQuery,
  after: string,
) {
  const wanted: EventState[] = [...(states ?? (['received', 'parked', 'ignored'] as const))];
  if (includeDone) wanted.push('done');
  let rows = db
    .selectFrom('webhook_events')
    .select(['event_id', 'state'])
    .where('received_at_ms', '>=', sinceMs)
    .where('state', 'in', wanted)
    // Of an erased customer nothing is left to handle.
    .where('body', '!=', '')
    .where('event_id', '>', after);
  if (untilMs !== undefined) rows = rows.where('received_at_ms', '<', untilMs);
  if (types !== undefined) rows = rows.where('type', 'in', [...types, '']);
  if (eventIds !== undefined) rows = rows.where('event_id', 'in', [...eventIds, '']);
  return rows.orderBy('event_id').limit(batchSize).execute();
}
