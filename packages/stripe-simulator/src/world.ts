import type { Job as AgendaJob } from './agenda.ts';
import { type Assumptions, DEFAULT_ASSUMPTIONS } from './assumptions.ts';
import type { Ids } from './ids.ts';
import { createJournal } from './journal.ts';
import { advancementUnderway, StripeFault } from './protocol/errors.ts';
import {
  createTimeline,
  loadTimeline,
  runTimeline,
  type SavedTimeline,
  saveTimeline,
  type Timeline,
} from './timeline.ts';

export type Job = AgendaJob<World>;

/** How state of one kind is kept: made at its first use, saved in snapshots, taken back when a transition fails. */
export interface Definition<State> {
  create(world: World): State;
  /** A copy that later changes do not reach. */
  save(state: State): unknown;
  load(world: World, saved: never): State;
  /** True for state that registers its own undo; all other state is copied before a transition touches it. */
  journaled: boolean;
}

/** Everything that a world is, detached from it. */
export interface SavedWorld {
  own: SavedTimeline<World>;
  clocks: Map<string, SavedTimeline<World>>;
  clockOf: Map<string, string>;
  advancing: Set<string>;
  counters: ReadonlyMap<string, number>;
  states: Map<Definition<unknown>, unknown>;
}

/**
 * Everything a transition may touch: time, ids and the agenda. Rows live in tables keyed by the world. There is the
 * simulator's own line of time, and one per test clock; jobs and requests of a customer on a test clock run on that
 * clock's line, where `nowSec` and `schedule` are that clock's.
 */
export interface World {
  readonly ids: Ids;
  /** What was chosen where Stripe says nothing; may be changed at any time. */
  readonly assumptions: Assumptions;
  /** Origin of this simulator's own pages, without a trailing slash. Empty until the server listens. */
  origin: string;
  /** Unix milliseconds on the line of time that runs; fixed while one request or one job runs. */
  nowMs(): number;
  /** Unix seconds on the line of time that runs, as Stripe stamps objects. */
  nowSec(): number;
  /** The simulator's own time, also while a test clock's line runs: receipts, payments, deliveries. */
  ownNowMs(): number;
  ownNowSec(): number;
  /** The time that the customer lives in: a test clock's, or the simulator's own for everybody else. */
  nowSecFor(customerId: string | null): number;
  /**
   * Puts work on the agenda of the line of time that runs, for a Unix second; due work runs in time order, then in the
   * order it was put there.
   */
  schedule(atSec: number, job: Job, id: string): void;
  /** The same on the customer's line of time; `null` stands for the simulator's own. */
  scheduleFor(customerId: string | null, atSec: number, job: Job, id: string): void;
  /** The same on the simulator's own line of time, to the millisecond. */
  scheduleOwnMs(atMs: number, job: Job, id: string): void;
  /** Runs `work` on the customer's line of time; `null` stands for the simulator's own. */
  inTimeOf<T>(customerId: string | null, work: () => T): T;
  /** Whether any test clock exists. */
  hasClocks(): boolean;
  /** Throws Stripe's 429 while the customer's test clock is advancing: nothing of theirs may change then. */
  refuseWhileAdvancing(customerId: string): void;
  /** The test clock that the customer lives on, if any. */
  clockIdOf(customerId: string): string | null;
  /** Opens a line of time for a test clock. */
  openClock(clockId: string, startMs: number): void;
  /** From now on the customer lives on that test clock. */
  joinClock(clockId: string, customerId: string): void;
  /** Who lives on a test clock, in the order of joining. */
  customersOn(clockId: string): string[];
  /** While true, requests that change something of the clock's customers are refused. */
  setAdvancing(clockId: string, advancing: boolean): void;
  /** Moves a test clock's line of time, running what is due on the way. */
  runClock(clockId: string, toMs: number): void;
  /** Ends a test clock's line of time; its work is dropped, its customers are nobody's. */
  closeClock(clockId: string): void;
  /** When the next work on the simulator's own line of time is due, if there is any. */
  nextDueMs(): number | undefined;
  /** Runs all work that is due up to and including `toMs`, each at its own time, then stands at `toMs`. */
  settle(toMs: number): void;
  /**
   * Runs `work` as a whole: when it throws, no trace of it stays, except for a `StripeFault` that keeps its effects
   * (a declined charge is a fact).
   */
  transition<T>(work: () => T): T;
  /** For state that is `journaled`: remembers how to take back a change that was just made. */
  onUndo(undo: () => void): void;
  /** This world's state of one kind; declared with `perWorld` and `defineTable`. */
  state<State>(definition: Definition<State>): State;
  save(): SavedWorld;
  /** Makes the world what it was; time goes back too. */
  restore(saved: SavedWorld): void;
  /** How often the world has been restored: what began in an earlier one must not go on in this one. */
  generation(): number;
}

/** An empty account standing at `startMs`. */
export function createWorld(options: { startMs: number; ids: Ids }): World {
  const { ids } = options;
  const countedIds: Ids = {
    ...ids,
    next(prefix, length) {
      journal.onUndo(() => ids.takeBack(prefix));
      return ids.next(prefix, length);
    },
  };
  let own = createTimeline<World>(options.startMs);
  let clocks = new Map<string, Timeline<World>>();
  let clockOf = new Map<string, string>();
  let advancing = new Set<string>();
  let states = new Map<Definition<unknown>, unknown>();
  let current = own;
  let touched: Set<Definition<unknown>> | null = null;
  let generation = 0;
  const journal = createJournal();

  const lineOf = (customerId: string | null): Timeline<World> => {
    const clockId = customerId === null || clocks.size === 0 ? undefined : clockOf.get(customerId);
    return (clockId === undefined ? undefined : clocks.get(clockId)) ?? own;
  };
  const requireLine = (clockId: string): Timeline<World> => {
    const line = clocks.get(clockId);
    if (line === undefined) throw new Error(`No line of time for the test clock ${clockId}.`);
    return line;
  };
  const on = <T>(line: Timeline<World>, work: () => T): T => {
    const before = current;
    current = line;
    try {
      return work();
    } finally {
      current = before;
    }
  };
  const put = (line: Timeline<World>, atMs: number, job: Job, id: string): void => {
    const order = line.agenda.put({ atMs, job, id });
    journal.onUndo(() => line.agenda.remove(order));
  };
  const runLine = (line: Timeline<World>, toMs: number): void =>
    on(line, () =>
      runTimeline(line, toMs, (job, id) => {
        if (job.nests === true) job.run(world, id);
        else world.transition(() => job.run(world, id));
      }),
    );
  const replace = <T>(map: Map<string, T>, key: string, next: T | undefined): void => {
    const before = map.get(key);
    if (next === undefined) map.delete(key);
    else map.set(key, next);
    journal.onUndo(() => {
      if (before === undefined) map.delete(key);
      else map.set(key, before);
    });
  };

  const world: World = {
    ids: countedIds,
    assumptions: { ...DEFAULT_ASSUMPTIONS },
    origin: '',
    nowMs: () => current.standingMs,
    nowSec: () => Math.floor(current.standingMs / 1000),
    ownNowMs: () => own.standingMs,
    ownNowSec: () => Math.floor(own.standingMs / 1000),
    nowSecFor: (customerId) => Math.floor(lineOf(customerId).standingMs / 1000),
    schedule: (atSec, job, id) => put(current, atSec * 1000, job, id),
    scheduleFor: (customerId, atSec, job, id) => put(lineOf(customerId), atSec * 1000, job, id),
    scheduleOwnMs: (atMs, job, id) => put(own, atMs, job, id),
    inTimeOf: (customerId, work) => on(lineOf(customerId), work),
    hasClocks: () => clocks.size > 0,
    refuseWhileAdvancing(customerId) {
      const clockId = clockOf.get(customerId);
      if (clockId !== undefined && advancing.has(clockId)) throw advancementUnderway(clockId);
    },
    setAdvancing(clockId, next) {
      const before = advancing.has(clockId);
      if (next) advancing.add(clockId);
      else advancing.delete(clockId);
      journal.onUndo(() => (before ? advancing.add(clockId) : advancing.delete(clockId)));
    },
    clockIdOf: (customerId) => clockOf.get(customerId) ?? null,
    openClock: (clockId, startMs) => replace(clocks, clockId, createTimeline<World>(startMs)),
    joinClock(clockId, customerId) {
      requireLine(clockId);
      replace(clockOf, customerId, clockId);
    },
    customersOn: (clockId) =>
      [...clockOf].filter(([, on]) => on === clockId).map(([customerId]) => customerId),
    runClock: (clockId, toMs) => runLine(requireLine(clockId), toMs),
    closeClock: (clockId) => replace(clocks, clockId, undefined),
    nextDueMs: () => own.agenda.firstMs(),
    settle: (toMs) => runLine(own, toMs),
    transition(work) {
      if (journal.isOpen()) return work();
      touched = new Set();
      try {
        return journal.transition(work, (error) => error instanceof StripeFault && error.keepsEffects);
      } finally {
        touched = null;
      }
    },
    onUndo: journal.onUndo,
    state<State>(definition: Definition<State>): State {
      const key = definition as Definition<unknown>;
      const known = states.get(key) as State | undefined;
      const state = known ?? definition.create(world);
      if (known === undefined) states.set(key, state);
      if (touched !== null && !definition.journaled && !touched.has(key)) {
        touched.add(key);
        const saved = definition.save(state);
        journal.onUndo(() => states.set(key, definition.load(world, saved as never)));
      }
      return state;
    },
    save: () => ({
      own: saveTimeline(own),
      clocks: new Map([...clocks].map(([id, line]) => [id, saveTimeline(line)])),
      clockOf: new Map(clockOf),
      advancing: new Set(advancing),
      counters: ids.save(),
      states: new Map([...states].map(([definition, state]) => [definition, definition.save(state)])),
    }),
    generation: () => generation,
    restore(saved) {
      generation += 1;
      own = loadTimeline(saved.own);
      current = own;
      clocks = new Map([...saved.clocks].map(([id, line]) => [id, loadTimeline(line)]));
      clockOf = new Map(saved.clockOf);
      advancing = new Set(saved.advancing);
      ids.load(saved.counters);
      states = new Map(
        [...saved.states].map(([definition, state]) => [definition, definition.load(world, state as never)]),
      );
    },
  };
  return world;
}
