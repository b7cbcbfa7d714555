'use client';
import type { Bucket, UsageRange, UsageSeries } from '@meterboard/contract';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { type Resource, useResource } from './use-resource.ts';

export interface UsageSeriesOptions {
  /** Event names; left out: all meters that the host shows. */
  meters?: string[];
  /** Default: the current billing period. */
  range?: UsageRange;
  /** Default `day`. */
  bucket?: Bucket;
}

/** Usage over time in the provider's zone. */
export function useUsageSeries(options: UsageSeriesOptions = {}): Resource<UsageSeries> {
  const { meters, range = { kind: 'period' }, bucket = 'day' } = options;
  const { timeZone } = useMeterboard();
  const input = { meters, range, bucket, timeZone };
  return useResource({
    name: 'series',
    input,
    call: (client) => client.usage.series.query(input),
    inOverview: meters?.length === 1 && range.kind === 'period' && bucket === 'day',
  });
}
