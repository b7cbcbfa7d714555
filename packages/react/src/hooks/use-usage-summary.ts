'use client';
import type { UsageSummary } from '@meterboard/contract';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { type Resource, useResource } from './use-resource.ts';

export interface UsageSummaryOptions {
  /** IANA name, for the days of the small pictures. Default: the provider's. */
  timeZone?: string;
}

/** Every meter's total in the current billing period, with its days, comparison, forecast and crossings. */
export function useUsageSummary(options: UsageSummaryOptions = {}): Resource<UsageSummary> {
  const { timeZone: own } = useMeterboard();
  const { timeZone = own } = options;
  return useResource({
    name: 'summary',
    input: { timeZone },
    call: (client) => client.usage.summary.query({ timeZone }),
    inOverview: timeZone === own,
  });
}
