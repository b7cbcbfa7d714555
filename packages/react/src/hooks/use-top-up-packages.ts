'use client';
import type { TopUpPackages } from '@meterboard/contract';
import { type Resource, useResource } from './use-resource.ts';

/** What can be bought, or why nothing can. */
export function useTopUpPackages(): Resource<TopUpPackages> {
  return useResource({
    name: 'topUps',
    call: (client) => client.topUps.packages.query(undefined),
    inOverview: true,
  });
}
