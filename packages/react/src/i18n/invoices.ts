import type { InvoiceStatus, NextInvoiceTerm } from '@meterboard/contract';

/** Words of past invoices and of the next one. */
export const invoiceWords = {
  nextInvoice: 'Next invoice',
  nextInvoiceOn: (day: string) => `so far, for ${day}`,
  noNextInvoice: 'Nothing is due so far.',
  invoiceTerms: {
    usage: 'Usage',
    other: 'Plan and other charges',
    credits: 'Paid from credits',
    account_balance: 'Account balance',
    carried_over: 'Carried over',
  } satisfies Record<NextInvoiceTerm['kind'], string>,

  invoices: 'Invoices',
  invoicesEmpty: 'Invoices appear here when the first billing period ends.',
  invoice: 'Invoice',
  period: 'Period',
  status: 'Status',
  creditsUsed: 'Credits',
  totalDue: 'Total due',
  invoiceStatus: {
    draft: 'Draft',
    open: 'Open',
    paid: 'Paid',
    uncollectible: 'Uncollectible',
    void: 'Void',
  } satisfies Record<InvoiceStatus, string>,
  view: 'View',
  pdf: 'PDF',
};
