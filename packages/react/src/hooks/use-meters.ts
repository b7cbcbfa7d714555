'use client';
import type { MeterList } from '@meterboard/contract';
import { type Resource, useResource } from './use-resource.ts';

/** The meters that the host shows, in its order. */
export function useMeters(): Resource<MeterList> {
  return useResource({
    name: 'meters',
    call: (client) => client.meters.list.query(undefined),
    inOverview: true,
  });
}
