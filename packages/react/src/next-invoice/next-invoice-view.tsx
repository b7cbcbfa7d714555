'use client';
import type { CreditBalance, MeterUsage } from '@meterboard/contract';
import { formatDay } from '../format/dates.ts';
import { formatMoney } from '../format/money.ts';
import { Card, type CardProps } from '../parts/card.tsx';
import { Term } from '../parts/term.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';

export interface NextInvoiceViewProps extends Omit<CardProps, 'part' | 'title'> {
  balance: CreditBalance;
  /** What each meter costs before credits; only those in the balance's currency are listed. */
  meters?: MeterUsage[];
}

/** What the next invoice asks for so far, and what credits pay of it. Renders a `<section>`. */
export function NextInvoiceView({ balance, meters = [], ...rest }: NextInvoiceViewProps) {
  const { locale, timeZone, messages: m } = useMeterboard();
  const { nextInvoice, notCovered } = balance;
  return (
    <Card part="next-invoice" title={m.nextInvoice} {...rest}>
      {nextInvoice ? (
        <div>
          <strong data-mb="figure">{formatMoney(nextInvoice.amount, locale)}</strong>
          <p data-mb="sub">
            {m.nextInvoiceOn(formatDay(nextInvoice.atMs, locale, timeZone, { weekday: true }))}
          </p>
        </div>
      ) : (
        <p data-mb="empty">{m.noNextInvoice}</p>
      )}
      <dl data-mb="terms">
        {meters.map(({ meter, cost }) =>
          cost?.currency === balance.currency ? (
            <Term key={meter.eventName} label={meter.label} amount={cost} />
          ) : null,
        )}
        <Term kind="total" label={m.paidByCredits} amount={balance.unbilled} />
        {notCovered ? <Term label={m.notCovered} amount={notCovered} /> : null}
      </dl>
    </Card>
  );
}
