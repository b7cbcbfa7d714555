import type { EventGateway, RawProviderEvent } from '../gateway.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../store/store.ts';
import { replayEvents } from './replay-events.ts';
import { type EventInbox, storeEvent } from './store-event.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Under this name the cursor says up to when the provider was asked. */
const cursorName = 'provider_events';

/** The provider lists an event a little after it happened, and its clock is not ours. */
const overlapMs = hourMs;

/** So far back goes the first look; deliveries tell of everything since the destination was made. */
const firstLookMs = dayMs;

/** Stripe keeps events for 30 days ("going back up to 30 days", EventResource.list, 23.1.0). */
const keptMs = 30 * dayMs;

/** What is still `received` after this long has lost its job. */
const forgottenAfterMs = 6 * hourMs;

const idsPerLook = 500;

/** So much time is asked for at once: a look that breaks off goes on from the last slice, and no look holds a month in memory. */
const sliceMs = dayMs;

/** What only an event tells of. The rest is read anew when somebody asks for it, and each 20 types cost a reading. */
const movesMoney = /^((checkout|payment_intent|charge|refund)\.|invoice\.voided$)/;

/** What the sweep needs to find events that were never delivered. */
export interface MissedEventsParts extends EventInbox {
  events: Pick<EventGateway, 'listEvents' | 'wantedTypes'>;
  livemode: boolean | null;
  nowMs(): number;
  logger: Logger;
}

/** What a look found. */
export interface MissedEvents {
  listed: number;
  /** Of those, the ones that were never delivered. They are queued now. */
  missed: number;
  /** Stored events that nothing was going to handle any more. They are queued again. */
  requeued: number;
}

/**
 * Asks the provider for the events since the last look, less an hour, and stores and queues those that never came.
 * The cursor moves only over what is stored: a look that breaks off is repeated from there. Rejects as the gateway does.
 */
export async function fetchMissedEvents(parts: MissedEventsParts): Promise<MissedEvents> {
  const { db, events, livemode, logger } = parts;
  const startedAtMs = parts.nowMs();
  const cursorMs = await readCursor(db);
  // A clock that once was ahead must not keep later looks from looking.
  const fromMs = Math.min(cursorMs ?? startedAtMs - firstLookMs, startedAtMs) - overlapMs;
  const oldestMs = startedAtMs - keptMs;
  if (fromMs < oldestMs) {
    logger.warn('Events may be lost: the last look is longer ago than the provider keeps them.', {
      lastLook: new Date(fromMs + overlapMs).toISOString(),
    });
  }
  const types = events.wantedTypes.snapshot.filter((type) => movesMoney.test(type));
  let listed = 0;
  let missed = 0;
  for (let sinceMs = Math.max(fromMs, oldestMs); sinceMs < startedAtMs; sinceMs += sliceMs) {
    const untilMs = Math.min(sinceMs + sliceMs, startedAtMs);
    // The last slice is open at its end: the provider's clock may be ahead.
    const span = { sinceMs, untilMs: untilMs === startedAtMs ? untilMs + hourMs : untilMs };
    const found = await events.listEvents({ ...span, types });
    listed += found.length;
    for (const event of await withoutKnown(db, found)) {
      if (await storeEvent(parts, { event, origin: 'sweep', nowMs: startedAtMs, livemode })) missed += 1;
    }
    await moveCursor(db, untilMs);
  }
  const { queued } = await replayEvents(parts, {
    sinceMs: 0,
    untilMs: startedAtMs - forgottenAfterMs,
    states: ['received'],
  });
  return { listed, missed, requeued: queued };
}

/** Nearly all of them came as deliveries: a look at their ids saves a transaction each. */
async function withoutKnown(db: Database, listed: readonly RawProviderEvent[]): Promise<RawProviderEvent[]> {
  const known = new Set<string>();
  for (let from = 0; from < listed.length; from += idsPerLook) {
    const eventIds = listed.slice(from, from + idsPerLook).map(({ eventId }) => eventId);
    const rows = await db
      .selectFrom('webhook_events')
      .select('event_id')
      .where('event_id', 'in', eventIds)
      .execute();
    for (const row of rows) known.add(row.event_id);
  }
  return listed.filter(({ eventId }) => !known.has(eventId));
}

/** Up to when the provider was asked; `null`: never. */
export async function readCursor(db: Database): Promise<number | null> {
  const row = await db
    .selectFrom('cursors')
    .select('at_ms')
    .where('name', '=', cursorName)
    .executeTakeFirst();
  return row?.at_ms ?? null;
}

/** Never backwards: two looks at once may end in any order. */
async function moveCursor(db: Database, atMs: number): Promise<void> {
  await db
    .insertInto('cursors')
    .values({ name: cursorName, at_ms: atMs })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ at_ms: atMs }).where('cursors.at_ms', '<', atMs),
    )
    .execute();
}
