'use client';
import type { ReactNode } from 'react';
import { useCreditBalance } from '../hooks/use-credit-balance.ts';
import { LowBalanceAlertView } from './low-balance-alert-view.tsx';

export interface LowBalanceAlertProps {
  /** What to do about it, e.g. `<TopUpButton />`. */
  action?: ReactNode;
}

/** Warns while credits are low or used up, by the host's threshold; otherwise, and while nothing is known, renders nothing. */
export function LowBalanceAlert({ action }: LowBalanceAlertProps) {
  const { data } = useCreditBalance();
  const balance = data?.balances.find(({ status }) => status === 'low' || status === 'empty');
  return balance ? <LowBalanceAlertView balance={balance} action={action} /> : null;
}
