'use client';
import type { TopUpPackages } from '@meterboard/contract';
import { useId } from 'react';
import { formatDay } from '../format/dates.ts';
import { topUpDialogWords } from '../i18n/top-up-dialog.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

export interface PurchaseRulesProps {
  offer: Pick<TopUpPackages, 'conditions'>;
}

/**
 * What credits can be used for and in which order, and the host's conditions. Renders a `<section>`. Links open only
 * https addresses.
 */
export function PurchaseRules({ offer: { conditions } }: PurchaseRulesProps) {
  const m = useWords(topUpDialogWords);
  const id = useId();
  return (
    <section data-mb="rules" aria-labelledby={id}>
      <h4 id={id}>{m.policyTitle}</h4>
      <ul>
        {m.policy.map((rule) => (
          <li key={rule}>{rule}</li>
        ))}
      </ul>
      {conditions ? (
        <p>
          {conditions.text}{' '}
          {conditions.url && /^https:\/\//.test(conditions.url) ? (
            <a href={conditions.url} target="_blank" rel="noopener noreferrer" data-mb="link">
              {m.conditions}
            </a>
          ) : null}
        </p>
      ) : null}
    </section>
  );
}

/** Credits bought now are too late for an invoice that waits. Renders a `<p role="note">`, or nothing. */
export function TooLateNote({ offer }: { offer: Pick<TopUpPackages, 'tooLateForPeriodEndMs'> }) {
  const { language, timeZone } = useMeterboard();
  const m = useWords(topUpDialogWords);
  const { tooLateForPeriodEndMs: endMs } = offer;
  // The end is not part of the period: the last day is the one before.
  return endMs === null ? null : (
    <p data-mb="note" role="note">
      {m.tooLate(formatDay(endMs - 1, language, timeZone))}
    </p>
  );
}
