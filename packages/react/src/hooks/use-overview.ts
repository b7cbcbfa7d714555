'use client';
import type { Overview } from '@meterboard/contract';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { seedOverview } from '../provider/seed-overview.ts';
import { type Resource, useResource } from './use-resource.ts';

/** Everything the default dashboard shows, in one call. Feeds the other hooks, which then agree with it. */
export function useOverview(): Resource<Overview> {
  const { queryClient, session, timeZone } = useMeterboard();
  return useResource({
    name: 'overview',
    input: { timeZone },
    call: (client) => client.overview.query({ timeZone }),
    seed: (overview) => seedOverview(queryClient, session, overview, timeZone),
  });
}
