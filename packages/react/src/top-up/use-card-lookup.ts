'use client';
import { useSavedCard } from '../hooks/use-saved-card.ts';
import type { CardLookup } from './card-lookup.ts';

/** Looks for the saved card while `wanted`. A failure leaves everything else as it is. */
export function useCardLookup(wanted: boolean): CardLookup {
  const { data, status, isFetching, refetch } = useSavedCard({ enabled: wanted });
  const card = data?.card ?? null;
  return {
    state: status === 'ready' ? (card ? 'ready' : 'none') : status === 'error' ? 'failed' : 'loading',
    card,
    isFetching,
    refetch,
  };
}
