import { createMeterboard, type MeterboardOptions } from '@meterboard/server';

/** Everything that Northwind AI tells Meterboard: who is asking, what things are called, what can be bought. */
export function createBilling(options: Pick<MeterboardOptions, 'stripe' | 'identify' | 'nowMs'>) {
  return createMeterboard({
    ...options,
    meters: [
      { eventName: 'api_requests', label: 'API requests', unit: 'requests' },
      { eventName: 'tokens_used', label: 'Tokens', unit: 'tokens' },
      { eventName: 'storage_gb', label: 'Storage', unit: 'GB' },
    ],
    topUps: {
      packages: [10, 20, 50].map((dollars) => ({
        id: `credits-${dollars}`,
        label: `${dollars}.00 USD of credits`,
        price: { amountMinor: dollars * 100, currency: 'usd' },
        credit: { amountMinor: dollars * 100, currency: 'usd' },
        expiresAfterMonths: 12,
      })),
    },
    lowBalance: { remainingBelowMinor: 1000 },
  });
}
