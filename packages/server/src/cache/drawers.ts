import { LRUCache } from 'lru-cache';
import { createSlot, type Slot } from './shelf.ts';

/** All that is kept about one customer. Nothing in it can be found through another one. */
export interface Drawer {
  /** By question. */
  slots: Map<string, Slot>;
  /** The readings that belong together; `null`: none yet. */
  billing: unknown;
  /** Finished answers, by what was asked and by whom. */
  answers: Map<string, { bytes: number }>;
  /** Rises when what belongs together is dropped. */
  version: number;
  /** Rises with everything that finished answers depend on. */
  answersVersion: number;
}

/** The drawers of all customers, the least used of which make room. */
export interface Drawers {
  of(customerId: string): Drawer;
  /** Where there is one: looking does not make it. */
  find(customerId: string): Drawer | undefined;
  slotOf(drawer: Drawer, question: string): Slot;
  /** Call when something was put into a drawer. */
  weigh(customerId: string, drawer: Drawer, extraBytes?: number): void;
  all(): Iterable<Drawer>;
  size(): { customers: number; bytes: number };
}

/** One customer's questions cannot push out everybody else's. */
const maxSlots = 2_000;
const maxAnswers = 20;

/** An empty set of drawers that holds at most so many bytes (estimated) and customers. */
export function createDrawers(limits: { maxBytes: number; maxCustomers: number }): Drawers {
  const drawers = new LRUCache<string, Drawer>({
    max: limits.maxCustomers,
    maxSize: limits.maxBytes,
    maxEntrySize: limits.maxBytes,
  });
  return {
    of(customerId) {
      const known = drawers.get(customerId);
      if (known) return known;
      const drawer: Drawer = {
        slots: new Map(),
        billing: null,
        answers: new Map(),
        version: 0,
        answersVersion: 0,
      };
      drawers.set(customerId, drawer, { size: 1_000 });
      return drawer;
    },
    find: (customerId) => drawers.get(customerId),
    slotOf({ slots }, question) {
      const slot = slots.get(question) ?? createSlot();
      slots.delete(question);
      slots.set(question, slot);
      forgetOldest(slots, maxSlots);
      return slot;
    },
    weigh(customerId, drawer, extraBytes = 0) {
      forgetOldest(drawer.answers, maxAnswers);
      // One that was pushed out meanwhile stays out.
      if (drawers.peek(customerId) !== drawer) return;
      // The library keeps the old weight of a value that is the same object.
      drawers.delete(customerId);
      drawers.set(customerId, drawer, { size: Math.ceil(bytesOf(customerId, drawer) + extraBytes) });
    },
    all: () => drawers.values(),
    size: () => ({ customers: drawers.size, bytes: drawers.calculatedSize }),
  };
}

function bytesOf(customerId: string, { slots, answers }: Drawer): number {
  let bytes = 1_000 + 2 * customerId.length;
  for (const [question, { kept }] of slots) bytes += 300 + 2 * question.length + (kept?.bytes ?? 0);
  for (const { bytes: own } of answers.values()) bytes += own;
  return bytes;
}

function forgetOldest(kept: Map<string, unknown>, max: number): void {
  const [oldest] = kept.keys();
  if (kept.size > max && oldest !== undefined) kept.delete(oldest);
}
