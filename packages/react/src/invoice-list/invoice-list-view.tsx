'use client';
import type { Invoice } from '@meterboard/contract';
import type { ReactNode } from 'react';
import { formatDay, formatSpan } from '../format/dates.ts';
import { formatMoney } from '../format/money.ts';
import { invoiceWords } from '../i18n/invoices.ts';
import { Card, type CardProps } from '../parts/card.tsx';
import { Tag, type TagProps } from '../parts/tag.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

export interface InvoiceListViewProps extends Omit<CardProps, 'part' | 'title'> {
  invoices: Invoice[];
  /** Below the table: paging. */
  foot?: ReactNode;
}

const tones: Record<Invoice['status'], TagProps['tone']> = {
  draft: undefined,
  open: 'warn',
  paid: 'ok',
  uncollectible: 'danger',
  void: undefined,
};

/** Invoices, newest first. Renders a `<section>` with a `<table>`. Styling: `data-status` on each row. */
export function InvoiceListView({ invoices, foot, ...rest }: InvoiceListViewProps) {
  const { locale, language, timeZone } = useMeterboard();
  const m = useWords(invoiceWords);
  const nameOf = ({ number, status }: Invoice) => number ?? m.invoiceStatus[status];
  return (
    <Card part="invoices" title={m.invoices} {...rest}>
      {invoices.length ? (
        <table data-mb="table">
          <thead>
            <tr>
              <th scope="col">{m.invoice}</th>
              <th scope="col" data-wide="">
                {m.period}
              </th>
              <th scope="col">{m.status}</th>
              <th scope="col" data-number="" data-wide="">
                {m.creditsUsed}
              </th>
              <th scope="col" data-number="">
                {m.totalDue}
              </th>
            </tr>
          </thead>
          <tbody>
            {invoices.map((invoice) => (
              <tr key={invoice.invoiceId} data-status={invoice.status}>
                <th scope="row">
                  {nameOf(invoice)}
                  <span data-mb="sub">
                    {formatDay(invoice.createdAtMs, language, timeZone, { year: true })}
                    <InvoiceLink href={invoice.hostedUrl} words={m.view} of={nameOf(invoice)} />
                    <InvoiceLink href={invoice.pdfUrl} words={m.pdf} of={nameOf(invoice)} />
                  </span>
                </th>
                <td data-wide="">
                  {invoice.servicePeriod ? formatSpan(invoice.servicePeriod, language, timeZone) : '–'}
                </td>
                <td>
                  <Tag tone={tones[invoice.status]}>{m.invoiceStatus[invoice.status]}</Tag>
                </td>
                <td data-number="" data-wide="">
                  {invoice.creditsApplied.amountMinor ? formatMoney(invoice.creditsApplied, locale) : '–'}
                </td>
                <td data-number="">{formatMoney(invoice.amountDue, locale)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p data-mb="empty">{m.invoicesEmpty}</p>
      )}
      {foot}
    </Card>
  );
}

/** A link to the provider's page; nothing where there is none or where it is no web address. */
function InvoiceLink({ href, words, of }: { href: string | null; words: string; of: string }) {
  if (!href || !/^https?:\/\//.test(href)) return null;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" aria-label={`${words}, ${of}`} data-mb="link">
      {words}
    </a>
  );
}
