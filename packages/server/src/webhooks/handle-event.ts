import type { EventGateway, RawProviderEvent, TopUpGateway } from '../gateway.ts';
import type { Touched } from '../gateways/cached.ts';
import { describeCause, type Logger } from '../logger.ts';
import type { Database } from '../store/store.ts';
import { findTopUps } from './find-top-ups.ts';
import { wrongMode } from './store-event.ts';
import { touchedBy } from './touched-by.ts';

/** Sees to it that a purchase is where the provider says it is. `unknown`: the store has no such purchase. */
export type SettleTopUp = (topUpId: string, actor: 'webhook') => Promise<'settled' | 'unknown'>;

/** What handling needs. */
export interface EventHandlerParts {
  db: Database;
  events: Pick<EventGateway, 'readStored' | 'wantedTypes'>;
  /** `null`: nothing is sold. */
  topUps: Pick<TopUpGateway, 'findTopUpOf' | 'livemode'> | null;
  settle: SettleTopUp;
  /** Told what an event says to have changed. */
  invalidate?(touched: Touched): void;
  nowMs(): number;
  logger: Logger;
}

/** Why a payment's event had no effect, where the operator should know. */
export const unknownTopUp = 'names a top-up that this store does not know';

/** What became of an event. */
type Outcome = { state: 'done' | 'ignored' | 'parked'; reason: string | null };

/**
 * Handles one stored event, as often as it is called: an event is a hint, nothing is copied from it, and it is `done`
 * only after its effect stands. Rejects while that fails, so that the job comes again; the last time the event is
 * parked with the reason instead, and logged. One that is handled already, or gone, is left alone.
 */
export function createEventHandler(
  parts: EventHandlerParts,
): (data: { eventId: string }, attempt: { isLast: boolean }) => Promise<void> {
  const { db, logger, nowMs } = parts;

  const note = (eventId: string, { state, reason }: Outcome | { state: 'received'; reason: string }) =>
    db
      .updateTable('webhook_events')
      .set((row) => ({
        state,
        reason,
        tries: row('tries', '+', 1),
        done_at_ms: state === 'done' || state === 'ignored' ? nowMs() : null,
      }))
      .where('event_id', '=', eventId)
      .where('state', '=', 'received')
      .execute();

  return async ({ eventId }, { isLast }) => {
    const row = await db
      .selectFrom('webhook_events')
      .select(['body', 'state', 'type'])
      .where('event_id', '=', eventId)
      .executeTakeFirst();
    if (row?.state !== 'received') return;
    try {
      await note(eventId, await handle(parts, row.body));
    } catch (error) {
      const reason = wordsOf(error);
      await note(eventId, { state: isLast ? 'parked' : 'received', reason });
      if (!isLast) throw error;
      logger.error(
        "An event could not be handled and is parked. 'npx meterboard webhooks replay' tries it again.",
        { eventId, type: row.type, cause: describeCause(error) },
      );
    }
  };
}

async function handle(parts: EventHandlerParts, body: string): Promise<Outcome> {
  const event = parts.events.readStored(body);
  const { topUps } = parts;
  const livemode = topUps?.livemode ?? null;
  if (livemode !== null && event.livemode !== livemode) return { state: 'ignored', reason: wrongMode };
  const touched = touchedBy(event);
  if (touched) parts.invalidate?.(touched);
  if (!event.payment) return withoutPayment(parts, event);
  if (!topUps) return { state: 'ignored', reason: 'is about a payment, and nothing is sold here' };
  const topUpIds = await findTopUps(parts.db, topUps, event.payment);
  if (topUpIds.length === 0) return withoutTopUp(event);
  const settled = await Promise.all(topUpIds.map((topUpId) => parts.settle(topUpId, 'webhook')));
  const isDone = settled.includes('settled');
  return isDone ? { state: 'done', reason: null } : { state: 'ignored', reason: unknownTopUp };
}

/** What the kit asked for is used when it reads the provider; nothing has to be done about it now. */
function withoutPayment(parts: EventHandlerParts, event: RawProviderEvent): Outcome {
  const isWanted = parts.events.wantedTypes[event.payload].includes(event.type);
  return isWanted
    ? { state: 'done', reason: 'needs nothing done' }
    : { state: 'ignored', reason: 'is of a type that the kit has no use for' };
}

function withoutTopUp({ payment }: RawProviderEvent): Outcome {
  const reason = payment?.topUpId ? unknownTopUp : 'is about a payment that is no top-up';
  return { state: 'ignored', reason };
}

/** What is shown to the operator: blanked like the log, short, and fit for a text column. */
function wordsOf(error: unknown): string {
  const described = describeCause(error);
  const words = [described, described.cause].flatMap((part) => {
    const { code, message, thrown } = (part ?? {}) as Record<string, unknown>;
    return [code, message ?? thrown].filter((word) => typeof word === 'string');
  });
  return [...new Set(words)].join(': ').replaceAll('\0', '').slice(0, 500);
}
