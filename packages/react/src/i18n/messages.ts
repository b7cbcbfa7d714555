import type {
  BalanceTerm,
  CreditGrant,
  InvoiceStatus,
  NextInvoiceTerm,
  PublicError,
} from '@meterboard/contract';

/** Where a purchase stands, as far as there is something to say about it. */
type PhaseWords = Record<
  'checking' | 'unconfirmed' | 'unpaid' | 'processing' | 'arriving' | 'granted' | 'ended',
  (amount: string) => string
>;

/** English. Words are strings; sentences with figures are functions of figures that are already formatted. */
export const english = {
  /** BCP 47: the language of these words, and of the weekdays, months and ages among them. */
  language: 'en',
  dashboard: 'Usage and billing',
  billingPeriod: (span: string) => `Billing period ${span}`,
  nextInvoiceIn: (when: string) => `next invoice ${when}`,
  loading: 'Loading',
  retry: 'Try again',
  retrying: 'Trying again…',
  updated: (age: string) => `Updated ${age}`,
  outdated: (age: string) => `Last updated ${age}`,
  /** By code; for the others the server's words are shown. */
  errors: {
    provider_unavailable: 'Billing data cannot be reached right now. Try again in a moment.',
    unknown_meter: 'There is no such meter.',
    conflict: 'Something changed meanwhile. Reload the page and try again.',
    internal: 'Something went wrong on the server.',
  } as Partial<Record<PublicError['code'], string>>,

  credits: 'Remaining credits',
  creditsIn: (currency: string) => `Remaining credits, ${currency}`,
  creditsForSome: 'for certain prices only',
  creditsEmpty: 'No credits yet. They appear here after the first top-up or grant.',
  leftOf: (balance: string) => `left of ${balance} in credits`,
  noneLeft: 'New usage is charged with the next invoice.',
  unusable: 'No subscription with metered prices can use these credits.',
  arriving: (amount: string) => `${amount} paid, arriving`,
  expiring: (amount: string) => `${amount} of it expires before it can pay for this period`,
  upcoming: (amount: string) => `${amount} more starts later`,
  shared: 'Several subscriptions draw on these credits, in no guaranteed order.',
  creditStatus: { low: 'Low', empty: 'Used up', unusable: 'Not usable' },
  terms: {
    balance: 'Credit balance',
    on_drafts: 'On draft invoices',
    unbilled: 'Used, not yet billed',
    remaining: 'Remaining',
  } satisfies Record<BalanceTerm['kind'], string>,

  grants: 'Credits, in the order they are used',
  grantsEmpty: 'Credits that you buy or receive are listed here.',
  grantName: { paid: 'Top-up', promotional: 'Promotional credit' } satisfies Record<
    CreditGrant['category'],
    string
  >,
  category: { paid: 'paid', promotional: 'promotional' } satisfies Record<CreditGrant['category'], string>,
  /** Of grants that are gone. */
  grantState: {
    depleted: 'used up',
    expired: 'expired',
    voided: 'voided',
  } as Partial<Record<CreditGrant['state'], string>>,
  coversUntil: (day: string) => `covers usage up to ${day}`,
  startsOn: (day: string) => `starts ${day}`,
  noExpiry: 'does not expire',
  notThisPeriod: 'cannot pay for this period',
  spokenFor: (amount: string) => `${amount} reserved`,
  expires: (day: string) => `expires ${day}`,
  usedNext: 'next',
  formerGrants: 'Used up or expired',

  lowTitle: (amount: string) => `Credits are running low: ${amount} left.`,
  lowBody: 'Usage beyond that is charged with the next invoice.',
  emptyTitle: 'No credits left.',

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

  thisPeriod: 'This period',
  usageEmpty: 'Meters appear here once your plan measures something.',
  unknown: 'not known',
  inPlan: 'in your plan',
  beyondPlan: 'beyond what your plan includes',
  nearLimit: 'close to your limit',
  overLimit: 'over your limit',
  latestValue: 'latest value',
  usedOf: (used: string, of: string) => `${used} of ${of}`,

  usage: 'Usage',
  meters: 'Meters',
  usageOf: (meter: string) => `Usage, ${meter}`,
  noUsage: 'No usage in this period yet. It shows here minutes after it happens.',
  per: { hour: 'per hour', day: 'per day', week: 'per week', month: 'per month' },
  stillCounting: 'still counting',
  carried: 'unchanged',
  partOf: { hour: 'part of an hour', day: 'part of a day', week: 'part of a week', month: 'part of a month' },
  zone: (name: string) => `Times in ${name}`,
  asTable: 'Table',
  asChart: 'Chart',
  time: 'Time',
  quantity: 'Quantity',
  noData: 'no data',
  noReading: 'No data for this period.',
  chartSummary: (span: string, total: string, most: string, when: string) =>
    `${span}: ${total}. Highest ${most}, ${when}.`,

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
  older: 'Older',
  newer: 'Newer',

  topUp: 'Top up',
  topUpTitle: 'Top up credits',
  topUpPackages: 'Amount',
  creditAdded: (amount: string) => `adds ${amount} of credit`,
  validFor: (months: string) => `expires ${months} after purchase`,
  toPayment: 'Continue to payment',
  opening: 'Opening payment…',
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  unavailable: {
    not_allowed: 'Your role does not include top-ups.',
    no_metered_subscription: 'Top-ups need a subscription with metered prices.',
    not_configured: '',
  },
  /** Where a purchase stands; `unconfirmed`: it has been `checking` for long. */
  topUpPhase: {
    checking: () => 'Checking your payment…',
    unconfirmed: () => 'We cannot confirm the payment yet.',
    unpaid: () => 'The payment was not completed. Nothing was charged.',
    processing: (amount) => `Your bank is confirming the payment. ${amount} is added once it has.`,
    arriving: (amount) => `Paid, arriving: ${amount}`,
    granted: (amount) => `${amount} added`,
    ended: () => 'The payment did not go through. Nothing was added.',
  } satisfies PhaseWords as PhaseWords,
  continuePayment: 'Continue payment',
  slow: (reference: string) =>
    `This takes longer than usual. The credit is added by itself; if it is missing in an hour, tell support ${reference}.`,
};

/** Every word the components say. */
export type Messages = typeof english;
