import type { CreditGrant } from '@meterboard/contract';

export const grantWords = {
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
};
