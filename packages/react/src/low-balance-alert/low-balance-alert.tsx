'use client';
import type { ReactNode } from 'react';
import { useCreditBalance } from '../hooks/use-credit-balance.ts';
import { LowBalanceAlertView } from './low-balance-alert-view.tsx';

export interface LowBalanceAlertProps {
  /** What to do about it, e.g. `<TopUpButton />`. */
  action?: ReactNode;
}

/**
 * Warns, once for each currency, while credits are low or used up by the host's threshold; otherwise, and while
 * nothing is known, renders nothing. Credits for certain prices only never warn.
 */
export function LowBalanceAlert({ action }: LowBalanceAlertProps) {
  const { data } = useCreditBalance();
  const general = data?.balances.filter(({ scope }) => scope.kind === 'all_usage') ?? [];
  return general
    .filter(({ status }) => status === 'low' || status === 'empty')
    .map((balance, index) => (
      <LowBalanceAlertView
        key={balance.currency}
        balance={balance}
        showCurrency={general.length > 1}
        action={index === 0 && action}
      />
    ));
}
