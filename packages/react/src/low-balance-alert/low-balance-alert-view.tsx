'use client';
import type { CreditBalance } from '@meterboard/contract';
import type { ComponentPropsWithRef, ReactNode } from 'react';
import { formatMoney } from '../format/money.ts';
import { creditWords } from '../i18n/credits.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

export interface LowBalanceAlertViewProps extends ComponentPropsWithRef<'div'> {
  /** Rendered only where its `status` is `low` or `empty`. */
  balance: CreditBalance;
  /** Says the currency, for customers with several. */
  showCurrency?: boolean;
  /** What to do about it, e.g. a top-up button. */
  action?: ReactNode;
}

/** Says that credits are about to run out, or have. Renders a `<div>` with a sentence of `role="status"`, or nothing. Styling: `data-status`. */
export function LowBalanceAlertView(props: LowBalanceAlertViewProps) {
  const { balance, showCurrency, action, ...rest } = props;
  const { locale } = useMeterboard();
  const m = useWords(creditWords);
  const { status, currency } = balance;
  if (status !== 'low' && status !== 'empty') return null;
  return (
    <div data-mb="low-balance" data-mb-card="" data-status={status} {...rest}>
      <svg data-mb="icon" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
        <path d="M10 3 1.8 16.5h16.4zM10 8v4M10 14.3v.1" />
      </svg>
      <p role="status">
        <b>
          {showCurrency ? `${currency.toUpperCase()}: ` : ''}
          {status === 'low' ? m.lowTitle(formatMoney(balance.remaining, locale)) : m.emptyTitle}
        </b>{' '}
        <span data-mb="sub">{status === 'low' ? m.lowBody : m.noneLeft}</span>
      </p>
      {action}
    </div>
  );
}
