import type { SavedCard } from '@meterboard/contract';

/** What is known of the card that one click would charge. */
export interface CardLookup {
  state: 'loading' | 'failed' | 'none' | 'ready';
  /** There where `state` is `ready`. */
  card: SavedCard | null;
  isFetching: boolean;
  /** Looks again. */
  refetch: () => void;
}
