import { Agenda, type Entry, type Job } from './agenda.ts';

/** One line of time with the work that waits on it: the simulator's own, or a test clock's. */
export interface Timeline<W> {
  standingMs: number;
  readonly agenda: Agenda<W>;
}

export interface SavedTimeline<W> {
  standingMs: number;
  entries: Array<Entry<W>>;
}

export function createTimeline<W>(startMs: number): Timeline<W> {
  return { standingMs: startMs, agenda: new Agenda<W>() };
}

export function saveTimeline<W>({ standingMs, agenda }: Timeline<W>): SavedTimeline<W> {
  return { standingMs, entries: agenda.entries() };
}

export function loadTimeline<W>({ standingMs, entries }: SavedTimeline<W>): Timeline<W> {
  const timeline = createTimeline<W>(standingMs);
  for (const entry of entries) timeline.agenda.put(entry);
  return timeline;
}

/** Runs what is due up to and including `toMs`, each at its own time, then stands at `toMs`. Never moves back. */
export function runTimeline<W>(
  timeline: Timeline<W>,
  toMs: number,
  run: (job: Job<W>, id: string) => void,
): void {
  const { agenda } = timeline;
  for (let due = agenda.takeDue(toMs); due !== undefined; due = agenda.takeDue(toMs)) {
    timeline.standingMs = Math.max(timeline.standingMs, due.atMs);
    run(due.job, due.id);
  }
  timeline.standingMs = Math.max(timeline.standingMs, toMs);
}
