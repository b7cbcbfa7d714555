import { dayMs } from './time-units.ts';

/**
 * A cumulative amount at an instant with its 80 % band, in whatever is counted: units or minor units.
 * `low ≤ expected ≤ high`; along a path, none of them falls.
 */
export interface BurnPoint {
  atMs: number;
  expected: number;
  low: number;
  high: number;
}

/**
 * When an amount is reached. `already`: at the first point. `crosses`: at `atMs`, with 80 % certainty between
 * `earliestMs` and `latestMs` (`null`: by the slow end of the band not within the path). `not_on_path`: not as expected;
 * `earliestMs` is the fast end of the band, or `null`.
 */
export type Crossing =
  | { kind: 'already' }
  | { kind: 'crosses'; atMs: number; earliestMs: number; latestMs: number | null }
  | { kind: 'not_on_path'; earliestMs: number | null };

/**
 * What counts as crossing an amount. `reached`: being at it, as with a limit or a budget. `exceeded`: being above it, as
 * with a tier or an included quantity, whose bound is the last unit of it.
 */
export type CrossedWhen = 'reached' | 'exceeded';

/**
 * When a path (ascending, from now to the end of the period) crosses an amount. Between two points it is a straight line;
 * what is exceeded is so right after the instant told. On the path of a forecast, `not_on_path` means "not in this period".
 */
export function findCrossing(
  path: readonly BurnPoint[],
  amount: number,
  crossedWhen: CrossedWhen = 'reached',
): Crossing {
  const [first] = path;
  if (first && isCrossed(first.expected, amount, crossedWhen)) return { kind: 'already' };
  const earliestMs = instantOf(path, 'high', amount, crossedWhen);
  const atMs = instantOf(path, 'expected', amount, crossedWhen);
  if (atMs === null) return { kind: 'not_on_path', earliestMs };
  const latestMs = instantOf(path, 'low', amount, crossedWhen);
  return { kind: 'crosses', atMs, earliestMs: earliestMs ?? atMs, latestMs };
}

function isCrossed(quantity: number, amount: number, crossedWhen: CrossedWhen): boolean {
  return crossedWhen === 'reached' ? quantity >= amount : quantity > amount;
}

/** Reads a forecast's decimal strings as the numbers that dates are found with. */
export function toBurnPath(
  path: readonly { atMs: number; expected: string; low: string; high: string }[],
): BurnPoint[] {
  return path.map(({ atMs, expected, low, high }) => ({
    atMs,
    expected: Number(expected),
    low: Number(low),
    high: Number(high),
  }));
}

/** How fast credits are used: along a path that begins now at 0, and after it at a daily pace. Minor units. */
export interface Burn {
  /** At least one, ascending. */
  path: readonly BurnPoint[];
  /** After the path; never negative. */
  perDay: Pace;
}

/** Minor units a day; `low ≤ expected ≤ high`. */
export interface Pace {
  expected: number;
  low: number;
  high: number;
}

/** The same every day, for ever. */
export function steadyBurn(nowMs: number, perDay: number): Burn {
  return {
    path: [{ atMs: nowMs, expected: 0, low: 0, high: 0 }],
    perDay: { expected: perDay, low: perDay, high: perDay },
  };
}

/**
 * A burn from the path of a cost forecast: what is added from now on, and after its end as much a day as on its
 * average day. `null` for a path that covers less than an hour, from which no pace can be told.
 */
export function burnAlong(path: readonly BurnPoint[]): Burn | null {
  const [first, last] = [path[0], path.at(-1)];
  if (!first || !last || last.atMs - first.atMs < dayMs / 24) return null;
  const days = (last.atMs - first.atMs) / dayMs;
  const since = (point: BurnPoint): BurnPoint => {
    const added = (side: Side) => Math.max(0, point[side] - first[side]);
    const expected = added('expected');
    return {
      atMs: point.atMs,
      expected,
      low: Math.min(expected, added('low')),
      high: Math.max(expected, added('high')),
    };
  };
  const { expected, low, high } = since(last);
  return { path: path.map(since), perDay: { expected: expected / days, low: low / days, high: high / days } };
}

/** What is left of a grant, and the end of the last billing period that it can pay for. */
export interface RunwayCredit {
  /** Minor units, of one currency and scope. */
  remainingMinor: number;
  /** What is left then is lost; `null`: it never expires. */
  usableUntilMs: number | null;
}

/**
 * How long credits last. `empty`: nothing is left. `runs_out`: on `atMs`, with 80 % certainty between `earliestMs` and
 * `latestMs` (`null`: more than a year). `more_than_a_year`: `earliestMs` is the fast end of the band, or `null` where
 * that is more than a year too.
 */
export type Runway =
  | { kind: 'empty' }
  | { kind: 'runs_out'; atMs: number; earliestMs: number; latestMs: number | null }
  | { kind: 'more_than_a_year'; earliestMs: number | null };

/** A runway is not told beyond this. */
export const longestRunwayMs = 365 * dayMs;

/**
 * When the credits reach zero. They are used in the order given (the provider's order of grants), each as long as it is
 * usable; what is then left of it leaves the sum, so credits can also end without being used.
 */
export function findRunway(credits: readonly RunwayCredit[], burn: Burn, nowMs: number): Runway {
  const usable = credits.filter(
    ({ remainingMinor, usableUntilMs }) =>
      remainingMinor > 0 && (usableUntilMs === null || usableUntilMs > nowMs),
  );
  if (usable.length === 0) return { kind: 'empty' };
  const path = extend(burn, nowMs + longestRunwayMs);
  const [atMs, earliestMs, latestMs] = (['expected', 'high', 'low'] as const).map((side) =>
    exhaustedAt(usable, path, side, nowMs),
  );
  if (typeof atMs !== 'number') return { kind: 'more_than_a_year', earliestMs: earliestMs ?? null };
  return { kind: 'runs_out', atMs, earliestMs: earliestMs ?? atMs, latestMs: latestMs ?? null };
}

export interface CreditPackage {
  packageId: string;
  /** What it credits, in minor units of the burn's currency. */
  creditMinor: number;
}

/**
 * The smallest package that alone lasts `days` days at a pace; the largest, with `lasts: false`, where none does.
 * `null` without packages.
 */
export function suggestPackage(
  packages: readonly CreditPackage[],
  perDayMinor: number,
  days = 30,
): { packageId: string; lasts: boolean } | null {
  const ascending = packages.toSorted((a, b) => a.creditMinor - b.creditMinor);
  // The pace is an estimate: its last digits must not choose a package three times the size.
  const needed = perDayMinor * days * (1 - 1e-9);
  const enough = ascending.find(({ creditMinor }) => creditMinor >= needed);
  const suggested = enough ?? ascending.at(-1);
  return suggested ? { packageId: suggested.packageId, lasts: enough !== undefined } : null;
}

type Side = 'expected' | 'low' | 'high';

function exhaustedAt(
  credits: readonly RunwayCredit[],
  path: readonly BurnPoint[],
  side: Side,
  nowMs: number,
): number | null {
  const horizonMs = path.at(-1)?.atMs ?? nowMs;
  let left = credits.map((credit) => ({ ...credit }));
  let used = amountAt(path, side, nowMs);
  const ends = left.flatMap(({ usableUntilMs }) => usableUntilMs ?? []).filter((endMs) => endMs < horizonMs);
  for (const untilMs of [...ends.toSorted((a, b) => a - b), horizonMs]) {
    const available = left.reduce((sum, { remainingMinor }) => sum + remainingMinor, 0);
    const usedThen = amountAt(path, side, untilMs);
    if (usedThen - used >= available) return instantOf(path, side, used + available) ?? untilMs;
    let taken = usedThen - used;
    for (const credit of left) {
      const part = Math.min(credit.remainingMinor, taken);
      credit.remainingMinor -= part;
      taken -= part;
    }
    used = usedThen;
    left = left.filter((credit) => credit.usableUntilMs === null || credit.usableUntilMs > untilMs);
    if (left.every(({ remainingMinor }) => remainingMinor <= 0)) return untilMs;
  }
  return null;
}

function extend({ path, perDay }: Burn, untilMs: number): BurnPoint[] {
  const last = path.at(-1);
  if (!last || last.atMs >= untilMs) return [...path];
  const days = (untilMs - last.atMs) / dayMs;
  const at = (side: Side) => last[side] + perDay[side] * days;
  return [...path, { atMs: untilMs, expected: at('expected'), low: at('low'), high: at('high') }];
}

/** The amount at an instant of the path; its first or last one outside. */
function amountAt(path: readonly BurnPoint[], side: Side, atMs: number): number {
  const index = path.findIndex((point) => point.atMs >= atMs);
  const after = path[index] ?? path.at(-1);
  const before = path[index - 1];
  if (!after) return 0;
  if (!before) return after[side];
  return before[side] + ((after[side] - before[side]) * (atMs - before.atMs)) / (after.atMs - before.atMs);
}

/** The first instant at which the path has crossed an amount, in whole milliseconds; `null` if it never does. */
function instantOf(
  path: readonly BurnPoint[],
  side: Side,
  amount: number,
  crossedWhen: CrossedWhen = 'reached',
): number | null {
  const index = path.findIndex((point) => isCrossed(point[side], amount, crossedWhen));
  const [after, before] = [path[index], path[index - 1]];
  if (!after) return null;
  if (!before) return after.atMs;
  const part = (amount - before[side]) / (after[side] - before[side]);
  return Math.round(before.atMs + part * (after.atMs - before.atMs));
}
