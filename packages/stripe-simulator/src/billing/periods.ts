export type Interval = 'day' | 'week' | 'month' | 'year';

export interface Recurrence {
  interval: Interval;
  intervalCount: number;
}

/** Where periods begin: an instant, and the day of the month that months without it clamp to their last. */
export interface Anchor {
  atSec: number;
  dayOfMonth: number;
}

/** The anchor at an instant, remembering its day of the month (UTC). */
export function anchorAt(atSec: number): Anchor {
  return { atSec, dayOfMonth: new Date(atSec * 1000).getUTCDate() };
}

/** The `step`-th period boundary from the anchor (0 is the anchor itself; negative steps lie before it). */
export function boundary(anchor: Anchor, { interval, intervalCount }: Recurrence, step: number): number {
  const count = step * intervalCount;
  if (interval === 'day') return anchor.atSec + count * 86_400;
  if (interval === 'week') return anchor.atSec + count * 7 * 86_400;
  return addMonths(anchor, interval === 'year' ? count * 12 : count);
}

/** The first boundary strictly after `atSec`. */
export function nextBoundary(anchor: Anchor, recurrence: Recurrence, atSec: number): number {
  const approximateSec = { day: 86_400, week: 604_800, month: 2_678_400, year: 31_622_400 }[
    recurrence.interval
  ];
  let step = Math.floor((atSec - anchor.atSec) / (approximateSec * recurrence.intervalCount)) - 1;
  while (boundary(anchor, recurrence, step) > atSec) step -= 1;
  while (boundary(anchor, recurrence, step) <= atSec) step += 1;
  return boundary(anchor, recurrence, step);
}

/** The last boundary strictly before `atSec`. */
export function previousBoundary(anchor: Anchor, recurrence: Recurrence, atSec: number): number {
  const approximateSec = { day: 86_400, week: 604_800, month: 2_678_400, year: 31_622_400 }[
    recurrence.interval
  ];
  let step = Math.ceil((atSec - anchor.atSec) / (approximateSec * recurrence.intervalCount)) + 1;
  while (boundary(anchor, recurrence, step) < atSec) step += 1;
  while (boundary(anchor, recurrence, step) >= atSec) step -= 1;
  return boundary(anchor, recurrence, step);
}

function addMonths({ atSec, dayOfMonth }: Anchor, count: number): number {
  const at = new Date(atSec * 1000);
  const months = at.getUTCFullYear() * 12 + at.getUTCMonth() + count;
  const year = Math.floor(months / 12);
  const month = months - year * 12;
  const day = Math.min(dayOfMonth, daysInMonth(year, month));
  const timeOfDaySec = atSec - Math.floor(atSec / 86_400) * 86_400;
  return Date.UTC(year, month, day) / 1000 + timeOfDaySec;
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}

/** Stripe's `billing_cycle_anchor_config`: a day of the month and, optionally, a month and a UTC time of day. */
export interface AnchorConfig {
  dayOfMonth: number;
  month: number | null;
  hour: number | null;
  minute: number | null;
  second: number | null;
}

/** The first instant after `nowSec` that fits the config; parts left out come from `nowSec` itself. */
export function anchorFromConfig(config: AnchorConfig, nowSec: number): Anchor {
  const now = new Date(nowSec * 1000);
  const timeSec =
    (config.hour ?? now.getUTCHours()) * 3_600 +
    (config.minute ?? now.getUTCMinutes()) * 60 +
    (config.second ?? now.getUTCSeconds());
  for (let ahead = 0; ; ahead += 1) {
    const months = now.getUTCFullYear() * 12 + now.getUTCMonth() + ahead;
    const year = Math.floor(months / 12);
    const month = months - year * 12;
    if (config.month !== null && month !== config.month - 1) continue;
    const day = Math.min(config.dayOfMonth, daysInMonth(year, month));
    const atSec = Date.UTC(year, month, day) / 1000 + timeSec;
    if (atSec > nowSec) return { atSec, dayOfMonth: config.dayOfMonth };
  }
}
