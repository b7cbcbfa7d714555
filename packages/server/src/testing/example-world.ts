import type {
  RawCreditGrant,
  RawCreditTransaction,
  RawDocument,
  RawDocumentLine,
  RawMeter,
  RawPrice,
  RawSubscription,
} from '../gateway.ts';

/** Builders with defaults: a test names only what it is about. All of them live in one billing period. */
export const exampleDayMs = 86_400_000;
export const exampleNowMs = Date.UTC(2026, 2, 15, 12);
export const examplePeriod = { startMs: Date.UTC(2026, 2, 1), endMs: Date.UTC(2026, 3, 1) };

export function exampleMeter(known: Partial<RawMeter> = {}): RawMeter {
  const meter: RawMeter = {
    meterId: 'mtr_requests',
    eventName: 'api_requests',
    displayName: 'API requests',
    aggregation: 'sum',
    active: true,
  };
  return { ...meter, ...known };
}

/** One minor unit per unit of the example meter. */
export function examplePrice(known: Partial<RawPrice> = {}): RawPrice {
  const price: RawPrice = {
    priceId: 'price_mtr_requests',
    currency: 'usd',
    meterId: 'mtr_requests',
    tiers: [],
    tiersMode: null,
    unitAmountMinor: '1',
    transformQuantity: null,
  };
  return { ...price, ...known };
}

export function exampleSubscription(
  known: Partial<RawSubscription> & { meterIds?: (string | null)[] } = {},
): RawSubscription {
  const { meterIds = ['mtr_requests'], ...rest } = known;
  const subscriptionId = known.subscriptionId ?? 'sub_1';
  return {
    subscriptionId,
    live: true,
    currency: 'usd',
    createdAtMs: examplePeriod.startMs,
    billingAnchorMs: examplePeriod.startMs,
    items: meterIds.map((meterId, index) => ({
      itemId: `${subscriptionId}_item_${index}`,
      priceId: meterId === null ? 'price_seats' : `price_${meterId}`,
      meterId,
      period: examplePeriod,
      recurrence: { unit: 'month', count: 1 },
    })),
    ...rest,
  };
}

export function exampleGrant(
  grantId: string,
  amountMinor: number,
  known: Partial<RawCreditGrant> = {},
): RawCreditGrant {
  return {
    grantId,
    name: grantId,
    category: 'paid',
    amount: { amountMinor, currency: 'usd' },
    priority: 50,
    priceIds: null,
    effectiveAtMs: examplePeriod.startMs,
    expiresAtMs: null,
    voidedAtMs: null,
    createdAtMs: examplePeriod.startMs,
    owner: null,
    ...known,
  };
}

/** The ledger entry with which a grant begins. */
export function exampleGranted({ grantId, amount, effectiveAtMs }: RawCreditGrant): RawCreditTransaction {
  const { amountMinor, currency } = amount;
  return { grantId, kind: 'granted', signedMinor: amountMinor, currency, effectiveAtMs };
}

export function exampleLine(netAmountMinor: number, known: Partial<RawDocumentLine> = {}): RawDocumentLine {
  return {
    priceId: 'price_mtr_requests',
    meterId: 'mtr_requests',
    subscriptionId: 'sub_1',
    netAmountMinor,
    discountMinor: 0,
    providerCreditMinor: 0,
    quantity: null,
    period: examplePeriod,
    ...known,
  };
}

export function exampleDocument(
  documentId: string,
  lines: RawDocumentLine[],
  known: Partial<RawDocument> = {},
): RawDocument {
  return {
    kind: 'preview',
    documentId,
    subscriptionId: 'sub_1',
    currency: 'usd',
    periodEndMs: examplePeriod.endMs,
    createdAtMs: exampleNowMs,
    totalMinor: lines.reduce((sum, { netAmountMinor }) => sum + netAmountMinor, 0),
    startingBalanceMinor: 0,
    providerCreditMinor: 0,
    lines,
    ...known,
  };
}
