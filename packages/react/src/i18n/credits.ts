import type { BalanceTerm } from '@meterboard/contract';

/** Words of the balance, and of the warning when it is low. */
export const creditWords = {
  credits: 'Remaining credits',
  creditsIn: (currency: string) => `Remaining credits, ${currency}`,
  creditsForSome: 'for certain prices only',
  creditsEmpty: 'Credits appear here after the first top-up or grant.',
  leftOf: (balance: string) => `left of ${balance} in credits`,
  noneLeft: 'New usage is charged with the next invoice.',
  unusable: 'No subscription with metered prices can use these credits.',
  arriving: (amount: string) => `${amount} paid, arriving`,
  expiring: (amount: string) => `${amount} of it expires before it can pay for this period`,
  upcoming: (amount: string) => `${amount} more starts later`,
  shared: 'Several subscriptions share these credits, in no fixed order.',
  creditStatus: { low: 'Low', empty: 'Used up', unusable: 'Not usable' },
  terms: {
    balance: 'Credit balance',
    on_drafts: 'On draft invoices',
    unbilled: 'Used, not yet billed',
    remaining: 'Remaining',
    arriving: 'Paid, arriving',
    arriving_covers_used: 'Covers usage already made',
    after_arrival: 'After arrival',
  } satisfies Record<BalanceTerm['kind'], string>,

  lowTitle: (amount: string) => `Credits are running low: ${amount} left.`,
  lowBody: 'Usage beyond that is charged with the next invoice.',
  emptyTitle: 'No credits left.',
};
