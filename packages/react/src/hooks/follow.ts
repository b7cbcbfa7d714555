import type { QueryClient } from '@tanstack/react-query';
import { keepReturned } from '../top-up/returned.ts';
import { type Followed, followedKey } from './use-followed.ts';

/** All components follow this purchase from now on, also after a reload; `null`: none. */
export function follow(queryClient: QueryClient, followed: Followed | null): void {
  keepReturned(followed?.topUpId ?? null);
  queryClient.setQueryData(followedKey, followed);
}
