'use client';
import type { UsageRange, UsageSeries } from '@meterboard/contract';
import { useMeterboard } from '../provider/meterboard-context.ts';
import type { Resource } from './use-resource.ts';
import { type UsageSeriesOptions, useUsageSeries } from './use-usage-series.ts';

const dayMs = 86_400_000;

/** Up to here a provider answers for any zone at once; beyond it only for days in UTC. */
const quickDays = 92;

function isLong(range: UsageRange | undefined): boolean {
  if (range?.kind === 'last') return range.days > quickDays;
  return range?.kind === 'between' && range.endMs - range.startMs > quickDays * dayMs;
}

/**
 * Usage over time in the provider's zone. A long time in another zone than UTC takes the server a while: until its
 * days are here the same days in UTC are given, and `isInterim` says so.
 */
export function useZonedSeries(options: UsageSeriesOptions): {
  resource: Resource<UsageSeries>;
  isInterim: boolean;
} {
  const { timeZone } = useMeterboard();
  const isSlow = timeZone !== 'UTC' && options.bucket !== 'hour' && isLong(options.range);
  const zoned = useUsageSeries(options);
  const interim = useUsageSeries({ ...options, timeZone: 'UTC', enabled: isSlow });
  const isInterim = isSlow && zoned.data === undefined && interim.data !== undefined;
  return { resource: isInterim ? { ...interim, error: zoned.error ?? interim.error } : zoned, isInterim };
}
