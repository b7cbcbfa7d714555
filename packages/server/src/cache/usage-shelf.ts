import { ceilTo, dayMs, floorTo, hourMs, minuteMs } from '../domain/time-units.ts';
import type { BillingGateway, RawUsageRow, UsageGrouping, UsageWindow } from '../gateway.ts';
import { bytesOfSet } from './billing-set.ts';
import type { Drawer, Drawers } from './drawers.ts';
import type { KeptWindows } from './kept-windows.ts';
import type { Reading } from './reading.ts';
import { isPassing, type Keeping, readSlot, type ShelfParts } from './shelf.ts';

/**
 * Usage is kept in pieces on fixed boundaries, so that the question of tomorrow finds the pieces of today. A call
 * reads up to 100 rows, Stripe's longest page: five pieces of days or four of hours. Any 365 days touch at most 20
 * pieces of 20 days, which are four calls.
 */
const pieces = {
  day: { unitMs: dayMs, pieceMs: 20 * dayMs, perCall: 5 },
  hour: { unitMs: hourMs, pieceMs: dayMs, perCall: 4 },
} as const;

/** Events arrive up to 35 days late and can be cancelled a day after (stripe-facts 0a, 2026-11): older usage is final. */
export const finalAfterMs = 37 * dayMs;

/** What has ended for so long changes only by late events. */
const quietAfterMs = hourMs;

export interface UsageQuery {
  meterId: string;
  customerId: string;
  window: UsageWindow;
  /** See `GatewayCallOptions`: not worth a row in the store. */
  isOneOff?: boolean;
}

export interface UsageShelfParts extends ShelfParts {
  gateway: BillingGateway;
  drawers: Drawers;
  kept: KeptWindows;
  keeping: Keeping;
  /** After a report of usage. */
  touchedMs: number;
}

/** Usage of all customers, as far as it was read. */
export interface UsageShelf {
  read(drawer: Drawer, query: UsageQuery): Promise<RememberedUsage>;
}

/** Rows, with their age. */
export interface RememberedUsage extends Reading<RawUsageRow[]> {
  /**
   * When the oldest part was read that was still running then, Unix ms: what began later is not known. `Infinity` where
   * all of it had ended before it was read, however long ago that was.
   */
  knownUntilMs: number;
}

interface Piece extends UsageWindow {
  question: string;
}

interface Waiting {
  piece: Piece;
  /** Looked for in the store, and kept there once it was read. */
  isLasting: boolean;
  resolve(rows: RawUsageRow[]): void;
  reject(error: unknown): void;
}

export function createUsageShelf(parts: UsageShelfParts): UsageShelf {
  const { gateway, drawers, kept, nowMs } = parts;
  const waiting = new Map<string, { customerId: string; meterId: string; list: Waiting[] }>();

  /** Everything that is asked for in one turn of the event loop is read together. */
  function load({ customerId, meterId, isOneOff }: UsageQuery, piece: Piece): Promise<RawUsageRow[]> {
    return new Promise((resolve, reject) => {
      const key = JSON.stringify([customerId, meterId, piece.grouping]);
      const group = waiting.get(key) ?? { customerId, meterId, list: [] };
      group.list.push({ piece, isLasting: isFinalAt(piece, nowMs()) && !isOneOff, resolve, reject });
      if (group.list.length > 1) return;
      waiting.set(key, group);
      setImmediate(() => {
        waiting.delete(key);
        void loadGroup(group);
      });
    });
  }

  async function loadGroup({
    customerId,
    meterId,
    list,
  }: {
    customerId: string;
    meterId: string;
    list: Waiting[];
  }) {
    const finals = list.filter(({ isLasting }) => isLasting);
    const known = await kept.find(
      customerId,
      finals.map(({ piece }) => piece.question),
    );
    const open = list.filter(({ piece, resolve }) => {
      const rows = known.get(piece.question);
      if (rows) resolve(rows);
      return rows === undefined;
    });
    await Promise.all(
      runsOf(open).map(async (run) => {
        try {
          const rows = await gateway.listUsage({ meterId, customerId, window: windowOf(run, nowMs()) });
          for (const { piece, isLasting, resolve } of run) {
            const own = piece.grouping === 'none' ? rows : within(rows, piece);
            resolve(own);
            if (isLasting) void kept.keep(customerId, piece.question, own);
          }
        } catch (error) {
          for (const { reject } of run) reject(error);
        }
      }),
    );
  }

  async function readPiece(drawer: Drawer, query: UsageQuery, piece: Piece): Promise<Reading<RawUsageRow[]>> {
    const { meterId, customerId } = query;
    const now = nowMs();
    const slot = drawers.slotOf(drawer, piece.question);
    const keeping = slot.isTouched
      ? { ...parts.keeping, freshMs: Math.min(parts.touchedMs, parts.keeping.freshMs) }
      : keepingOf(parts.keeping, piece, slot.kept?.readAtMs ?? now);
    try {
      const reading = await readSlot(
        parts,
        slot,
        keeping,
        () => load(query, piece),
        () => drawers.weigh(customerId, drawer, bytesOfSet(drawer.billing)),
      );
      // It could not change any more when it was read: as good as read now.
      return isFinalAt(piece, reading.readAtMs) ? { ...reading, readAtMs: now, isStale: false } : reading;
    } catch (error) {
      const earlier = isPassing(error) ? beforeThePiece(drawer, meterId, piece) : null;
      if (earlier) return earlier;
      throw error;
    }
  }

  return {
    async read(drawer, query) {
      const { meterId, window } = query;
      const readings = await Promise.all(
        piecesOf(meterId, window, nowMs()).map(async (piece): Promise<RememberedUsage> => {
          const reading = await readPiece(drawer, query, piece);
          const wasRunning = reading.readAtMs < Math.min(piece.endMs, window.endMs);
          return { ...reading, knownUntilMs: wasRunning ? reading.readAtMs : Number.POSITIVE_INFINITY };
        }),
      );
      return {
        value: readings.flatMap(({ value }) => value).filter((row) => isInside(row, window)),
        readAtMs: Math.min(...readings.map(({ readAtMs }) => readAtMs)),
        isStale: readings.some(({ isStale }) => isStale),
        freshUntilMs: Math.min(...readings.map(({ freshUntilMs }) => freshUntilMs)),
        knownUntilMs: Math.min(...readings.map(({ knownUntilMs }) => knownUntilMs)),
      };
    },
  };
}

/**
 * A piece that began while the provider is out of reach, seen from the last good reading: it lies ahead of it, and
 * what lies ahead has no figures. `null`: there is no such reading.
 */
function beforeThePiece(drawer: Drawer, meterId: string, piece: Piece): Reading<RawUsageRow[]> | null {
  const open = drawer.slots.get(questionOf(meterId, piece.grouping, piece.startMs, null))?.kept;
  if (piece.grouping === 'none' && open) {
    return { value: open.value as RawUsageRow[], readAtMs: open.readAtMs, isStale: true, freshUntilMs: 0 };
  }
  const mine = JSON.stringify(meterId);
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const [question, { kept }] of drawer.slots) {
    if (kept && question.startsWith(`usage ${mine} `)) newestMs = Math.max(newestMs, kept.readAtMs);
  }
  const isAhead = newestMs !== Number.NEGATIVE_INFINITY && piece.startMs >= newestMs;
  return isAhead ? { value: [], readAtMs: newestMs, isStale: true, freshUntilMs: 0 } : null;
}

function piecesOf(meterId: string, window: UsageWindow, nowMs: number): Piece[] {
  const { startMs, endMs, grouping } = window;
  if (grouping === 'none') {
    // The one that is under way ends a minute later each minute, and is one question all the while.
    const isUnderWay = endMs > nowMs - minuteMs;
    const question = questionOf(meterId, grouping, startMs, isUnderWay ? null : endMs);
    return [{ startMs, endMs, grouping, question }];
  }
  const { pieceMs } = pieces[grouping];
  const found: Piece[] = [];
  for (let fromMs = floorTo(pieceMs, startMs); fromMs < ceilTo(pieceMs, endMs); fromMs += pieceMs) {
    const untilMs = fromMs + pieceMs;
    const question = questionOf(meterId, grouping, fromMs, untilMs);
    found.push({ startMs: fromMs, endMs: untilMs, grouping, question });
  }
  return found;
}

function questionOf(meterId: string, grouping: UsageGrouping, startMs: number, endMs: number | null): string {
  return `usage ${JSON.stringify(meterId)} ${grouping} ${startMs} ${endMs ?? 'under way'}`;
}

/** What a reading is worth depends on how long the piece had been over when it was made, not on how long it is now. */
function keepingOf(keeping: Keeping, piece: Piece, readAtMs: number): Keeping {
  if (isFinalAt(piece, readAtMs)) return { freshMs: Number.POSITIVE_INFINITY, graceMs: 0 };
  const isQuiet = piece.endMs <= readAtMs - quietAfterMs;
  return isQuiet ? { ...keeping, freshMs: 10 * keeping.freshMs } : keeping;
}

function isFinalAt({ endMs }: Piece, readAtMs: number): boolean {
  return endMs <= readAtMs - finalAfterMs;
}

/** Neighbours, as many as one call can read. */
function runsOf(list: readonly Waiting[]): Waiting[][] {
  const runs: Waiting[][] = [];
  for (const each of list.toSorted((a, b) => a.piece.startMs - b.piece.startMs)) {
    const run = runs.at(-1);
    const { grouping } = each.piece;
    const fits =
      grouping !== 'none' &&
      run &&
      run.length < pieces[grouping].perCall &&
      run.at(-1)?.piece.endMs === each.piece.startMs;
    if (fits) run.push(each);
    else runs.push([each]);
  }
  return runs;
}

/** No further into the future than the hour or day that holds now. */
function windowOf(run: readonly Waiting[], nowMs: number): UsageWindow {
  const [first] = run;
  const last = run.at(-1);
  if (!first || !last) throw new Error('a run of nothing cannot be read');
  const { startMs, grouping } = first.piece;
  const { endMs } = last.piece;
  if (grouping === 'none') return { startMs, endMs, grouping };
  const { unitMs } = pieces[grouping];
  return { startMs, endMs: Math.min(endMs, floorTo(unitMs, nowMs) + unitMs), grouping };
}

function within(rows: readonly RawUsageRow[], span: UsageWindow): RawUsageRow[] {
  return rows.filter((row) => isInside(row, span));
}

function isInside({ startMs }: RawUsageRow, span: UsageWindow): boolean {
  return startMs >= span.startMs && startMs < span.endMs;
}
