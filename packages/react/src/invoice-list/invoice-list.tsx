'use client';
import { useState } from 'react';
import { useInvoices } from '../hooks/use-invoices.ts';
import { AsOf } from '../parts/as-of.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { useMeterboard, useSessionKey } from '../provider/meterboard-context.ts';
import { InvoiceListView } from './invoice-list-view.tsx';

/** Invoices, a page at a time. Loading, error, empty and stale states included. */
export function InvoiceList() {
  const owner = useSessionKey();
  const [trail, setTrail] = useState<{ owner: string; cursors: string[] }>({ owner, cursors: [] });
  const cursors = trail.owner === owner ? trail.cursors : [];
  const setCursors = (next: string[]) => setTrail({ owner, cursors: next });
  const cursor = cursors.at(-1);
  const resource = useInvoices(cursor === undefined ? {} : { cursor });
  const { messages: m } = useMeterboard();
  const next = resource.data?.nextCursor;
  const foot =
    next || cursor ? (
      <footer data-mb="card-foot">
        <button
          type="button"
          data-mb="button"
          disabled={!cursor}
          onClick={() => setCursors(cursors.slice(0, -1))}
        >
          {m.newer}
        </button>
        <button
          type="button"
          data-mb="button"
          disabled={!next || next === cursor}
          onClick={() => next && setCursors([...cursors, next])}
        >
          {m.older}
        </button>
      </footer>
    ) : null;
  return (
    <Loaded resource={resource} part="invoices" title={m.invoices} rows={8} foot={foot}>
      {({ invoices }, asOf) => (
        <InvoiceListView
          invoices={invoices}
          aside=<AsOf {...asOf} />
          aria-busy={resource.isFetching}
          foot={foot}
        />
      )}
    </Loaded>
  );
}
