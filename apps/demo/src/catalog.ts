import type { MeterboardOptions } from '@meterboard/server';

const usd = (amount: number) => ({ amountMinor: amount * 100, currency: 'usd' });

/** What Northwind AI's customers call the things that are metered. */
export const meters: MeterboardOptions['meters'] = [
  { eventName: 'api_requests', label: 'API requests', unit: 'requests' },
  { eventName: 'tokens_used', label: 'Tokens', unit: 'tokens' },
  { eventName: 'storage_gb', label: 'Storage', unit: 'GB' },
];

/** What they can buy, with a card that is kept or on the payment page. The large one comes with a bonus. */
export const topUps: MeterboardOptions['topUps'] = {
  packages: [
    { id: 'small', label: 'Small top-up', price: usd(10), credit: usd(10), expiresAfterMonths: 12 },
    { id: 'medium', label: 'Medium top-up', price: usd(20), credit: usd(20), expiresAfterMonths: 12 },
    { id: 'large', label: 'Large top-up', price: usd(50), credit: usd(55), expiresAfterMonths: 12 },
  ],
  custom: {
    currency: 'usd',
    minimumMinor: 500,
    maximumMinor: 100_000,
    stepMinor: 500,
    label: 'Northwind AI credits',
    expiresAfterMonths: 12,
  },
  invoices: true,
  conditions: { text: 'Credits pay for usage of Northwind AI. They are not refundable once used.' },
};
