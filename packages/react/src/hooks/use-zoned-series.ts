'use client';
import type { PublicError, UsageRange, UsageSeries } from '@meterboard/contract';
import { useEffect, useState } from 'react';
import { useMeterboard } from '../provider/meterboard-context.ts';
import type { Resource } from './use-resource.ts';
import { type UsageSeriesOptions, useUsageSeries } from './use-usage-series.ts';

const dayMs = 86_400_000;

/** Up to here a provider answers for any zone at once; beyond it only for days in UTC. */
const quickDays = 92;

/** A billing period may be a month or a year, and an answer says which: one that takes longer is taken for long. */
const patienceMs = 1_000;

/** For how long the zone's answer is waited for before UTC is asked; `null`: to the end. */
function patienceFor({ range = { kind: 'period' }, bucket }: UsageSeriesOptions): number | null {
  if (bucket === 'hour') return null;
  if (range.kind === 'period' || range.kind === 'previous_period') return patienceMs;
  return isLong(range) ? 0 : null;
}

function isLong(range: UsageRange): boolean {
  if (range.kind === 'last') return range.days > quickDays;
  return range.kind === 'between' && range.endMs - range.startMs > quickDays * dayMs;
}

/** The range is sound, and cut by the zone's days or hours it needs more readings than the server makes. */
function isTooMuch(error: PublicError | null): boolean {
  return error?.code === 'invalid_range' && error.field === 'bucket';
}

/** Usage over time in the provider's zone, or in UTC where that is all there is. */
export interface ZonedSeries {
  resource: Resource<UsageSeries>;
  /** These are days in UTC, until those of the zone are here. */
  isInterim: boolean;
  /** The zone in which the server does not cut this range so finely: it is shown in UTC. `null`: none. */
  refusedZone: string | null;
}

/**
 * Usage over time in the provider's zone. A long time in another zone than UTC takes the server a while: until its
 * days are here the same days in UTC are given. Where it refuses them for their number, UTC stays. Ranges that are
 * wrong in themselves fail as they are.
 */
export function useZonedSeries(options: UsageSeriesOptions): ZonedSeries {
  const { timeZone } = useMeterboard();
  const zoned = useUsageSeries(options);
  const isPending = timeZone !== 'UTC' && zoned.status === 'loading';
  const isOverdue = useOverdue(isPending ? patienceFor(options) : null);
  const isRefused = timeZone !== 'UTC' && zoned.data === undefined && isTooMuch(zoned.error);
  const inUtc = useUsageSeries({ ...options, timeZone: 'UTC', enabled: isOverdue || isRefused });
  if (isRefused) return { resource: inUtc, isInterim: false, refusedZone: timeZone };
  const isInterim = timeZone !== 'UTC' && zoned.data === undefined && inUtc.data !== undefined;
  const resource = isInterim ? { ...inUtc, error: zoned.error ?? inUtc.error } : zoned;
  return { resource, isInterim, refusedZone: null };
}

/** Whether something has taken longer than that; `null`: nothing is waited for. Never in the tick in which it begins: calls of one tick share a request, and so the time that it takes. */
function useOverdue(afterMs: number | null): boolean {
  const [isOverdue, setOverdue] = useState(false);
  useEffect(() => {
    if (afterMs === null) return;
    const timer = setTimeout(() => setOverdue(true), afterMs);
    return () => {
      clearTimeout(timer);
      setOverdue(false);
    };
  }, [afterMs]);
  return isOverdue && afterMs !== null;
}
