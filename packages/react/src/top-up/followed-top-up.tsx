'use client';
import { useTopUp } from '../hooks/use-top-up.ts';
import { TopUpStatusView } from './top-up-status-view.tsx';

/** Where the purchase stands that is being followed. */
export function FollowedTopUp() {
  return <TopUpStatusView topUp={useTopUp()} />;
}
