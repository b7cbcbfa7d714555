import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawCreditTransaction } from '../gateway.ts';
import {
  exampleDayMs,
  exampleDocument,
  exampleGrant,
  exampleGranted,
  exampleLine,
  exampleNowMs,
  examplePeriod,
  exampleSubscription,
} from '../testing/example-world.ts';
import { type CreditSources, summarizeCredits } from './summarize-credits.ts';

const inDays = (days: number) => exampleNowMs + days * exampleDayMs;

function sources(known: Partial<CreditSources> = {}): CreditSources {
  const grants = known.grants ?? [];
  return {
    grants,
    transactions: grants.filter(({ effectiveAtMs }) => effectiveAtMs <= exampleNowMs).map(exampleGranted),
    documents: [],
    subscriptions: [exampleSubscription()],
    ...known,
  };
}

function summarize(known: Partial<CreditSources>, lowBelowMinor: number | null = null) {
  return summarizeCredits(sources(known), { lowBelowMinor }, exampleNowMs);
}

function only(known: Partial<CreditSources>, lowBelowMinor: number | null = null) {
  const [balance, ...others] = summarize(known, lowBelowMinor);
  if (!balance || others.length > 0) throw new Error('expected one balance');
  return balance;
}

const minor = (money: { amountMinor: number } | null) => money?.amountMinor ?? null;

describe('the honest balance', () => {
  it('competition: one grant of 100, two subscriptions using 60 each', () => {
    const balance = only({
      grants: [exampleGrant('g', 100)],
      documents: ['sub_1', 'sub_2'].map((id) =>
        exampleDocument(id, [exampleLine(60)], { subscriptionId: id }),
      ),
      subscriptions: ['sub_1', 'sub_2'].map((subscriptionId) => exampleSubscription({ subscriptionId })),
    });
    expect([balance.unbilled, balance.remaining, balance.notCovered].map(minor)).toEqual([100, 0, 20]);
    expect([balance.sharedBySubscriptions, balance.status]).toEqual([true, 'empty']);
  });

  it('draft window: ledger 1000, draft 700, new usage 500', () => {
    const balance = only({
      grants: [exampleGrant('g', 1000)],
      documents: [
        exampleDocument('draft', [exampleLine(700)], { kind: 'draft', periodEndMs: inDays(-1) }),
        exampleDocument('preview', [exampleLine(500)]),
      ],
    });
    expect([balance.onDrafts, balance.unbilled, balance.notCovered, balance.remaining].map(minor)).toEqual([
      700, 300, 200, 0,
    ]);
  });

  it('upcoming: 100 live, 500 effective in 3 days and first in order, usage 300', () => {
    const balance = only({
      grants: [
        exampleGrant('live', 100),
        exampleGrant('soon', 500, { priority: 0, effectiveAtMs: inDays(3) }),
      ],
      documents: [exampleDocument('preview', [exampleLine(300)])],
    });
    expect(
      [balance.takenFromUpcoming, balance.upcoming, balance.unbilled, balance.remaining].map(minor),
    ).toEqual([300, 500, 0, 100]);
  });

  it('voiding an invoice gives the credit back; if it expired meanwhile, an expiry debit follows', () => {
    const entry = (kind: RawCreditTransaction['kind'], signedMinor: number): RawCreditTransaction => ({
      grantId: 'R',
      kind,
      signedMinor,
      currency: 'usd',
      effectiveAtMs: exampleNowMs,
    });
    const used = [exampleGranted(exampleGrant('R', 300)), entry('applied', -300)];
    const restored = [...used, entry('invoice_voided', 300)];
    expect(minor(only({ grants: [exampleGrant('R', 300)], transactions: restored }).remaining)).toBe(300);
    const expired = exampleGrant('R', 300, { expiresAtMs: inDays(-1) });
    const gone = only({ grants: [expired], transactions: [...restored, entry('expired', -300)] });
    expect([minor(gone.remaining), gone.grants[0]?.state]).toEqual([0, 'expired']);
  });

  it('shows its terms in order, and they add up', () => {
    const { terms } = only({
      grants: [exampleGrant('g', 1000)],
      documents: [
        exampleDocument('draft', [exampleLine(200)], { kind: 'draft', periodEndMs: inDays(-1) }),
        exampleDocument('preview', [exampleLine(300)]),
      ],
    });
    expect(terms.map(({ kind, amount }) => [kind, amount.amountMinor])).toEqual([
      ['balance', 1000],
      ['on_drafts', -200],
      ['unbilled', -300],
      ['remaining', 500],
    ]);
  });

  it('corrects the next invoice by the credits that are really there', () => {
    const documents = ['sub_1', 'sub_2'].map((id) =>
      exampleDocument(id, [exampleLine(60), exampleLine(10, { meterId: null })], {
        subscriptionId: id,
        totalMinor: 10,
        providerCreditMinor: 60,
        periodEndMs: id === 'sub_1' ? inDays(17) : inDays(20),
      }),
    );
    const { nextInvoice } = only({
      grants: [exampleGrant('g', 100)],
      documents,
      subscriptions: ['sub_1', 'sub_2'].map((subscriptionId) => exampleSubscription({ subscriptionId })),
    });
    expect(nextInvoice?.amount).toEqual({ amountMinor: 40, currency: 'usd' });
    expect(nextInvoice?.atMs).toBe(inDays(17));
    expect(nextInvoice?.terms.map(({ kind, amount }) => [kind, amount.amountMinor])).toEqual([
      ['usage', 120],
      ['other', 20],
      ['credits', -100],
    ]);
  });

  it('tells what expires before it can pay for the current period', () => {
    const balance = only({
      grants: [
        exampleGrant('short', 300, { expiresAtMs: examplePeriod.endMs }),
        exampleGrant('long', 500, { expiresAtMs: examplePeriod.endMs + 1 }),
      ],
      documents: [exampleDocument('preview', [exampleLine(100)])],
    });
    expect([balance.expiring, balance.unbilled, balance.remaining].map(minor)).toEqual([300, 100, 700]);
    expect(balance.grants.map((grant) => [grant.grantId, grant.cannotPayCurrentPeriod])).toEqual([
      ['short', true],
      ['long', false],
    ]);
  });

  it('says up to when a grant covers usage: the last period end before its expiry', () => {
    const until = (expiresAtMs: number | null) =>
      only({ grants: [exampleGrant('g', 100, { expiresAtMs })] }).grants[0]?.coversUsageUntilMs;
    expect(until(Date.UTC(2026, 10, 30))).toBe(Date.UTC(2026, 10, 1));
    expect(until(Date.UTC(2026, 10, 1))).toBe(Date.UTC(2026, 9, 1));
    expect(until(examplePeriod.endMs + 1)).toBe(examplePeriod.endMs);
    expect(until(examplePeriod.endMs)).toBe(null);
    expect(until(null)).toBe(null);
  });

  it('keeps currencies and scopes apart, unlimited scope first', () => {
    const balances = summarize({
      grants: [
        exampleGrant('scoped', 50, { priceIds: ['price_b', 'price_mtr_requests'] }),
        exampleGrant('open', 100),
        exampleGrant('euro', 70, { amount: { amountMinor: 70, currency: 'eur' } }),
      ],
      documents: [exampleDocument('preview', [exampleLine(120)])],
    });
    expect(
      balances.map(({ currency, scope, remaining }) => [currency, scope.kind, minor(remaining)]),
    ).toEqual([
      ['eur', 'all_usage', 70],
      ['usd', 'all_usage', 0],
      ['usd', 'prices', 30],
    ]);
    expect(
      balances.map(({ notCovered, nextInvoice }) => [notCovered === null, nextInvoice === null]),
    ).toEqual([
      [false, true],
      [false, false],
      [true, true],
    ]);
  });

  it('marks credits that no metered subscription could spend as unusable', () => {
    const grants = [exampleGrant('g', 100)];
    const statusWith = (subscriptions: CreditSources['subscriptions']) =>
      only({ grants, subscriptions }).status;
    expect(statusWith([])).toBe('unusable');
    expect(statusWith([exampleSubscription({ meterIds: [null] })])).toBe('unusable');
    expect(statusWith([exampleSubscription({ live: false })])).toBe('unusable');
    expect(statusWith([exampleSubscription()])).toBe('ok');
    const inEuro = summarize({ grants, subscriptions: [exampleSubscription({ currency: 'eur' })] });
    expect(inEuro.map(({ currency, status }) => [currency, status])).toEqual([
      ['eur', 'none'],
      ['usd', 'unusable'],
    ]);
  });

  it('is none for a customer who never had a grant, and empty once one is used up', () => {
    expect(only({}, 1000).status).toBe('none');
    const used = exampleGrant('g', 100);
    const transactions = [
      exampleGranted(used),
      { ...exampleGranted(used), kind: 'applied' as const, signedMinor: -100 },
    ];
    expect(only({ grants: [used], transactions }, 1000).status).toBe('empty');
  });

  it('takes a threshold of its own for each currency', () => {
    const grants = [
      exampleGrant('dollars', 500),
      exampleGrant('yen', 500, { amount: { amountMinor: 500, currency: 'jpy' } }),
      exampleGrant('euros', 1, { amount: { amountMinor: 1, currency: 'eur' } }),
    ];
    const subscriptions = ['usd', 'jpy', 'eur'].map((currency) => exampleSubscription({ currency }));
    const balances = summarizeCredits(
      sources({ grants, subscriptions }),
      { lowBelowMinor: { usd: 501, jpy: 500 } },
      exampleNowMs,
    );
    expect(balances.map(({ currency, status, lowBelow }) => [currency, status, minor(lowBelow)])).toEqual([
      ['eur', 'ok', null],
      ['jpy', 'ok', 500],
      ['usd', 'low', 501],
    ]);
  });

  it('counts a grant of this moment whatever the clocks say, and before its ledger entry is there', () => {
    const made = { effectiveAtMs: exampleNowMs + 5000, createdAtMs: exampleNowMs + 5000 };
    const justMade = only({ grants: [exampleGrant('g', 100, made)], transactions: [] });
    expect([minor(justMade.remaining), justMade.status]).toEqual([100, 'ok']);
    const later = only({ grants: [exampleGrant('g', 100, { effectiveAtMs: exampleNowMs + 5000 })] });
    expect([minor(later.remaining), minor(later.upcoming)]).toEqual([0, 100]);
    const unrecorded = only({ grants: [exampleGrant('g', 100)], transactions: [] });
    expect(minor(unrecorded.remaining)).toBe(100);
  });

  it('settles the customer balance once, on drafts first, and clamps each invoice at zero', () => {
    const nextMinor = (startingBalanceMinor: number, draftMinor: number) => {
      const at = (periodEndMs: number) => ({ periodEndMs, startingBalanceMinor });
      const documents = [
        exampleDocument('draft', [exampleLine(draftMinor)], { kind: 'draft', ...at(inDays(-1)) }),
        exampleDocument('a', [exampleLine(100)], at(inDays(5))),
        exampleDocument('b', [exampleLine(300)], at(inDays(9))),
      ];
      const { nextInvoice } = only({ documents });
      const terms = nextInvoice?.terms.map(({ kind, amount }) => [kind, amount.amountMinor]);
      return [minor(nextInvoice?.amount ?? null), ...(terms ?? [])];
    };
    expect(nextMinor(0, 50)).toEqual([400, ['usage', 400]]);
    expect(nextMinor(-250, 50)).toEqual([200, ['usage', 400], ['account_balance', -200]]);
    expect(nextMinor(-1000, 50)).toEqual([
      0,
      ['usage', 400],
      ['account_balance', -950],
      ['carried_over', 550],
    ]);
    expect(nextMinor(70, 0)).toEqual([400, ['usage', 400]]);
    expect(nextMinor(0, -20)).toEqual([380, ['usage', 400], ['account_balance', -20]]);
  });

  it('counts credits of every kind among the terms: upcoming ones, and ones for certain prices', () => {
    const { nextInvoice } = only({
      grants: [exampleGrant('later', 60, { effectiveAtMs: inDays(2) })],
      documents: [
        exampleDocument('preview', [exampleLine(100), exampleLine(30, { meterId: null })], {
          providerCreditMinor: 60,
          totalMinor: 70,
          periodEndMs: inDays(17),
        }),
      ],
    });
    expect(nextInvoice?.terms.map(({ kind, amount }) => [kind, amount.amountMinor])).toEqual([
      ['usage', 100],
      ['other', 30],
      ['credits', -60],
    ]);
    expect(minor(nextInvoice?.amount ?? null)).toBe(70);
  });

  it('corrects a total by the credits that are left, also where the provider asks for nothing', () => {
    const shared = { providerCreditMinor: 100, totalMinor: 0 };
    const documents = ['a', 'b'].map((id) => exampleDocument(id, [exampleLine(100)], shared));
    const balance = only({ grants: [exampleGrant('g', 100)], documents });
    expect(minor(balance.nextInvoice?.amount ?? null)).toBe(100);
  });

  it('marks a balance below the threshold as low, and one at the threshold as ok', () => {
    const statusOf = (amountMinor: number) => only({ grants: [exampleGrant('g', amountMinor)] }, 1000).status;
    expect([0, 999, 1000].map(statusOf)).toEqual(['empty', 'low', 'ok']);
  });

  it('shows a zero balance to a customer who could use credits, and nothing to one who could not', () => {
    expect(minor(only({}).remaining)).toBe(0);
    expect(only({}).remainingRatio).toBe(null);
    expect(summarize({ subscriptions: [exampleSubscription({ meterIds: [null] })] })).toEqual([]);
  });

  it('lists grants as they are used, then spent ones, newest first', () => {
    const grants = [
      exampleGrant('voided', 100, { voidedAtMs: inDays(-2), createdAtMs: inDays(-9) }),
      exampleGrant('second', 100),
      exampleGrant('expired', 100, { expiresAtMs: inDays(-1), createdAtMs: inDays(-8) }),
      exampleGrant('first', 100, { priority: 1, effectiveAtMs: inDays(2) }),
    ];
    expect(only({ grants }).grants.map(({ grantId, state }) => [grantId, state])).toEqual([
      ['first', 'upcoming'],
      ['second', 'active'],
      ['expired', 'expired'],
      ['voided', 'voided'],
    ]);
  });

  it('adds up and never goes below zero, whatever it is made of', () => {
    const grant = fc.record({
      amountMinor: fc.integer({ min: 0, max: 2000 }),
      usedMinor: fc.integer({ min: 0, max: 2000 }),
      expiresInDays: fc.option(fc.integer({ min: -5, max: 60 })),
      effectiveInDays: fc.integer({ min: -20, max: 20 }),
      scoped: fc.boolean(),
    });
    const document = fc.record({
      kind: fc.constantFrom<'draft' | 'preview'>('draft', 'preview'),
      endInDays: fc.integer({ min: -3, max: 40 }),
      amounts: fc.array(fc.integer({ min: -100, max: 900 }), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(
        fc.array(grant, { maxLength: 6 }),
        fc.array(document, { maxLength: 4 }),
        (raw, documents) => {
          const grants = raw.map(({ amountMinor, expiresInDays, effectiveInDays, scoped }, index) =>
            exampleGrant(`g${index}`, amountMinor, {
              expiresAtMs: expiresInDays === null ? null : inDays(expiresInDays),
              effectiveAtMs: inDays(effectiveInDays),
              priceIds: scoped ? ['price_mtr_requests'] : null,
            }),
          );
          const input = sources({
            grants,
            transactions: grants.flatMap((entry, index): RawCreditTransaction[] => {
              const usedMinor = Math.min(raw[index]?.usedMinor ?? 0, entry.amount.amountMinor);
              return [
                exampleGranted(entry),
                { ...exampleGranted(entry), kind: 'applied', signedMinor: -usedMinor },
              ];
            }),
            documents: documents.map(({ kind, endInDays, amounts }, index) =>
              exampleDocument(
                `d${index}`,
                amounts.map((amount) => exampleLine(amount)),
                { kind, periodEndMs: inDays(endInDays) },
              ),
            ),
          });
          const balances = summarizeCredits(input, { lowBelowMinor: null }, exampleNowMs);
          for (const balance of balances) {
            const [start, drafts, unbilled, remaining] = balance.terms.map(
              ({ amount }) => amount.amountMinor,
            );
            expect((start ?? 0) + (drafts ?? 0) + (unbilled ?? 0)).toBe(remaining);
            expect(remaining).toBeGreaterThanOrEqual(0);
            expect(minor(balance.expiring)).toBeLessThanOrEqual(remaining ?? 0);
            expect(minor(balance.takenFromUpcoming)).toBeLessThanOrEqual(minor(balance.upcoming) ?? 0);
          }
          const reversed = {
            grants: input.grants.toReversed(),
            transactions: input.transactions.toReversed(),
            documents: input.documents.toReversed(),
            subscriptions: input.subscriptions.toReversed(),
          };
          expect(summarizeCredits(reversed, { lowBelowMinor: null }, exampleNowMs)).toEqual(balances);
        },
      ),
      { numRuns: 200 },
    );
  });
});
