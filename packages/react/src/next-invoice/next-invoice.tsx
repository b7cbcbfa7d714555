'use client';
import { useCreditBalance } from '../hooks/use-credit-balance.ts';
import { invoiceWords } from '../i18n/invoices.ts';
import { Card } from '../parts/card.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { useWords } from '../provider/use-words.ts';
import { NextInvoiceView } from './next-invoice-view.tsx';

/** What the next invoice asks for so far, one card for each currency. Loading, error and empty states included. */
export function NextInvoice() {
  const resource = useCreditBalance();
  const m = useWords(invoiceWords);
  return (
    <Loaded resource={resource} part="next-invoice" title={m.nextInvoice} rows={6}>
      {({ balances }) => {
        const open = balances.filter(({ scope }) => scope.kind === 'all_usage');
        return open.length ? (
          open.map((balance) => (
            <NextInvoiceView key={balance.currency} balance={balance} showCurrency={open.length > 1} />
          ))
        ) : (
          <Card part="next-invoice" title={m.nextInvoice}>
            <p data-mb="empty">{m.noNextInvoice}</p>
          </Card>
        );
      }}
    </Loaded>
  );
}
