'use client';
import { joinWords } from '../format/sentences.ts';
import { baseWords } from '../i18n/base.ts';
import { topUpStatusWords } from '../i18n/top-up-status.ts';
import { useWords } from '../provider/use-words.ts';
import type { TopUp } from './top-up.ts';

export interface ProblemNoticeProps {
  topUp: Pick<TopUp, 'phase' | 'next' | 'order' | 'error' | 'start' | 'goOn'>;
}

/**
 * Why a purchase did not go through, in words that a customer understands, and the next step. Renders a
 * `<div role="alert">`, or nothing where there is no problem.
 */
export function ProblemNotice({ topUp }: ProblemNoticeProps) {
  const base = useWords(baseWords);
  const m = useWords(topUpStatusWords);
  const { phase, next, order, error, start, goOn } = topUp;
  const reason = next?.declined ?? null;
  const mustConfirm = next?.state === 'requires_action';
  if (phase === 'starting' || (!reason && !mustConfirm && !error)) return null;
  const byCard = order?.payWith === 'saved_card';
  const isUnknown = byCard && error !== null && (error.retryable || error.code === 'internal');
  const words = error
    ? isUnknown
      ? m.outcomeUnknown
      : (base.errors[error.code] ?? error.message)
    : reason
      ? joinWords(m.declined[reason], m.nothingCharged)
      : m.topUpPhase.requires_action('');
  const url = mustConfirm || reason === 'authentication_required' ? next?.url : null;
  const again = isUnknown || reason === 'try_again';
  return (
    <div data-mb="error" role="alert">
      <p>{words}</p>
      {url ? (
        <button type="button" data-mb="button" data-variant="primary" onClick={() => goOn(url)}>
          {m.confirmWithBank}
        </button>
      ) : null}
      {again && order ? (
        <button type="button" data-mb="button" onClick={() => start(order)}>
          {isUnknown ? base.retry : m.payAgain}
        </button>
      ) : null}
      {byCard && !url && order ? (
        <button
          type="button"
          data-mb="button"
          data-variant={again ? undefined : 'primary'}
          onClick={() => start({ ...order, payWith: 'hosted_page' })}
        >
          {m.payAnotherWay}
        </button>
      ) : null}
    </div>
  );
}
