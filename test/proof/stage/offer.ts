import type { TopUpOptions } from '@meterboard/server';

export const snapshotSecret = 'whsec_of_snapshots';

const usd = (amountMinor: number) => ({ amountMinor, currency: 'usd' });

/** What is for sale on every stage. */
export const topUpOptions: TopUpOptions = {
  packages: [
    { id: 'ten', label: 'Ten', price: usd(1_000), credit: usd(1_000) },
    { id: 'bonus', label: 'Twenty and a bonus', price: usd(2_000), credit: usd(2_500), priority: 10 },
    { id: 'year', label: 'For a year', price: usd(1_500), credit: usd(1_500), expiresAfterMonths: 12 },
    { id: 'month', label: 'For a month', price: usd(700), credit: usd(999), expiresAfterMonths: 1 },
  ],
  custom: { currency: 'usd', minimumMinor: 500, maximumMinor: 50_000, stepMinor: 100 },
  payWith: ['saved_card', 'hosted_page', 'embedded_page'],
  returnUrl: 'https://app.example/billing',
};
