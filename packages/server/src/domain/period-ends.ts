import type { TimeSpan } from '@meterboard/contract';
import { Temporal } from 'temporal-polyfill';
import type { Recurrence } from '../gateway.ts';

/** What the billing periods of an item are counted from. */
export interface BillingCycle {
  /** The current one. */
  period: TimeSpan;
  anchorMs: number;
  /** The day of the month that is meant, where the anchor's own month was too short for it. */
  anchorDay?: number;
  recurrence: Recurrence;
  /** When the subscription began. */
  createdAtMs: number;
}

/**
 * The last end of a billing period that lies before `beforeMs`. Period ends are counted from the anchor in UTC; a
 * day that a month does not have becomes its last one (31 January → 28 February → 31 March), also the day that a first
 * month did not have.
 */
export function lastPeriodEndBefore(
  beforeMs: number,
  { anchorMs, anchorDay }: Pick<BillingCycle, 'anchorMs' | 'anchorDay'>,
  recurrence: Recurrence,
): number {
  const anchor = utc(anchorMs);
  const unit = { day: 'days', week: 'weeks', month: 'months', year: 'years' } as const;
  const key = unit[recurrence.unit];
  const hasDay = anchorDay !== undefined && (key === 'months' || key === 'years');
  const endAt = (index: number) => {
    const end = anchor.add({ [key]: index * recurrence.count });
    return (hasDay ? end.with({ day: anchorDay }) : end).epochMilliseconds;
  };
  const elapsed = anchor.until(utc(beforeMs), { largestUnit: key })[key];
  let index = Math.floor(elapsed / recurrence.count) + 1;
  while (endAt(index) >= beforeMs) index -= 1;
  return endAt(index);
}

/**
 * The billing period that ended when `period` began. One that the subscription began within is as short as it was;
 * before the subscription, periods are what its anchor would have made them.
 */
export function periodBefore(
  { startMs: endMs }: TimeSpan,
  { recurrence, createdAtMs, ...anchor }: BillingCycle,
): TimeSpan {
  const startMs = lastPeriodEndBefore(endMs, anchor, recurrence);
  return { startMs: createdAtMs < endMs ? Math.max(startMs, createdAtMs) : startMs, endMs };
}

/** So many calendar months later in UTC; a day that the month does not have becomes its last one. */
export function addMonths(atMs: number, months: number): number {
  return utc(atMs).add({ months }).epochMilliseconds;
}

function utc(atMs: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO('UTC');
}
