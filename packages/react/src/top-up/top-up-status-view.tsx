'use client';
import type { ComponentPropsWithRef } from 'react';
import { formatMoney } from '../format/money.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import type { TopUp } from './top-up.ts';

export interface TopUpStatusViewProps extends ComponentPropsWithRef<'div'> {
  topUp: Pick<TopUp, 'phase' | 'topUpId' | 'topUp' | 'isSlow' | 'start' | 'dismiss'>;
}

/** Where a purchase stands, in words. Renders a `<div role="status">` that is always there, so that changes are announced. Styling: `data-phase`. */
export function TopUpStatusView({ topUp: purchase, ...rest }: TopUpStatusViewProps) {
  const { locale, messages: m } = useMeterboard();
  const { phase, topUpId, topUp, isSlow, start, dismiss } = purchase;
  const amount = topUp ? formatMoney(topUp.credit, locale) : '';
  const words =
    phase === 'idle' || phase === 'starting'
      ? undefined
      : m.topUpPhase[phase === 'checking' && isSlow ? 'unconfirmed' : phase](amount);
  return (
    <div data-mb="top-up-status" data-phase={phase} role="status" {...rest}>
      {words ? (
        <>
          <p>
            <b>{words}</b>
            {isSlow && topUpId ? <span data-mb="sub"> {m.slow(topUpId)}</span> : null}
          </p>
          {phase === 'unpaid' && topUp ? (
            <button type="button" data-mb="button" onClick={() => start(topUp.packageId)}>
              {m.continuePayment}
            </button>
          ) : null}
          {!isSlow && (phase === 'checking' || phase === 'arriving' || phase === 'processing') ? null : (
            <button type="button" data-mb="button" data-variant="quiet" onClick={dismiss}>
              {m.dismiss}
            </button>
          )}
        </>
      ) : null}
    </div>
  );
}
