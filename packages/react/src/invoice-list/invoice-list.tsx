'use client';
import { useInvoices } from '../hooks/use-invoices.ts';
import { invoiceWords } from '../i18n/invoices.ts';
import { AsOf } from '../parts/as-of.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { usePages } from '../parts/use-pages.tsx';
import { useWords } from '../provider/use-words.ts';
import { InvoiceListView } from './invoice-list-view.tsx';

/** Invoices, a page at a time. Loading, error, empty and stale states included. */
export function InvoiceList() {
  const { cursor, foot } = usePages();
  const resource = useInvoices(cursor === undefined ? {} : { cursor });
  const m = useWords(invoiceWords);
  const paging = foot(resource.data?.nextCursor);
  return (
    <Loaded resource={resource} part="invoices" title={m.invoices} rows={8} foot={paging}>
      {({ invoices }, asOf) => (
        <InvoiceListView
          invoices={invoices}
          aside=<AsOf {...asOf} />
          aria-busy={resource.isFetching}
          foot={paging}
        />
      )}
    </Loaded>
  );
}
