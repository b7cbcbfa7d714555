'use client';
import { useTopUp } from '../hooks/use-top-up.ts';
import { TopUpStatusView } from './top-up-status-view.tsx';

/** Follows the purchase that has just come back from the payment page, until the credit is there. */
export function TopUpStatus() {
  return <TopUpStatusView topUp={useTopUp()} />;
}
