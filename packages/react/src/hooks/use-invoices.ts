'use client';
import type { InvoiceList, InvoiceListInput } from '@meterboard/contract';
import { type Resource, useResource } from './use-resource.ts';

/** A page of invoices, newest first; the page before stays in place until the next one has arrived. */
export function useInvoices(input: InvoiceListInput = {}): Resource<InvoiceList> {
  const isFirst = input.cursor === undefined && input.limit === undefined;
  return useResource({
    name: 'invoices',
    input: isFirst ? undefined : input,
    call: (client) => client.invoices.list.query(input),
    inOverview: isFirst,
    keep: true,
  });
}
