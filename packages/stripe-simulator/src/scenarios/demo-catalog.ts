import type { Tier } from '../billing/pricing.ts';
import type { AggregationFormula } from '../resources/meters.ts';
import type { Flight } from './flight-log.ts';

/** One thing that the demo sells: a meter, its price in US cents, and what a flight of the log counts for on it. */
export interface DemoProduct {
  key: 'apiRequests' | 'storageGb' | 'tokensUsed';
  displayName: string;
  eventName: string;
  formula: AggregationFormula;
  productName: string;
  unitLabel: string;
  nickname: string;
  /** Left out for tiered prices. */
  unitAmountDecimal?: string;
  tiersMode?: 'graduated';
  tiers?: Tier[];
  valueFor: (flight: Flight) => number;
}

/** What the demo sells, in the order of its subscriptions' items. */
export const demoCatalog: readonly DemoProduct[] = [
  {
    key: 'apiRequests',
    displayName: 'API requests',
    eventName: 'api_requests',
    formula: 'count',
    productName: 'API requests',
    unitLabel: 'request',
    nickname: 'API requests, graduated',
    tiersMode: 'graduated',
    tiers: [
      { upTo: 1_000, unitAmountDecimal: '0', flatAmountDecimal: null },
      { upTo: 2_500, unitAmountDecimal: '0.8', flatAmountDecimal: null },
      { upTo: null, unitAmountDecimal: '0.5', flatAmountDecimal: null },
    ],
    valueFor: () => 1,
  },
  {
    key: 'tokensUsed',
    displayName: 'Tokens used',
    eventName: 'tokens_used',
    formula: 'sum',
    productName: 'Tokens',
    unitLabel: 'token',
    nickname: 'Tokens, per unit',
    unitAmountDecimal: '0.00095',
    valueFor: (flight) => flight.distance,
  },
  {
    key: 'storageGb',
    displayName: 'Storage (GB)',
    eventName: 'storage_gb',
    formula: 'last',
    productName: 'Storage',
    unitLabel: 'GB',
    nickname: 'Storage, per GB',
    unitAmountDecimal: '8',
    valueFor: (flight) => Math.max(0, flight.delay),
  },
];

/** The demo's two customers: the first is comfortable, the second about to run out of credits. */
export const demoPeople = [
  { id: 'cus_DemoAurora1', name: 'Aurora Analytics', email: 'billing@aurora-analytics.example' },
  { id: 'cus_DemoPinecrest2', name: 'Pinecrest Labs', email: 'accounts@pinecrest-labs.example' },
] as const;

/** Which of the two a flight belongs to: origins A to L are the first one's. */
export function demoPersonOf(flight: Flight): 0 | 1 {
  return flight.origin < 'M' ? 0 : 1;
}
