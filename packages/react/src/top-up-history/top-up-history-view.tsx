'use client';
import type { TopUpRecord } from '@meterboard/contract';
import type { ReactNode } from 'react';
import { formatDay } from '../format/dates.ts';
import { formatMoney } from '../format/money.ts';
import { topUpHistoryWords } from '../i18n/top-up-history.ts';
import { Card, type CardProps } from '../parts/card.tsx';
import { Tag, type TagProps } from '../parts/tag.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

export interface TopUpHistoryViewProps extends Omit<CardProps, 'part' | 'title'> {
  /** Newest first. */
  topUps: TopUpRecord[];
  /** The receipt of a purchase that was paid; `name` tells it from the others. */
  receiptOf?: (topUpId: string, name: string) => ReactNode;
  /** Below the table: paging. */
  foot?: ReactNode;
}

const tones: Record<TopUpRecord['state'], TagProps['tone']> = {
  open: undefined,
  requires_action: 'warn',
  processing: 'warn',
  paid: 'ok',
  granted: 'ok',
  partially_refunded: undefined,
  refunded: undefined,
  disputed: 'danger',
  expired: undefined,
  canceled: undefined,
};
const notCredited = new Set<TopUpRecord['state']>([
  ...(['open', 'requires_action', 'processing', 'paid', 'expired', 'canceled'] as const),
]);

/** Purchases of credits, newest first. Renders a `<section>` with a `<table>`. Styling: `data-state` on each row. */
export function TopUpHistoryView({ topUps, receiptOf, foot, ...rest }: TopUpHistoryViewProps) {
  const { locale, language, timeZone } = useMeterboard();
  const m = useWords(topUpHistoryWords);
  return (
    <Card part="top-up-history" title={m.history} {...rest}>
      {topUps.length ? (
        <table data-mb="table">
          <thead>
            <tr>
              <th scope="col">{m.purchase}</th>
              <th scope="col" data-wide="">
                {m.state}
              </th>
              <th scope="col" data-number="">
                {m.paidAmount}
              </th>
              <th scope="col" data-number="">
                {m.creditedAmount}
              </th>
            </tr>
          </thead>
          <tbody>
            {topUps.map((topUp) => {
              const { topUpId, label, state, price, credited, paidAtMs, createdAtMs } = topUp;
              const day = formatDay(paidAtMs ?? createdAtMs, language, timeZone, { year: true });
              const tag = <Tag tone={tones[state]}>{m.topUpState[state]}</Tag>;
              return (
                <tr key={topUpId} data-state={state}>
                  <th scope="row">
                    {label}
                    <span data-mb="sub">
                      {day}
                      {paidAtMs === null ? null : receiptOf?.(topUpId, m.receiptOf(label, day))}
                    </span>
                    <span data-narrow="">{tag}</span>
                  </th>
                  <td data-wide="">{tag}</td>
                  <td data-number="">{paidAtMs === null ? '–' : formatMoney(price, locale)}</td>
                  <td data-number="">{notCredited.has(state) ? '–' : formatMoney(credited, locale)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      ) : (
        <p data-mb="empty">{m.historyEmpty}</p>
      )}
      {foot}
    </Card>
  );
}
