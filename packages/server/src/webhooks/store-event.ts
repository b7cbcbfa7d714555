import type { RawProviderEvent } from '../gateway.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Database } from '../store/store.ts';
import type { WebhookEventTable } from '../store/tables.ts';

/** Where events are kept, and what is told that there is one to handle. */
export interface EventInbox {
  db: Database;
  jobs: Pick<Jobs, 'send'>;
}

/** Why events of the other mode are not handled. */
export const wrongMode = 'is of the other mode: live events and test events belong to different stores';

/** What is stored of an event. */
export interface StoreEvent {
  event: RawProviderEvent;
  origin: WebhookEventTable['origin'];
  nowMs: number;
  /** Whether this account moves real money; `null`: not known. */
  livemode: boolean | null;
}

/**
 * Stores an event together with the job that handles it, in one transaction: both are there or neither. One that is
 * known already counts as another delivery, and no second job is made. Resolves to whether it was new.
 */
export function storeEvent(
  inbox: EventInbox,
  { event, origin, nowMs, livemode }: StoreEvent,
): Promise<boolean> {
  const isOurs = livemode === null || event.livemode === livemode;
  return inbox.db.transaction().execute(async (within) => {
    const { eventId } = event;
    const { numInsertedOrUpdatedRows } = await within
      .insertInto('webhook_events')
      .values({
        event_id: eventId,
        livemode: event.livemode,
        payload: event.payload,
        type: event.type,
        created_at_ms: event.createdAtMs,
        received_at_ms: nowMs,
        origin,
        body: event.body,
        state: isOurs ? 'received' : 'ignored',
        deliveries: origin === 'delivery' ? 1 : 0,
        reason: isOurs ? null : wrongMode,
        done_at_ms: isOurs ? null : nowMs,
      })
      .onConflict((conflict) => conflict.column('event_id').doNothing())
      .executeTakeFirstOrThrow();
    const isNew = numInsertedOrUpdatedRows === 1n;
    if (isNew && isOurs) {
      await inbox.jobs.send('handle_event', { eventId }, { key: eventId, within });
    } else if (!isNew && origin === 'delivery') {
      await within
        .updateTable('webhook_events')
        .set((row) => ({ deliveries: row('deliveries', '+', 1) }))
        .where('event_id', '=', eventId)
        .execute();
    }
    return isNew;
  });
}
