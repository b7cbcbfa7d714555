'use client';
import type { Money, PayWith, TopUpState } from '@meterboard/contract';
import { useQuery } from '@tanstack/react-query';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { takeReturned } from '../top-up/returned.ts';

/** The purchase that all components below a provider follow, and what is known of it before it is looked up. */
export interface Followed {
  topUpId: string;
  /** As the start answered. */
  state?: TopUpState;
  credit?: Money;
  /** The way in which a start was tried that found it paid. */
  foundPaidBy?: PayWith;
  /** When that start was answered, on this browser's clock, Unix ms. */
  startedAtMs?: number;
}

/** Where all components below a provider find it. */
export const followedKey = ['meterboard-returned'];

/** The purchase that came back from the payment page, or was paid here; `null`: there is none. */
export function useFollowed(): Followed | null {
  const { queryClient } = useMeterboard();
  const { data } = useQuery<Followed | null>(
    {
      queryKey: followedKey,
      queryFn() {
        const topUpId = takeReturned();
        return topUpId === null ? null : { topUpId };
      },
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: Number.POSITIVE_INFINITY,
      networkMode: 'always',
    },
    queryClient,
  );
  return data ?? null;
}
