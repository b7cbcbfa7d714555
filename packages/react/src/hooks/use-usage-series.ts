'use client';
import type { Bucket, UsageRange, UsageSeries } from '@meterboard/contract';
import { useContext } from 'react';
import { FedContext, useMeterboard } from '../provider/meterboard-context.ts';
import { metersWithUsage } from '../provider/seed-overview.ts';
import { type Resource, useResource } from './use-resource.ts';

export interface UsageSeriesOptions {
  /** Event names; left out: all meters that the host shows. */
  meters?: string[];
  /** Default: the current billing period. `between` is widened to quarters of an hour, so `Date.now()` may be an end. */
  range?: UsageRange;
  /** Default `day`. */
  bucket?: Bucket;
}

/** No zone's days, hours or weeks begin anywhere but on one of these. */
const quarterMs = 900_000;

function toQuarters(range: UsageRange): UsageRange {
  if (range.kind !== 'between') return range;
  const startMs = Math.floor(range.startMs / quarterMs) * quarterMs;
  return { kind: 'between', startMs, endMs: Math.ceil(range.endMs / quarterMs) * quarterMs };
}

/** Usage over time in the provider's zone. */
export function useUsageSeries(options: UsageSeriesOptions = {}): Resource<UsageSeries> {
  const { meters, bucket = 'day' } = options;
  const range = toQuarters(options.range ?? { kind: 'period' });
  const { timeZone } = useMeterboard();
  const fed = useContext(FedContext);
  const [only = ''] = meters ?? [];
  const input = { meters, range, bucket, timeZone };
  return useResource({
    name: 'series',
    input,
    call: (client) => client.usage.series.query(input),
    inOverview:
      meters?.length === 1 &&
      range.kind === 'period' &&
      bucket === 'day' &&
      (typeof fed === 'boolean' || metersWithUsage(fed).includes(only)),
  });
}
