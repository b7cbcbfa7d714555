import type { Meterboard } from '@meterboard/server';
import type { Simulator } from '@meterboard/stripe-simulator';
import fc from 'fast-check';
import type Stripe from 'stripe';
import { sharedStore } from '../../packages/server/src/testing/describe-stores.ts';
import { buildAccount, startWorld } from '../integration/stripe-world.ts';

/** One thing that happens. Numbers pick among what there is at that moment; where there is nothing, nothing happens. */
export type Happening =
  | { kind: 'start'; way: 'hosted_page' | 'embedded_page' | 'saved_card'; package: number; again: boolean }
  | { kind: 'card'; behaves: number }
  | { kind: 'pay'; which: number; method: number }
  | { kind: 'refund'; which: number; percent: number }
  | { kind: 'fail_refund'; which: number }
  | { kind: 'dispute'; which: number; percent: number; sort: number }
  | { kind: 'decide'; which: number; verdict: number }
  | { kind: 'use'; cents: number }
  | { kind: 'pass'; hours: number }
  | { kind: 'void'; which: number }
  | { kind: 'fault'; where: number; how: number }
  | { kind: 'ask'; which: number }
  | { kind: 'crash' }
  | { kind: 'sweep' };

const pick = fc.nat(20);

/** Histories in which everything may happen, in any order. */
export const anyHistory = (length: number): fc.Arbitrary<Happening[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant('start' as const),
          way: fc.constantFrom('hosted_page' as const, 'embedded_page' as const, 'saved_card' as const),
          package: fc.nat(2),
          again: fc.boolean(),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('card' as const), behaves: fc.nat(4) }) },
      {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant('pay' as const), which: pick, method: fc.nat(4) }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('refund' as const),
          which: pick,
          percent: fc.integer({ min: 1, max: 100 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail_refund' as const), which: pick }) },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('dispute' as const),
          which: pick,
          percent: fc.integer({ min: 1, max: 100 }),
          sort: fc.nat(4),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('decide' as const), which: pick, verdict: fc.nat(1) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('use' as const),
          cents: fc.integer({ min: 1, max: 2_500 }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('pass' as const),
          hours: fc.constantFrom(1, 3, 30, 24 * 33),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('void' as const), which: pick }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('fault' as const), where: fc.nat(4), how: fc.nat(3) }),
      },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('ask' as const), which: pick }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('sweep' as const) }) },
    ),
    { minLength: Math.ceil(length / 2), maxLength: length, size: 'max' },
  );

const nowMs = Date.UTC(2026, 2, 20, 15, 45, 30);
const usd = (amountMinor: number) => ({ amountMinor, currency: 'usd' });
const cards = [
  null,
  'pm_card_chargeDeclined',
  'pm_card_authenticationRequired',
  'pm_card_chargeDeclinedInsufficientFunds',
  null,
] as const;
const methods = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_usBankAccount_success',
  'pm_usBankAccount_insufficientFunds',
  'pm_card_chargeDeclined',
];
const faultPaths = [/credit_grants$/, /\/void$/, /\/expire$/, /checkout\/sessions$/, /payment_intents$/];

/** A customer, a simulated Stripe and a Meterboard that may be taken down at any time. */
export interface Stage {
  simulator: Simulator;
  client: Stripe;
  customerId: string;
  meterboard(): Meterboard;
  /** What the store is: shared by one Meterboard after the other. */
  close(): Promise<void>;
}

/** What the ledger says of one purchase. */
export interface Standing {
  topUpId: string;
  creditMinor: number;
  /** The rule: what the payment is worth after refunds and disputes; 0 where nothing was paid. */
  worthMinor: number;
  /** Applied to invoices for good. */
  usedMinor: number;
  /** Can still be spent. */
  liveMinor: number;
  /** What the store says that the customer has of it. */
  creditedMinor: number;
  state: string;
  stuck: string | null;
  /** Paid payments of the purchase at Stripe. */
  paidCount: number;
}

/** Lives through a history and checks after each step that nobody has more than was sold. Answers where every purchase stands at the end, settled. */
export async function liveThrough(history: readonly Happening[]): Promise<Standing[]> {
  const store = sharedStore();
  const held = await store.open({ logger: silent, operate: async () => null });
  const asStore = { kind: 'embedded' as const, open: async () => held };
  const topUps = {
    packages: [1000, 2000, 333].map((amountMinor) => ({
      id: `p${amountMinor}`,
      label: 'Credits',
      price: usd(amountMinor),
      credit: usd(amountMinor === 333 ? 1000 : amountMinor),
    })),
    payWith: ['saved_card', 'hosted_page', 'embedded_page'] as const,
    returnUrl: 'https://app.example/billing',
  };
  const world = await startWorld('empty', nowMs, { store: asStore, topUps });
  const { simulator, client } = world;
  const { first: customerId } = await buildAccount(client);
  const cardId = (await client.paymentMethods.attach('pm_card_visa', { customer: customerId })).id;
  await client.customers.update(customerId, { invoice_settings: { default_payment_method: cardId } });
  let meterboard = world.meterboard;
  const attempts: { attemptId: string; packageId: string; topUpId: string | null }[] = [];

  /** What is not possible at this moment does not happen. */
  const tolerate = async (work: () => unknown) => {
    try {
      await work();
    } catch (error) {
      if (!expectedHere(error)) throw error;
    }
  };
  const at = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];
  const caller = () => meterboard.createCaller({ customerId });
  const intents = async () =>
    client.paymentIntents.list({ customer: customerId, limit: 100 }).autoPagingToArray({ limit: 1_000 });
  const paidIntents = async () => (await intents()).filter(({ status }) => status === 'succeeded');
  const restart = async () => {
    const { createMeterboard } = await import('@meterboard/server');
    meterboard = createMeterboard({
      stripe: { client },
      identify: () => null,
      nowMs: simulator.nowMs,
      logger: silent,
      topUps,
      store: asStore,
    });
  };

  const steps: { [Kind in Happening['kind']]: (what: Extract<Happening, { kind: Kind }>) => Promise<void> } =
    {
      async start({ way, package: index, again }) {
        const known = again ? attempts.at(-1) : undefined;
        const attempt = known ?? {
          attemptId: `attempt-${attempts.length}-x`,
          packageId: at(topUps.packages, index)?.id ?? '',
          topUpId: null,
        };
        if (!known) attempts.push(attempt);
        const { attemptId, packageId } = attempt;
        await tolerate(() =>
          caller()
            .topUps.start({ attemptId, packageId, payWith: way })
            .then(({ topUpId }) => {
              attempt.topUpId = topUpId;
            }),
        );
      },
      async card({ behaves }) {
        simulator.payments.actAs(cardId, cards[behaves] ?? null);
      },
      async pay({ which, method }) {
        const sessions = (
          await client.checkout.sessions.list({ customer: customerId, status: 'open', limit: 100 })
        ).data;
        const session = at(sessions, which);
        if (session) await simulator.payments.paySession(session.id, { method: at(methods, method) });
      },
      async refund({ which, percent }) {
        const intent = at(await paidIntents(), which);
        if (!intent) return;
        const amount = Math.max(1, Math.floor((intent.amount * percent) / 100));
        await tolerate(() => client.refunds.create({ payment_intent: intent.id, amount }));
      },
      async fail_refund({ which }) {
        const refunds = (await client.refunds.list({ limit: 100 })).data.filter(
          ({ status }) => status === 'succeeded',
        );
        const refund = at(refunds, which);
        if (refund) await tolerate(() => simulator.payments.failRefund(refund.id));
      },
      async dispute({ which, percent, sort }) {
        const intent = at(await paidIntents(), which);
        if (!intent) return;
        const kind = at(
          ['fraudulent', 'product_not_received', 'fraudulent', 'inquiry', 'prevented'] as const,
          sort,
        );
        const amountMinor = Math.max(1, Math.floor((intent.amount * percent) / 100));
        await tolerate(() => simulator.payments.openDispute(intent.id, { kind, amountMinor }));
      },
      async decide({ which, verdict }) {
        const disputes = (await client.disputes.list({ limit: 100 })).data.filter(
          ({ status }) => status === 'needs_response' || status === 'under_review',
        );
        const dispute = at(disputes, which);
        if (dispute)
          await tolerate(() => simulator.payments.decideDispute(dispute.id, verdict === 0 ? 'won' : 'lost'));
      },
      async use({ cents }) {
        await client.billing.meterEvents.create({
          event_name: 'api_calls',
          payload: { stripe_customer_id: customerId, value: String(cents) },
          timestamp: Math.floor(simulator.nowMs() / 1000),
        });
      },
      async pass({ hours }) {
        await simulator.advance(hours * 3_600_000);
      },
      async void({ which }) {
        const invoices = (await client.invoices.list({ customer: customerId, limit: 100 })).data;
        const invoice = at(
          invoices.filter(({ status }) => status === 'open'),
          which,
        );
        if (invoice) await tolerate(() => client.invoices.voidInvoice(invoice.id ?? ''));
      },
      async fault({ where, how }) {
        const path = faultPaths[where] ?? /./;
        if (how === 0) simulator.faults.failNext({ path, method: 'POST', status: 500, times: 1 });
        if (how === 1)
          simulator.faults.failNext({ path, method: 'POST', status: 500, times: 1, when: 'after' });
        if (how === 2) simulator.faults.resetNext({ path, method: 'POST', times: 1 });
        if (how === 3) simulator.faults.failNext({ path, method: 'POST', status: 429, times: 2 });
      },
      async ask({ which }) {
        const topUpId = at(attempts, which)?.topUpId;
        if (topUpId) await tolerate(() => caller().topUps.status({ topUpId }));
      },
      // What a killed process leaves behind is the store and Stripe: the next one begins with nothing else.
      crash: restart,
      async sweep() {
        await meterboard.sweep();
      },
    };

  try {
    for (const happening of history) {
      await (steps[happening.kind] as (what: Happening) => Promise<void>)(happening);
      for (const standing of await standingsOf(client, held.db, customerId))
        assertNeverMore(standing, happening);
    }
    simulator.faults.clear();
    simulator.payments.actAs(cardId, null);
    for (let round = 0; round < 12; round += 1) {
      await simulator.advance(round < 8 ? 4 * 3_600_000 : 24 * 3_600_000);
      await meterboard.sweep();
    }
    // The events that tell of money coming back are looked for by sweeps; this asks about every purchase as well.
    for (const { topUpId } of attempts) if (topUpId) await caller().topUps.status({ topUpId });
    return await standingsOf(client, held.db, customerId);
  } finally {
    await world.close();
  }
}

function assertNeverMore({ topUpId, creditMinor, usedMinor, liveMinor }: Standing, after: Happening): void {
  if (usedMinor + liveMinor <= creditMinor) return;
  throw new Error(
    `${topUpId} has ${usedMinor} + ${liveMinor} of ${creditMinor} after ${JSON.stringify(after)}`,
  );
}

type Db = Awaited<ReturnType<ReturnType<typeof sharedStore>['open']>>['db'];

/** What Stripe's ledger and the store say of each purchase, worked out apart from the kit. */
export async function standingsOf(client: Stripe, db: Db, customerId: string): Promise<Standing[]> {
  const rows = await db.selectFrom('top_ups').selectAll().orderBy('created_at_ms').execute();
  const options = { limit: 1_000 };
  const [grants, ledger, intents] = await Promise.all([
    client.billing.creditGrants.list({ customer: customerId, limit: 100 }).autoPagingToArray(options),
    client.billing.creditBalanceTransactions
      .list({ customer: customerId, limit: 100 })
      .autoPagingToArray(options),
    client.paymentIntents
      .list({ customer: customerId, limit: 100, expand: ['data.latest_charge'] })
      .autoPagingToArray(options),
  ]);
  const standings: Standing[] = [];
  for (const row of rows) {
    const own = grants.filter(({ metadata }) => metadata.topup_id === row.top_up_id).map(({ id }) => id);
    let usedMinor = 0;
    let liveMinor = 0;
    for (const { credit_grant, credit, debit } of ledger) {
      const grantId = typeof credit_grant === 'string' ? credit_grant : credit_grant.id;
      if (!own.includes(grantId)) continue;
      const creditMinor = credit?.amount.monetary?.value ?? 0;
      const debitMinor = debit?.amount.monetary?.value ?? 0;
      liveMinor += creditMinor - debitMinor;
      if (debit?.type === 'credits_applied') usedMinor += debitMinor;
      if (credit?.type === 'credits_application_invoice_voided') usedMinor -= creditMinor;
    }
    const paid = intents.filter(
      ({ metadata, status }) => metadata.topup_id === row.top_up_id && status === 'succeeded',
    );
    let worthMinor = 0;
    for (const intent of paid.toSorted((a, b) => a.created - b.created).slice(0, 1)) {
      const [refunds, disputes] = await Promise.all([
        client.refunds.list({ payment_intent: intent.id, limit: 100 }),
        client.disputes.list({ payment_intent: intent.id, limit: 100 }),
      ]);
      const back = refunds.data
        .filter(({ status }) => status !== 'failed' && status !== 'canceled')
        .reduce((sum, { amount }) => sum + amount, 0);
      const held = disputes.data
        .filter(({ balance_transactions: moved }) => moved.length === 1)
        .reduce((sum, { amount }) => sum + amount, 0);
      const kept = Math.max(0, intent.amount - back - held);
      worthMinor = Math.ceil((row.credit_minor * kept) / intent.amount - 1e-9);
    }
    standings.push({
      topUpId: row.top_up_id,
      creditMinor: row.credit_minor,
      worthMinor,
      usedMinor,
      liveMinor,
      creditedMinor: row.credited_minor,
      state: row.state,
      stuck: row.stuck,
      paidCount: paid.length,
    });
  }
  return standings;
}

const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };

/** What may be refused on the way: by the kit with a code, by Stripe, or by the simulator for what cannot be. */
function expectedHere(error: unknown): boolean {
  const name = error instanceof Error ? error.name : '';
  if (name === 'BillingError' || name === 'TRPCError' || error instanceof RangeError) return true;
  return typeof Reflect.get(Object(error), 'type') === 'string';
}
