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
  /** Also the time before the range, as long as it is. Default false. */
  compare?: boolean;
  /** Also how the range will end, where it still runs. Default false. */
  forecast?: boolean;
  /** IANA name. Default: the provider's. */
  timeZone?: string;
  /** `false`: not read. Default `true`. */
  enabled?: boolean;
}

/** No zone's days, hours or weeks begin anywhere but on one of these. */
const quarterMs = 900_000;

function toQuarters(range: UsageRange): UsageRange {
  if (range.kind !== 'between') return range;
  const startMs = Math.floor(range.startMs / quarterMs) * quarterMs;
  return { kind: 'between', startMs, endMs: Math.ceil(range.endMs / quarterMs) * quarterMs };
}

/** Usage over time, in the provider's zone. */
export function useUsageSeries(options: UsageSeriesOptions = {}): Resource<UsageSeries> {
  const { meters, bucket = 'day', compare, forecast, enabled } = options;
  const range = toQuarters(options.range ?? { kind: 'period' });
  const { timeZone: own } = useMeterboard();
  const timeZone = options.timeZone ?? own;
  const fed = useContext(FedContext);
  const [only = ''] = meters ?? [];
  const input = { meters, range, bucket, timeZone, compare, forecast };
  return useResource({
    name: 'series',
    input,
    call: (client) => client.usage.series.query(input),
    enabled,
    inOverview:
      meters?.length === 1 &&
      range.kind === 'period' &&
      bucket === 'day' &&
      timeZone === own &&
      !compare &&
      !forecast &&
      (typeof fed === 'boolean' || metersWithUsage(fed).includes(only)),
  });
}
