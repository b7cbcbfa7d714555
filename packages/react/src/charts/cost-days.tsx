'use client';
import type { MeterCost } from '@meterboard/contract';
import { formatDay } from '../format/dates.ts';
import { formatMoney } from '../format/money.ts';
import { costWords } from '../i18n/usage-cost.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { round } from './geometry.ts';

export interface CostDaysProps {
  /** Ascending. */
  days: MeterCost['days'];
  /** What it shows. */
  label: string;
  height?: number;
}

/** What each day cost, as small bars; each says its amount. A day that is not known is an empty frame. Renders an `<svg role="img">`, or nothing without days. */
export function CostDays({ days, label, height = 56 }: CostDaysProps) {
  const { locale, language, timeZone } = useMeterboard();
  const m = useWords(costWords);
  if (days.length === 0) return null;
  const most = days.reduce(
    (best, day) => ((day.amount?.amountMinor ?? 0) > (best.amount?.amountMinor ?? 0) ? day : best),
    days[0] as MeterCost['days'][number],
  );
  const high = Math.max(1, most.amount?.amountMinor ?? 0);
  const step = 100 / days.length;
  const when = (startMs: number) => formatDay(startMs, language, timeZone);
  const summary = most.amount
    ? m.costPerDaySummary(formatMoney(most.amount, locale), when(most.startMs))
    : '';
  return (
    <svg data-mb="cost-days" width="100%" height={height} role="img" aria-label={`${label}. ${summary}`}>
      {days.map(({ startMs, amount }, index) => {
        const size = amount
          ? Math.max(1, round(((height - 4) * Math.max(0, amount.amountMinor)) / high))
          : height - 4;
        return (
          <rect
            key={startMs}
            data-unknown={amount ? undefined : ''}
            x={`${round(index * step * 10) / 10}%`}
            y={height - size}
            width={`${round(step * 8) / 10}%`}
            height={size}
            rx="2"
          >
            <title>{amount ? `${when(startMs)}: ${formatMoney(amount, locale)}` : when(startMs)}</title>
          </rect>
        );
      })}
    </svg>
  );
}
