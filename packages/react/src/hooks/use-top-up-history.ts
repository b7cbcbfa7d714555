'use client';
import type { TopUpHistory, TopUpHistoryInput } from '@meterboard/contract';
import { type Resource, useResource } from './use-resource.ts';

/** A page of purchases, newest first; the page before stays in place until the next one has arrived. */
export function useTopUpHistory(input: TopUpHistoryInput = {}): Resource<TopUpHistory> {
  return useResource({
    name: 'history',
    input: input.cursor === undefined && input.limit === undefined ? undefined : input,
    call: (client) => client.topUps.history.query(input),
    keep: true,
  });
}
