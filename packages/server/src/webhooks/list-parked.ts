import type { Database } from '../store/store.ts';
import type { WebhookEventTable } from '../store/tables.ts';
import { unknownTopUp } from './handle-event.ts';

/** An event that the operator should know of. Its body stays in the store. */
export interface ParkedEvent {
  eventId: string;
  type: string;
  /** `parked`: gave up after its tries. `ignored`: names a purchase that the store does not know. */
  state: WebhookEventTable['state'];
  reason: string | null;
  tries: number;
  deliveries: number;
  createdAtMs: number;
  receivedAtMs: number;
}

/** What could not be handled, and what named an unknown purchase; newest first, at most `limit` (100). */
export async function listParked(db: Database, { limit = 100 } = {}): Promise<ParkedEvent[]> {
  const rows = await db
    .selectFrom('webhook_events')
    .select(['event_id', 'type', 'state', 'reason', 'tries', 'deliveries', 'created_at_ms', 'received_at_ms'])
    .where((row) =>
      row.or([
        row('state', '=', 'parked'),
        row.and([row('state', '=', 'ignored'), row('reason', '=', unknownTopUp)]),
      ]),
    )
    .orderBy('received_at_ms', 'desc')
    .orderBy('event_id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    eventId: row.event_id,
    type: row.type,
    state: row.state,
    reason: row.reason,
    tries: row.tries,
    deliveries: row.deliveries,
    createdAtMs: row.created_at_ms,
    receivedAtMs: row.received_at_ms,
  }));
}
