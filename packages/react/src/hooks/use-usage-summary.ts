'use client';
import type { UsageSummary } from '@meterboard/contract';
import { type Resource, useResource } from './use-resource.ts';

/** Every meter's total in the current billing period. */
export function useUsageSummary(): Resource<UsageSummary> {
  return useResource({
    name: 'summary',
    call: (client) => client.usage.summary.query(undefined),
    inOverview: true,
  });
}
