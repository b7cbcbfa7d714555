import type {
  CreditBalance,
  CreditBalances,
  CreditGrant,
  Invoice,
  InvoiceList,
  Measured,
  MeterList,
  Overview,
  SavedCardAnswer,
  TopUpHistory,
  TopUpPackage,
  TopUpPackages,
  TopUpReceipt,
  TopUpRecord,
  UsageCost,
  UsageSeries,
  UsageSummary,
} from '@meterboard/contract';
import { dayMs, fixtureMeasured, fixtureNowMs, fixturePeriod, usd } from './fixture-clock.ts';
import { fixtureCost } from './fixture-cost.ts';
import { fixtureMeters, fixtureSeries, fixtureUsage } from './fixture-usage.ts';

const { endMs } = fixturePeriod;

const grants: CreditGrant[] = [
  {
    grantId: 'grant-welcome',
    name: 'Welcome bonus',
    category: 'promotional',
    state: 'active',
    granted: usd(842),
    ledgerRemaining: usd(842),
    spokenFor: usd(0),
    effectiveAtMs: Date.UTC(2026, 8, 1),
    expiresAtMs: Date.UTC(2026, 10, 30),
    coversUsageUntilMs: Date.UTC(2026, 10, 1),
    cannotPayCurrentPeriod: true,
  },
  {
    grantId: 'grant-september',
    name: 'Top-up, 2 September',
    category: 'paid',
    state: 'active',
    granted: usd(10_000),
    ledgerRemaining: usd(5648),
    spokenFor: usd(4648),
    effectiveAtMs: Date.UTC(2026, 8, 2),
    expiresAtMs: Date.UTC(2027, 8, 2),
    coversUsageUntilMs: Date.UTC(2027, 8, 1),
    cannotPayCurrentPeriod: false,
  },
  {
    grantId: 'grant-august',
    name: null,
    category: 'paid',
    state: 'depleted',
    granted: usd(5000),
    ledgerRemaining: usd(0),
    spokenFor: usd(0),
    effectiveAtMs: Date.UTC(2026, 7, 4),
    expiresAtMs: null,
    coversUsageUntilMs: null,
    cannotPayCurrentPeriod: false,
  },
];

/** About to run low: 64.90 in credits, 46.48 of it used, 18.42 left. */
export const fixtureBalance: CreditBalance = {
  currency: 'usd',
  scope: { kind: 'all_usage' },
  balance: usd(6490),
  onDrafts: usd(0),
  unbilled: usd(4648),
  remaining: usd(1842),
  remainingRatio: 1842 / 6490,
  terms: [
    { kind: 'balance', amount: usd(6490) },
    { kind: 'on_drafts', amount: usd(0) },
    { kind: 'unbilled', amount: usd(-4648) },
    { kind: 'remaining', amount: usd(1842) },
  ],
  upcoming: usd(0),
  takenFromUpcoming: usd(0),
  arriving: usd(0),
  arrivingCoversUsed: usd(0),
  expiring: usd(842),
  notCovered: usd(0),
  nextInvoice: {
    amount: usd(2900),
    atMs: endMs,
    terms: [
      { kind: 'usage', amount: usd(4648) },
      { kind: 'other', amount: usd(2900) },
      { kind: 'credits', amount: usd(-4648) },
    ],
  },
  sharedBySubscriptions: false,
  status: 'low',
  lowBelow: usd(2000),
  grants,
};

/** The same while a top-up of 60.00 is on its way, 12.00 of which pays for usage already made. */
export const fixtureArrivingBalance: CreditBalance = {
  ...fixtureBalance,
  arriving: usd(6000),
  arrivingCoversUsed: usd(1200),
  terms: [
    ...fixtureBalance.terms,
    { kind: 'arriving', amount: usd(6000) },
    { kind: 'arriving_covers_used', amount: usd(-1200) },
    { kind: 'after_arrival', amount: usd(6642) },
  ],
};

function invoice(number: number, startMonth: number, rest: Partial<Invoice>): Invoice {
  return {
    invoiceId: `in_fixture_${number}`,
    number: `NW-00${number}`,
    status: 'paid',
    createdAtMs: Date.UTC(2026, startMonth + 1, 1),
    servicePeriod: { startMs: Date.UTC(2026, startMonth, 1), endMs: Date.UTC(2026, startMonth + 1, 1) },
    subtotal: usd(5210),
    creditsApplied: usd(5210),
    total: usd(0),
    amountDue: usd(0),
    amountPaid: usd(0),
    amountRemaining: usd(0),
    hostedUrl: `https://invoice.example/${number}`,
    pdfUrl: `https://invoice.example/${number}.pdf`,
    ...rest,
  };
}

/** Paid by credits, paid by card, and one that is still a draft. */
export const fixtureInvoices: Invoice[] = [
  invoice(13, 10, {
    number: null,
    status: 'draft',
    createdAtMs: fixtureNowMs - dayMs,
    subtotal: usd(1250),
    creditsApplied: usd(0),
    total: usd(1250),
    amountDue: usd(1250),
    amountRemaining: usd(1250),
    hostedUrl: null,
    pdfUrl: null,
  }),
  invoice(12, 9, {}),
  invoice(11, 8, { subtotal: usd(4796), creditsApplied: usd(4796) }),
  invoice(10, 7, {
    subtotal: usd(6107),
    creditsApplied: usd(0),
    total: usd(6107),
    amountDue: usd(6107),
    amountPaid: usd(6107),
  }),
];

function topUpPackage(packageId: string, label: string, rest: Partial<TopUpPackage>): TopUpPackage {
  const price = usd(2000);
  return {
    ...{ packageId, label, price, credit: price, bonus: usd(0) },
    ...{ category: 'paid', expiresAfterMonths: 12 },
    ...rest,
  };
}

/** Without a bonus, with a small one, and with a large one that does not expire. */
export const fixturePackages: TopUpPackage[] = [
  topUpPackage('small', 'Small', {}),
  topUpPackage('medium', 'Medium', { price: usd(5000), credit: usd(5250), bonus: usd(250) }),
  topUpPackage('large', 'Large', {
    price: usd(20_000),
    credit: usd(22_000),
    bonus: usd(2000),
    expiresAfterMonths: null,
  }),
];

function topUp(number: number, rest: Partial<TopUpRecord>): TopUpRecord {
  const atMs = fixtureNowMs - number * 9 * dayMs;
  return {
    topUpId: `fixture-top-up-${number}`,
    packageId: 'small',
    label: 'Small',
    category: 'paid',
    expiresAfterMonths: 12,
    state: 'granted',
    payWith: 'hosted_page',
    price: usd(2000),
    credit: usd(2000),
    credited: usd(2000),
    createdAtMs: atMs,
    paidAtMs: atMs,
    ...rest,
  };
}

/** One that has just been paid, one that waits for a bank, and one each that stands, was refunded in part or is disputed. */
export const fixtureTopUps: TopUpRecord[] = [
  topUp(0, { state: 'paid', payWith: 'saved_card', credited: usd(0) }),
  topUp(1, { state: 'processing', credited: usd(0), paidAtMs: null }),
  topUp(2, {
    packageId: 'medium',
    label: 'Medium',
    price: usd(5000),
    credit: usd(5250),
    credited: usd(5250),
  }),
  topUp(3, { packageId: null, label: 'Own amount', state: 'partially_refunded', credited: usd(1500) }),
  topUp(4, { state: 'disputed', credited: usd(0) }),
];

/** Every answer of a fixture server, for one customer. */
export interface Fixtures {
  /** `meters.list` */
  meters: MeterList;
  /** `usage.series`, and `usage` of the overview */
  series: UsageSeries;
  /** `usage.summary` */
  summary: UsageSummary;
  /** `usage.cost` */
  cost: UsageCost;
  /** `credits.balance` */
  credits: CreditBalances;
  /** `invoices.list` */
  invoices: InvoiceList;
  /** `topUps.packages`, and `topUps` of the overview */
  packages: TopUpPackages;
  /** `topUps.savedCard` */
  savedCard: SavedCardAnswer;
  /** `topUps.history` */
  history: TopUpHistory;
  /** `topUps.receipt` */
  receipt: TopUpReceipt;
}

/** The answers of the default customer, who is about to run low. */
export function createFixtures(measured: Measured = fixtureMeasured()): Fixtures {
  return {
    meters: { ...measured, meters: fixtureMeters, mayExport: true },
    series: { ...measured, timeZone: 'UTC', bucket: 'day', series: fixtureSeries },
    summary: { ...measured, meters: fixtureUsage },
    cost: fixtureCost(measured),
    credits: { ...measured, source: 'estimate', balances: [fixtureBalance] },
    invoices: { ...measured, invoices: fixtureInvoices, nextCursor: null },
    packages: {
      ...measured,
      packages: fixturePackages,
      custom: {
        category: 'paid',
        expiresAfterMonths: 12,
        minimum: usd(1000),
        maximum: usd(50_000),
        step: usd(500),
      },
      payWith: ['saved_card', 'embedded_page', 'hosted_page'],
      conditions: { text: 'Prices exclude taxes.', url: 'https://host.example/conditions' },
      tooLateForPeriodEndMs: null,
      unavailable: null,
    },
    savedCard: { ...measured, card: { brand: 'visa', last4: '4242', expiryMonth: 8, expiryYear: 2029 } },
    history: { ...measured, topUps: fixtureTopUps, nextCursor: null },
    receipt: { ...measured, url: 'https://receipt.example/1' },
  };
}

/** The same answers as one overview, every section there. */
export function createFixtureOverview(fixtures: Fixtures = createFixtures()): Overview {
  const { sessionKey, asOfMs, servedAtMs, source, freshness } = fixtures.credits;
  return {
    ...{ sessionKey, asOfMs, servedAtMs, source, freshness },
    meters: { ok: true, data: fixtures.meters },
    usage: { ok: true, data: fixtures.series },
    summary: { ok: true, data: fixtures.summary },
    credits: { ok: true, data: fixtures.credits },
    invoices: { ok: true, data: fixtures.invoices },
    topUps: { ok: true, data: fixtures.packages },
  };
}
