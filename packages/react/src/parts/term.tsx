'use client';
import type { Money } from '@meterboard/contract';
import { formatMoney } from '../format/money.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';

export interface TermProps {
  label: string;
  amount: Money;
  /** Styling: `data-term`. */
  kind?: string;
}

/** A line of an equation. Renders a `<div>` for a `<dl>`. */
export function Term({ label, amount, kind }: TermProps) {
  const { locale } = useMeterboard();
  return (
    <div data-term={kind}>
      <dt>{label}</dt>
      <dd>{formatMoney(amount, locale)}</dd>
    </div>
  );
}
