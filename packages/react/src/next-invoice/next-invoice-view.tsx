'use client';
import type { CreditBalance } from '@meterboard/contract';
import { formatDay } from '../format/dates.ts';
import { formatMoney } from '../format/money.ts';
import { invoiceWords } from '../i18n/invoices.ts';
import { Card, type CardProps } from '../parts/card.tsx';
import { Term } from '../parts/term.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

export interface NextInvoiceViewProps extends Omit<CardProps, 'part' | 'title'> {
  balance: CreditBalance;
  /** Says the currency in the title; for customers with several. */
  showCurrency?: boolean;
}

/** What the next invoice asks for so far, and the equation that leads to it. Renders a `<section>`. */
export function NextInvoiceView({ balance, showCurrency, ...rest }: NextInvoiceViewProps) {
  const { locale, language, timeZone } = useMeterboard();
  const m = useWords(invoiceWords);
  const { nextInvoice, currency } = balance;
  return (
    <Card
      part="next-invoice"
      title={m.nextInvoice + (showCurrency ? `, ${currency.toUpperCase()}` : '')}
      {...rest}
    >
      {nextInvoice ? (
        <>
          <div>
            <strong data-mb="figure">{formatMoney(nextInvoice.amount, locale)}</strong>
            <p data-mb="sub">
              {m.nextInvoiceOn(formatDay(nextInvoice.atMs, language, timeZone, { weekday: true }))}
            </p>
          </div>
          <dl data-mb="terms">
            {nextInvoice.terms.map(({ kind, amount }) => (
              <Term key={kind} label={m.invoiceTerms[kind]} amount={amount} />
            ))}
            <Term kind="remaining" label={m.nextInvoice} amount={nextInvoice.amount} />
          </dl>
        </>
      ) : (
        <p data-mb="empty">{m.noNextInvoice}</p>
      )}
    </Card>
  );
}
