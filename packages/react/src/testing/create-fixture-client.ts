import {
  BillingError,
  type BillingErrorCode,
  type MeterboardClient,
  type Section,
  type TopUpNextStep,
  type TopUpStart,
  type TopUpStartInput,
  type TopUpState,
  type TopUpStatus,
  topUpReturnParam,
  type UsageSeries,
} from '@meterboard/contract';
import { fixtureMeasured, fixtureNowMs } from './fixture-clock.ts';
import { fixtureInZone } from './fixture-in-zone.ts';
import { fixtureSeriesFor } from './fixture-series-for.ts';
import { createFixtureOverview, createFixtures, type Fixtures, fixturePackages } from './fixtures.ts';

/** `loading` never answers; a code fails with it; `empty` is a customer with nothing yet; `stale` is the last good reading. */
export type FixtureState = 'default' | 'loading' | 'empty' | 'stale' | BillingErrorCode | 'internal';

export interface FixtureOptions {
  /** For all procedures. Default `default`. */
  state?: FixtureState;
  /** For single procedures and their sections of the overview; the keys are those of `Fixtures`. */
  states?: Partial<Record<keyof Fixtures, FixtureState>>;
  /** Whose data it is. */
  sessionKey?: string;
  /** Replaces single answers, also in the overview; the keys are those of `Fixtures`. */
  answers?: Partial<Fixtures>;
  /** What `topUps.status` answers, poll by poll; the last one stays. Default: paid, then granted. */
  topUpStates?: TopUpState[];
  /** Replaces parts of what `topUps.status` answers: `coversUsed`, `declined`, … */
  topUpAnswer?: Partial<TopUpStatus>;
  /** The payment page that `topUps.start` answers with. Default: the return to the present page. `null`: already paid. */
  paymentUrl?: string | null;
  /**
   * Replaces parts of what `topUps.start` answers, call by call; the last one stays. Default: a charge of the saved
   * card is paid at once, the pages are opened.
   */
  starts?: Partial<TopUpNextStep>[];
  /** Fails `topUps.start` with this code. */
  startError?: BillingErrorCode | 'internal';
  /** Called with the procedure's name before it answers. */
  onCall?: (procedure: string, input: unknown) => void;
}

/**
 * A client that answers from deterministic fixtures, frozen at `fixtureNowMs`: for stories, tests and design work
 * without a server. Each procedure can be made to load for ever, to fail, to be empty or to be stale.
 */
export function createFixtureClient(options: FixtureOptions = {}): MeterboardClient {
  const { sessionKey, onCall, topUpStates = ['paid', 'granted'] } = options;
  let polls = 0;
  let starts = 0;
  let order: TopUpStartInput = { packageId: 'small', attemptId: 'fixture-attempt' };

  const stateOf = (name: keyof Fixtures) => options.states?.[name] ?? options.state ?? 'default';
  const fixture = <Name extends keyof Fixtures>(name: Name): Fixtures[Name] => {
    const state = stateOf(name);
    const measured = fixtureMeasured(sessionKey, state === 'stale' ? 'stale' : 'live');
    const made = state === 'empty' ? emptyFixtures(createFixtures(measured)) : createFixtures(measured);
    return options.answers?.[name] ?? made[name];
  };
  const answer = async <Name extends keyof Fixtures>(
    name: Name,
    input?: unknown,
  ): Promise<Fixtures[Name]> => {
    onCall?.(name, input);
    return settle(stateOf(name), () => fixture(name));
  };

  return {
    overview: {
      async query(input) {
        onCall?.('overview', input);
        const overview = createFixtureOverview({
          ...createFixtures(fixtureMeasured(sessionKey)),
          meters: fixture('meters'),
          series: periodIn(fixture('series'), input.timeZone),
          summary: fixture('summary'),
          credits: fixture('credits'),
          invoices: fixture('invoices'),
          packages: fixture('packages'),
        });
        const section = <T>(name: keyof Fixtures, whole: Section<T>): Section<T> => {
          const code = failureOf(stateOf(name));
          return code ? { ok: false, error: failure(code).toPublicError() } : whole;
        };
        return settle(options.state ?? 'default', () => ({
          ...overview,
          meters: section('meters', overview.meters),
          usage: section('series', overview.usage),
          summary: section('summary', overview.summary),
          credits: section('credits', overview.credits),
          invoices: section('invoices', overview.invoices),
          topUps: section('packages', overview.topUps),
        }));
      },
    },
    meters: { list: { query: () => answer('meters') } },
    usage: {
      series: {
        async query(input) {
          const whole = await answer('series', input);
          const { meters } = input;
          const series = whole.series.filter(({ meter }) => !meters || meters.includes(meter.eventName));
          if (meters && series.length < meters.length) throw new BillingError('unknown_meter');
          return fixtureInZone({ ...whole, ...fixtureSeriesFor(input, series) }, input.timeZone);
        },
      },
      summary: { query: (input) => answer('summary', input) },
      cost: {
        async query(input) {
          const whole = await answer('cost', input);
          const { meters, timeZone } = input;
          return {
            ...whole,
            timeZone,
            meters: whole.meters.filter(({ meter }) => !meters || meters.includes(meter.eventName)),
          };
        },
      },
    },
    credits: { balance: { query: () => answer('credits') } },
    invoices: { list: { query: (input) => answer('invoices', input) } },
    topUps: {
      packages: { query: () => answer('packages') },
      start: {
        async mutate(input): Promise<TopUpStart> {
          onCall?.('start', input);
          if (options.startError) throw new BillingError(options.startError);
          order = input;
          const answers = options.starts ?? [];
          starts += 1;
          return {
            sessionKey: fixtureMeasured(sessionKey).sessionKey,
            topUpId: 'fixture-top-up',
            ...startOf(input, options.paymentUrl),
            ...answers[Math.min(starts, answers.length) - 1],
          };
        },
      },
      status: {
        async query(input) {
          onCall?.('status', input);
          const state = topUpStates[Math.min(polls, topUpStates.length - 1)] ?? 'granted';
          polls += 1;
          return {
            ...fixtureMeasured(sessionKey),
            ...input,
            ...boughtBy(order),
            state,
            payWith: order.payWith ?? 'hosted_page',
            credited: { amountMinor: 0, currency: 'usd' },
            ...{ createdAtMs: fixtureNowMs, paidAtMs: fixtureNowMs },
            ...{ url: null, clientSecret: null, declined: null, coversUsed: null },
            ...options.topUpAnswer,
          };
        },
      },
      savedCard: { query: () => answer('savedCard') },
      history: { query: (input) => answer('history', input) },
      receipt: { query: (input) => answer('receipt', input) },
    },
  };
}

/** How a start goes on by itself. */
function startOf({ payWith }: TopUpStartInput, paymentUrl: string | null | undefined): TopUpNextStep {
  const page = paymentUrl === undefined ? `?${topUpReturnParam}=fixture-top-up` : paymentUrl;
  const nothing = { url: null, clientSecret: null, declined: null };
  if (payWith === 'saved_card' || page === null) return { ...nothing, state: 'paid' };
  return payWith === 'embedded_page'
    ? { ...nothing, state: 'open', clientSecret: 'cs_test_fixture_secret_fixture' }
    : { ...nothing, state: 'open', url: page };
}

function boughtBy({ packageId, amountMinor = 0 }: TopUpStartInput) {
  const own = { amountMinor, currency: 'usd' };
  const { label, price, credit, category, expiresAfterMonths } =
    fixturePackages.find((one) => one.packageId === packageId) ??
    ({ label: 'Own amount', price: own, credit: own, category: 'paid', expiresAfterMonths: 12 } as const);
  return { packageId: packageId ?? null, label, price, credit, category, expiresAfterMonths };
}

/** What an overview tells of usage: the period by day, with nothing asked along. */
function periodIn(usage: UsageSeries, timeZone: string): UsageSeries {
  const input = { range: { kind: 'period' }, bucket: 'day', timeZone } as const;
  return fixtureInZone({ ...usage, ...fixtureSeriesFor(input, usage.series) }, timeZone);
}

function failureOf(state: FixtureState): BillingErrorCode | 'internal' | null {
  return state === 'default' || state === 'loading' || state === 'empty' || state === 'stale' ? null : state;
}

/** Says that it may be tried again at once, so that nobody waits for a fixture to fail. */
function failure(code: BillingErrorCode | 'internal'): BillingError {
  const error = new BillingError(code);
  return error.retryable ? new BillingError(code, { retryAfterMs: 0 }) : error;
}

function settle<T>(state: FixtureState, make: () => T): Promise<T> {
  const code = failureOf(state);
  if (code) return Promise.reject(failure(code));
  return state === 'loading' ? new Promise(() => undefined) : Promise.resolve(make());
}

function emptyFixtures(fixtures: Fixtures): Fixtures {
  return {
    meters: { ...fixtures.meters, meters: [] },
    series: {
      ...fixtures.series,
      series: fixtures.series.series.map((one) => ({
        ...one,
        total: one.meter.aggregation === 'last' ? null : '0',
        buckets: one.buckets.map((bucket) => ({ ...bucket, quantity: null, cumulative: null })),
        previous: null,
        forecast: { kind: 'unavailable' as const, reason: 'too_little_data' as const },
      })),
    },
    summary: { ...fixtures.summary, meters: [] },
    cost: { ...fixtures.cost, meters: [], totals: [] },
    credits: { ...fixtures.credits, balances: [] },
    invoices: { ...fixtures.invoices, invoices: [] },
    packages: { ...fixtures.packages, packages: [], custom: null, unavailable: 'not_configured' },
    savedCard: { ...fixtures.savedCard, card: null },
    history: { ...fixtures.history, topUps: [] },
    receipt: { ...fixtures.receipt, url: null },
  };
}
