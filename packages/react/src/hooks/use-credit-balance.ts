'use client';
import type { CreditBalances } from '@meterboard/contract';
import { type Resource, useResource } from './use-resource.ts';

/** What is left to spend, one balance for each currency and scope. */
export function useCreditBalance(): Resource<CreditBalances> {
  return useResource({
    name: 'credits',
    call: (client) => client.credits.balance.query(undefined),
    inOverview: true,
  });
}
