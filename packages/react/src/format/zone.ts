import { remember } from './intl.ts';

/** A calendar day, as date inputs have it: "2026-11-26". */
export type IsoDay = string;

function wallFormat(timeZone: string): Intl.DateTimeFormat {
  return remember(
    `w${timeZone}`,
    () =>
      new Intl.DateTimeFormat('en-US', {
        timeZone,
        calendar: 'gregory',
        hourCycle: 'h23',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
      }),
  );
}

/** What a clock in the zone shows at an instant, read as if it were UTC. */
function wallMs(atMs: number, timeZone: string): number {
  const parts = Object.fromEntries(
    wallFormat(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The day of an instant in a zone. */
export function dayIn(atMs: number, timeZone: string): IsoDay {
  return new Date(wallMs(atMs, timeZone)).toISOString().slice(0, 10);
}

/** When a day begins in a zone, Unix ms: where clocks skip midnight, at the first moment after it. `NaN` for what is no day. */
export function startOfDay(day: IsoDay, timeZone: string): number {
  const wanted = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(wanted)) return Number.NaN;
  const guess = wanted - (wallMs(wanted, timeZone) - wanted);
  const start = wanted - (wallMs(guess, timeZone) - guess);
  // Midnight does not exist where clocks go forward at it: both guesses then lie an hour to one side.
  return dayIn(start, timeZone) === day ? start : guess;
}

/** The day so many days later. */
export function addDays(day: IsoDay, days: number): IsoDay {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The last `count` months of a zone's calendar, the present one first: "2026-11", "2026-10", … */
export function recentMonths(nowMs: number, timeZone: string, count: number): string[] {
  const [year = 0, month = 1] = dayIn(nowMs, timeZone).split('-').map(Number);
  return Array.from({ length: count }, (_, back) =>
    new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 7),
  );
}
