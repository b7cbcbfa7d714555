'use client';
import type { CreditBalance } from '@meterboard/contract';
import type { ComponentPropsWithRef, ReactNode } from 'react';
import { formatMoney } from '../format/money.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';

export interface LowBalanceAlertViewProps extends ComponentPropsWithRef<'div'> {
  /** Rendered only where its `status` is `low` or `empty`. */
  balance: CreditBalance;
  /** What to do about it, e.g. a top-up button. */
  action?: ReactNode;
}

/** Says that credits are about to run out, or have. Renders a `<div role="status">`, or nothing. Styling: `data-status`. */
export function LowBalanceAlertView({ balance, action, ...rest }: LowBalanceAlertViewProps) {
  const { locale, messages: m } = useMeterboard();
  const { status } = balance;
  if (status !== 'low' && status !== 'empty') return null;
  return (
    <div data-mb="low-balance" data-mb-card="" data-status={status} role="status" {...rest}>
      <svg data-mb="icon" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
        <path d="M10 3 1.8 16.5h16.4zM10 8v4M10 14.3v.1" />
      </svg>
      <p>
        <b>{status === 'low' ? m.lowTitle(formatMoney(balance.remaining, locale)) : m.emptyTitle}</b>{' '}
        <span data-mb="sub">{status === 'low' ? m.lowBody : m.noneLeft}</span>
      </p>
      {action}
    </div>
  );
}
