import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawDocument } from '../gateway.ts';
import {
  exampleDayMs,
  exampleDocument,
  exampleGrant,
  exampleGranted,
  exampleLine,
  exampleNowMs,
} from '../testing/example-world.ts';
import { allocateCredits } from './allocate-credits.ts';
import { foldLedger } from './grant-order.ts';

const inDays = (days: number) => exampleNowMs + days * exampleDayMs;

/** What each grant gives to each document, `document: { grant: minor }`. */
function allocate(documents: RawDocument[], grants: ReturnType<typeof exampleGrant>[]) {
  const ledger = foldLedger(grants, grants.map(exampleGranted), exampleNowMs);
  return Object.fromEntries(
    allocateCredits(documents, ledger).map(({ document, takes, notCoveredMinor }) => [
      document.documentId,
      {
        ...Object.fromEntries(takes.map(({ grantId, takenMinor }) => [grantId, takenMinor])),
        notCoveredMinor,
      },
    ]),
  );
}

describe('grant order', () => {
  const t = exampleGrant('T', 100, { priority: 0 });
  const r = exampleGrant('R', 300, { expiresAtMs: inDays(60) });
  const q = exampleGrant('Q', 500, { category: 'promotional', expiresAtMs: inDays(90) });
  const p = exampleGrant('P', 1000);

  it('an invoice of 700 takes T 100, R 300, Q 300 and leaves P', () => {
    const invoice = exampleDocument('invoice', [exampleLine(700)], { periodEndMs: inDays(20) });
    expect(allocate([invoice], [p, q, r, t])).toEqual({
      invoice: { T: 100, R: 300, Q: 300, notCoveredMinor: 0 },
    });
  });

  it.each([
    ['promotional before paid', { category: 'promotional' }, {}],
    ['earliest effective', { effectiveAtMs: inDays(-12) }, { effectiveAtMs: inDays(-10) }],
    ['earliest created', { createdAtMs: inDays(-12) }, { createdAtMs: inDays(-10) }],
    ['an expiry before none', { expiresAtMs: inDays(300) }, { priority: 50 }],
    ['a smaller priority before an earlier expiry', { priority: 1 }, { expiresAtMs: inDays(30) }],
  ] as const)('uses first: %s', (_, first, second) => {
    const grants = [exampleGrant('a-second', 100, second), exampleGrant('b-first', 100, first)];
    expect(allocate([exampleDocument('doc', [exampleLine(60)])], grants).doc).toEqual({
      'b-first': 60,
      notCoveredMinor: 0,
    });
  });
});

describe('allocateCredits', () => {
  it('gives nothing away twice when two subscriptions compete', () => {
    const documents = ['a', 'b'].map((id) => exampleDocument(id, [exampleLine(60)], { subscriptionId: id }));
    expect(allocate(documents, [exampleGrant('g', 100)])).toEqual({
      a: { g: 60, notCoveredMinor: 0 },
      b: { g: 40, notCoveredMinor: 20 },
    });
  });

  it('serves drafts before upcoming documents, whatever their dates', () => {
    const draft = exampleDocument('draft', [exampleLine(80)], { kind: 'draft', periodEndMs: inDays(30) });
    const preview = exampleDocument('preview', [exampleLine(80)], { periodEndMs: inDays(5) });
    expect(allocate([preview, draft], [exampleGrant('g', 100)])).toEqual({
      draft: { g: 80, notCoveredMinor: 0 },
      preview: { g: 20, notCoveredMinor: 60 },
    });
  });

  it.each([
    ['effective at the period end', { effectiveAtMs: inDays(20) }, 50],
    ['effective after the period end', { effectiveAtMs: inDays(20) + 1 }, 0],
    ['expiring at the period end', { expiresAtMs: inDays(20) }, 0],
    ['expiring after the period end', { expiresAtMs: inDays(20) + 1 }, 50],
    ['voided', { voidedAtMs: inDays(-1) }, 0],
    ['expired', { expiresAtMs: inDays(-1) }, 0],
    ['in another currency', { amount: { amountMinor: 100, currency: 'eur' } }, 0],
    ['for this price', { priceIds: ['price_mtr_requests'] }, 50],
    ['for other prices', { priceIds: ['price_other'] }, 0],
  ])('a grant that is %s pays %#', (_, known, paid) => {
    const document = exampleDocument('doc', [exampleLine(50)], { periodEndMs: inDays(20) });
    const { g = 0, notCoveredMinor } = allocate([document], [exampleGrant('g', 100, known)]).doc as {
      g?: number;
      notCoveredMinor: number;
    };
    expect([g, notCoveredMinor]).toEqual([paid, 50 - paid]);
  });

  it('pays for a draft of the past only what was in effect then', () => {
    const draft = exampleDocument('draft', [exampleLine(50)], { kind: 'draft', periodEndMs: inDays(-2) });
    const late = exampleGrant('late', 100, { effectiveAtMs: inDays(-1) });
    expect(allocate([draft], [late]).draft).toEqual({ notCoveredMinor: 50 });
  });

  it('pays for metered lines only, never for fees or refunds of them', () => {
    const document = exampleDocument('doc', [
      exampleLine(500, { meterId: null, priceId: 'price_seats' }),
      exampleLine(-30),
      exampleLine(40),
    ]);
    expect(allocate([document], [exampleGrant('g', 1000)]).doc).toEqual({ g: 40, notCoveredMinor: 0 });
  });

  it('never gives more than a grant has or a line asks, whatever the order of its input', () => {
    const grantArbitrary = fc.record({
      amountMinor: fc.integer({ min: 0, max: 2000 }),
      priority: fc.integer({ min: 0, max: 3 }),
      promotional: fc.boolean(),
      expiresInDays: fc.option(fc.integer({ min: -5, max: 60 })),
      effectiveInDays: fc.integer({ min: -20, max: 20 }),
      priceIds: fc.option(fc.subarray(['price_1', 'price_2'], { minLength: 1 })),
    });
    const documentArbitrary = fc.record({
      kind: fc.constantFrom<'draft' | 'preview'>('draft', 'preview'),
      endInDays: fc.integer({ min: -3, max: 40 }),
      lines: fc.array(fc.tuple(fc.integer({ min: -100, max: 900 }), fc.constantFrom('price_1', 'price_2')), {
        maxLength: 4,
      }),
    });
    fc.assert(
      fc.property(
        fc.array(grantArbitrary, { maxLength: 6 }),
        fc.array(documentArbitrary, { maxLength: 4 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 1000 })),
        (rawGrants, rawDocuments, ranks) => {
          const grants = rawGrants.map((raw, index) =>
            exampleGrant(`g${index}`, raw.amountMinor, {
              priority: raw.priority,
              category: raw.promotional ? 'promotional' : 'paid',
              expiresAtMs: raw.expiresInDays === null ? null : inDays(raw.expiresInDays),
              effectiveAtMs: inDays(raw.effectiveInDays),
              priceIds: raw.priceIds,
            }),
          );
          const documents = rawDocuments.map(({ kind, endInDays, lines }, index) =>
            exampleDocument(
              `d${index}`,
              lines.map(([amount, priceId]) => exampleLine(amount, { priceId })),
              { kind, periodEndMs: inDays(endInDays) },
            ),
          );
          const ledger = foldLedger(grants, grants.map(exampleGranted), exampleNowMs);
          const allocated = allocateCredits(documents, ledger);
          const takenOf = new Map<string, number>();
          for (const { document, takes, creditMinor, notCoveredMinor } of allocated) {
            const asked = document.lines.reduce(
              (sum, { netAmountMinor }) => sum + Math.max(0, netAmountMinor),
              0,
            );
            expect(creditMinor + notCoveredMinor).toBe(asked);
            for (const { grantId, takenMinor } of takes) {
              expect(takenMinor).toBeGreaterThan(0);
              takenOf.set(grantId, (takenOf.get(grantId) ?? 0) + takenMinor);
            }
          }
          for (const { grant, ledgerMinor } of ledger) {
            expect(takenOf.get(grant.grantId) ?? 0).toBeLessThanOrEqual(ledgerMinor);
          }
          const shuffle = <T>(list: T[]): T[] =>
            list
              .map((entry) => ({ entry, rank: ranks.next().value ?? 0 }))
              .toSorted((a, b) => a.rank - b.rank)
              .map(({ entry }) => entry);
          expect(allocateCredits(shuffle(documents), shuffle(ledger))).toEqual(allocated);
        },
      ),
      { numRuns: 200 },
    );
  });
});
