'use client';
import type { MeterUsage } from '@meterboard/contract';
import type { ComponentPropsWithRef } from 'react';
import { Sparkline } from '../charts/sparkline.tsx';
import { joinFacts } from '../format/facts.ts';
import { formatMoney } from '../format/money.ts';
import { formatExact, type Usual } from '../format/quantity.ts';
import { usageWords } from '../i18n/usage.ts';
import { figureWords } from '../i18n/usage-figures.ts';
import { Amount } from '../parts/amount.tsx';
import { MeterBar } from '../parts/meter-bar.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { changeSentence, limitSentence, outlookSentence, tierSentence } from './figure-sentences.ts';

export interface UsageSummaryViewProps extends ComponentPropsWithRef<'div'> {
  usage: MeterUsage;
}

const words = { ...usageWords, ...figureWords };

/**
 * One meter in the current billing period: how much, whether that is normal, how it will end and when something is
 * reached, in words, with its days as a small picture. Renders a `<div>`. Decides nothing.
 *
 * Styling: `data-status="ok | near | over"`.
 */
export function UsageSummaryView({ usage, ...rest }: UsageSummaryViewProps) {
  const { print: printFor, locale, language, timeZone } = useMeterboard();
  const m = useWords(words);
  const { meter, total, period, days, previous, forecast, status, costs, limit, included, usedRatio } = usage;
  const print = (quantity: string, usual: Usual) => printFor(quantity, meter, usual);
  const tongue = { print, locale, language, timeZone, m };
  const reach = limit ?? included;
  const exact = (decimal: string | null) => (decimal === null ? m.unknown : print(decimal, formatExact));
  const change = changeSentence(previous?.changeRatio, tongue);
  const outlook = period
    ? meter.aggregation === 'last' && forecast.kind === 'unavailable'
      ? null
      : outlookSentence(forecast, period.endMs, tongue)
    : null;
  const sentences = [outlook, limitSentence(usage, tongue), tierSentence(usage, tongue)];
  return (
    <div data-mb="summary-card" data-status={status} {...rest}>
      <h4>{meter.label}</h4>
      <p>
        <strong data-mb="total">
          <Amount quantity={total} meter={meter} />
        </strong>{' '}
        <span data-mb="sub">
          {joinFacts(
            meter.unit,
            meter.aggregation === 'last' && m.latestValue,
            ...costs.map((cost) => formatMoney(cost, locale)),
          )}
        </span>
      </p>
      {change ? (
        <p data-mb="change-note" data-direction={(previous?.changeRatio ?? 0) > 0 ? 'up' : 'down'}>
          {change}
        </p>
      ) : null}
      {days.some((day) => day !== null) ? <Sparkline days={days} label={m.perDay(meter.label)} /> : null}
      {reach === null || usedRatio === null ? null : (
        <>
          <MeterBar
            label={meter.label}
            valueText={m.usedOf(exact(total), exact(reach))}
            ratio={usedRatio}
            status={status}
          />
          <p data-mb="sub">
            {joinFacts(
              m.usedOf(exact(total), exact(reach)),
              status === 'over' && (limit === null ? m.beyondPlan : m.overLimit),
              status === 'near' && limit !== null && m.nearLimit,
            )}
          </p>
        </>
      )}
      {sentences.map((sentence) =>
        sentence ? (
          <p key={sentence} data-mb="sub">
            {sentence}
          </p>
        ) : null,
      )}
    </div>
  );
}
