'use client';
import type { ComponentPropsWithRef } from 'react';
import { formatMoney } from '../format/money.ts';
import { joinWords } from '../format/sentences.ts';
import { topUpStatusWords } from '../i18n/top-up-status.ts';
import { ErrorNotice } from '../parts/error-notice.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import type { TopUp } from './top-up.ts';

export interface TopUpStatusViewProps extends ComponentPropsWithRef<'div'> {
  topUp: TopUp;
}

const waiting = new Set(['checking', 'arriving', 'processing']);

/**
 * Where a purchase stands, in words, and how it goes on. Renders a `<div>`, or nothing where there is no purchase;
 * its owner is a live region that is always there. Styling: `data-phase`.
 */
export function TopUpStatusView({ topUp: purchase, ...rest }: TopUpStatusViewProps) {
  const { locale } = useMeterboard();
  const m = useWords(topUpStatusWords);
  const { phase, topUpId, topUp, isSlow, wasPaidBefore, next, error, start, goOn, dismiss } = purchase;
  if (phase === 'idle' || phase === 'embedded') return null;
  const reason = next?.declined ?? (phase === 'unpaid' ? topUp?.declined : null);
  const url = next?.url ?? topUp?.url;
  const credit = phase === 'partly_refunded' ? topUp?.credited : purchase.credit;
  const covered = phase === 'arriving' || phase === 'granted' ? topUp?.coversUsed : null;
  const shown = phase === 'checking' && isSlow ? 'unconfirmed' : phase === 'starting' ? 'checking' : phase;
  const more = joinWords(
    reason && m.declined[reason],
    covered && covered.amountMinor > 0 && m.coversUsed(formatMoney(covered, locale)),
    wasPaidBefore && m.paidBefore,
    isSlow && topUpId && m.slow(topUpId),
  );
  const confirms = phase === 'requires_action' || (reason === 'authentication_required' && url);
  return (
    <div data-mb="top-up-status" data-phase={phase} {...rest}>
      <p>
        <b>{m.topUpPhase[shown](credit ? formatMoney(credit, locale) : '')}</b>
        {more ? <span data-mb="sub"> {more}</span> : null}
      </p>
      {error ? <ErrorNotice error={error} /> : null}
      {confirms && url ? (
        <button type="button" data-mb="button" data-variant="primary" onClick={() => goOn(url)}>
          {m.confirmWithBank}
        </button>
      ) : (phase === 'unpaid' || phase === 'declined' || confirms) && topUp ? (
        <button
          type="button"
          data-mb="button"
          onClick={() =>
            start(
              topUp.packageId === null
                ? { amountMinor: topUp.price.amountMinor, payWith: 'hosted_page' }
                : { packageId: topUp.packageId, payWith: 'hosted_page' },
            )
          }
        >
          {reason ? m.payAnotherWay : m.continuePayment}
        </button>
      ) : null}
      {phase === 'starting' || (!isSlow && waiting.has(phase)) ? null : (
        <button type="button" data-mb="button" data-variant="quiet" onClick={dismiss}>
          {m.dismiss}
        </button>
      )}
    </div>
  );
}
