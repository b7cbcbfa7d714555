import { Agenda, type Job as AgendaJob } from './agenda.ts';
import type { Ids } from './ids.ts';

export type Job = AgendaJob<World>;

/** Everything a transition may touch: time, ids and the agenda. Rows live in tables keyed by the world. */
export interface World {
  readonly ids: Ids;
  /** Origin of this simulator's own pages, without a trailing slash. Empty until the server listens. */
  origin: string;
  /** Unix milliseconds; fixed while one request or one job runs. */
  nowMs(): number;
  /** Unix seconds, as Stripe stamps objects. */
  nowSec(): number;
  /** Puts work on the agenda for a Unix second; due work runs in time order, then in the order it was put there. */
  schedule(atSec: number, job: Job, id: string): void;
  /** Runs all work that is due up to and including `toMs`, each at its own time, then stands at `toMs`. */
  settle(toMs: number): void;
}

/** An empty account standing at `startMs`. */
export function createWorld(options: { startMs: number; ids: Ids }): World {
  const agenda = new Agenda<World>();
  let standingMs = options.startMs;
  const world: World = {
    ids: options.ids,
    origin: '',
    nowMs: () => standingMs,
    nowSec: () => Math.floor(standingMs / 1000),
    schedule(atSec, job, id) {
      agenda.put({ atMs: atSec * 1000, job, id });
    },
    settle(toMs) {
      for (let due = agenda.takeDue(toMs); due !== undefined; due = agenda.takeDue(toMs)) {
        standingMs = Math.max(standingMs, due.atMs);
        due.job.run(world, due.id);
      }
      standingMs = Math.max(standingMs, toMs);
    },
  };
  return world;
}
