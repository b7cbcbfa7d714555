'use client';
import type { BalanceTerm } from '@meterboard/contract';
import { creditWords } from '../i18n/credits.ts';
import { Term } from '../parts/term.tsx';
import { useWords } from '../provider/use-words.ts';

export interface BalanceTermsProps {
  /** In the order in which they add up; the last one is the sum. */
  terms: BalanceTerm[];
}

/** The balance equation. Renders a `<dl>`. Styling: `data-term`. */
export function BalanceTerms({ terms }: BalanceTermsProps) {
  const m = useWords(creditWords);
  return (
    <dl data-mb="terms">
      {terms.map(({ kind, amount }) => (
        <Term key={kind} kind={kind} label={m.terms[kind]} amount={amount} />
      ))}
    </dl>
  );
}
