import { readFileSync } from 'node:fs';

const LOG_START_MS = Date.UTC(2001, 0, 1);
const LAST_WEEK_MS = Date.UTC(2001, 2, 25);
const WEEK_MS = 7 * 86_400_000;

/** One flight of the log, in file order. Its place there breaks ties of time. */
export interface Flight {
  /** Minutes since the start of the log. */
  minute: number;
  /** Minutes; negative when early. */
  delay: number;
  /** Miles. */
  distance: number;
  /** IATA code. */
  origin: string;
}

/** The 20,000 flights, by time. */
export function readFlights(): Flight[] {
  const [, ...lines] = readFileSync(new URL('../../data/flights-20k.tsv', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => {
    const [minute = '', delay = '', distance = '', origin = ''] = line.split('\t');
    return { minute: Number(minute), delay: Number(delay), distance: Number(distance), origin };
  });
}

/** The instant that the log's first of January 2001, 00:00 UTC stands for: shifted by whole weeks so that `nowMs` falls in its last week. */
export function logStartMs(nowMs: number): number {
  return LOG_START_MS + Math.floor((nowMs - LAST_WEEK_MS) / WEEK_MS) * WEEK_MS;
}
