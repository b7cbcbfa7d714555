import type { Bucket, UsageRange } from '@meterboard/contract';
import type { ChartShape } from '../charts/plan.ts';

/** What somebody has chosen to see; everything that a link has to bring back. */
export interface ExplorerState {
  /** Event names; `null`: the first meter that the host shows. */
  meters: string[] | null;
  range: UsageRange;
  bucket: Bucket;
  shape: ChartShape;
  cumulative: boolean;
  compare: boolean;
  forecast: boolean;
  table: boolean;
}

/** The billing period by day, compared with the one before, and how it will end. */
export const initialState: ExplorerState = {
  meters: null,
  range: { kind: 'period' },
  bucket: 'day',
  shape: 'area',
  cumulative: false,
  compare: true,
  forecast: true,
  table: false,
};

/** As many meters as one call may ask for. */
export const maxMeters = 20;
/** As long as a range may be. */
export const maxDays = 400;
/** Hours of more days than that would be too many. */
const maxHourDays = 31;

const buckets = ['hour', 'day', 'week', 'month'] as const;
const shapes = ['area', 'line', 'bar'] as const;
const dayMs = 86_400_000;

/** How many days a range has, about; `null` of a billing period, which may be a month or a year. */
function daysOf(range: UsageRange): number | null {
  if (range.kind === 'last') return range.days;
  if (range.kind === 'between') return (range.endMs - range.startMs) / dayMs;
  return range.kind === 'month' ? 31 : null;
}

/**
 * Which buckets a range can have: hours of at most a month, weeks and months of more than one. `periodDays`: how long
 * billing periods are; while that is not known they can have all.
 */
export function bucketsFor(range: UsageRange, periodDays?: number): Bucket[] {
  const days = daysOf(range) ?? periodDays;
  if (days === undefined) return [...buckets];
  return buckets.filter(
    (bucket) =>
      (bucket !== 'hour' || days <= maxHourDays) &&
      (bucket !== 'week' || days > 7) &&
      (bucket !== 'month' || days > 31),
  );
}

/** The same choice, with a bucket that its range can have. */
export function fitted(state: ExplorerState, periodDays?: number): ExplorerState {
  const possible = bucketsFor(state.range, periodDays);
  return possible.includes(state.bucket) ? state : { ...state, bucket: 'day' };
}

/** How long a billing period is where nobody has said so yet. */
export const usualPeriodDays = 31;

const flags = ['cumulative', 'compare', 'forecast', 'table'] as const;

/**
 * A choice as parameters of a URL, each name beginning with `mb-`; what is as it would be anyway is left out. Parameters
 * of others stay.
 */
export function writeState(state: ExplorerState, search: string): string {
  const query = new URLSearchParams(search);
  for (const name of [...query.keys()]) if (name.startsWith('mb-')) query.delete(name);
  const put = (name: string, value: string, initial: string) => {
    if (value !== initial) query.append(`mb-${name}`, value);
  };
  for (const meter of state.meters ?? []) query.append('mb-meter', meter);
  put('range', rangeText(state.range), 'period');
  put('bucket', state.bucket, initialState.bucket);
  put('shape', state.shape, initialState.shape);
  for (const flag of flags) put(flag, state[flag] ? '1' : '0', initialState[flag] ? '1' : '0');
  return query.toString();
}

/** A choice from the parameters of a URL. What is missing or makes no sense is as it would be without. */
export function readState(search: string): ExplorerState {
  const query = new URLSearchParams(search);
  const meters = [...new Set(query.getAll('mb-meter'))].filter((one) => /^.{1,200}$/.test(one));
  const oneOf = <T extends string>(name: string, allowed: readonly T[], initial: T): T =>
    allowed.find((one) => one === query.get(`mb-${name}`)) ?? initial;
  const state: ExplorerState = {
    meters: meters.length > 0 ? meters.slice(0, maxMeters) : null,
    range: readRange(query.get('mb-range') ?? ''),
    bucket: oneOf('bucket', buckets, initialState.bucket),
    shape: oneOf('shape', shapes, initialState.shape),
    cumulative: initialState.cumulative,
    compare: initialState.compare,
    forecast: initialState.forecast,
    table: initialState.table,
  };
  for (const flag of flags) state[flag] = oneOf(flag, ['0', '1'], state[flag] ? '1' : '0') === '1';
  return fitted(state);
}

/** "period", "last.7", "month.2026-11", "between.1764547200000.1764633600000". */
export function rangeText(range: UsageRange): string {
  if (range.kind === 'last') return `last.${range.days}`;
  if (range.kind === 'month') return `month.${range.month}`;
  if (range.kind === 'between') return `between.${range.startMs}.${range.endMs}`;
  return range.kind;
}

function readRange(text: string): UsageRange {
  const [kind, first = '', second = ''] = text.split('.');
  if (kind === 'previous_period') return { kind };
  if (kind === 'month' && /^\d{4}-(0[1-9]|1[0-2])$/.test(first)) return { kind, month: first };
  const [one, other] = [first, second].map((part) => (/^\d{1,15}$/.test(part) ? Number(part) : Number.NaN));
  if (kind === 'last' && one !== undefined && one >= 1 && one <= maxDays) return { kind, days: one };
  if (kind === 'between' && one !== undefined && other !== undefined) {
    const days = (other - one) / dayMs;
    if (days > 0 && days <= maxDays && other <= 8.64e15) return { kind, startMs: one, endMs: other };
  }
  return { kind: 'period' };
}
