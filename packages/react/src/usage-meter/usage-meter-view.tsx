'use client';
import type { MeterUsage } from '@meterboard/contract';
import type { ComponentPropsWithRef } from 'react';
import { joinFacts } from '../format/facts.ts';
import { formatMoney } from '../format/money.ts';
import { formatExact } from '../format/quantity.ts';
import { usageWords } from '../i18n/usage.ts';
import { Amount } from '../parts/amount.tsx';
import { MeterBar } from '../parts/meter-bar.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

export interface UsageMeterViewProps extends ComponentPropsWithRef<'div'> {
  usage: MeterUsage;
}

/**
 * One meter in the current billing period: used, of how much, at what cost. Renders a `<div>`, with a `role="meter"`
 * where there is something to be measured against. Decides nothing: `status` arrives from the server.
 *
 * Styling: `data-status="ok | near | over"`.
 */
export function UsageMeterView({ usage, ...rest }: UsageMeterViewProps) {
  const { locale, print } = useMeterboard();
  const m = useWords(usageWords);
  const { meter, total, limit, included, usedRatio, status, costs } = usage;
  const reach = limit ?? included;
  const exact = (decimal: string | null) =>
    decimal === null ? m.unknown : print(decimal, meter, formatExact);
  const facts = joinFacts(
    meter.aggregation === 'last' && m.latestValue,
    limit === null
      ? included !== null && (status === 'over' ? m.beyondPlan : m.inPlan)
      : status === 'over'
        ? m.overLimit
        : status === 'near' && m.nearLimit,
    ...costs.map((cost) => formatMoney(cost, locale)),
  );
  return (
    <div data-mb="usage-meter" data-status={status} {...rest}>
      <div data-mb="row">
        <span>{meter.label}</span>
        <span data-mb="number">
          <Amount quantity={total} meter={meter} hasUnit={reach === null} />
          {reach === null ? null : (
            <span data-mb="sub">
              {' / '}
              <Amount quantity={reach} meter={meter} hasUnit />
            </span>
          )}
        </span>
      </div>
      {reach === null || usedRatio === null ? null : (
        <MeterBar
          label={meter.label}
          valueText={m.usedOf(exact(total), exact(reach))}
          ratio={usedRatio}
          status={status}
        />
      )}
      <span data-mb="sub">{facts}</span>
    </div>
  );
}
