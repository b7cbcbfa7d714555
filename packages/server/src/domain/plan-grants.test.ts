import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawCharge } from '../gateway.ts';
import {
  creditedMinor,
  creditTargetMinor,
  type GrantStep,
  type PlannedGrant,
  paidState,
  planGrants,
} from './plan-grants.ts';

const chargeOf = (chargedMinor: number, refundedMinor = 0, disputedMinor = 0): RawCharge => ({
  currency: 'usd',
  chargedMinor,
  refundedMinor,
  disputedMinor,
});

const grant = (known: Partial<PlannedGrant> = {}): PlannedGrant => ({
  generation: 1,
  n: 1,
  state: 'made',
  amountMinor: 1000,
  takenBackMinor: 0,
  ...known,
});

const plan = (grants: PlannedGrant[], charge: RawCharge, known: object = {}) =>
  planGrants({
    creditMinor: 1000,
    charge,
    grants,
    hasWaitingDraft: false,
    hasExpired: false,
    ...known,
  });

describe('the worth of a payment', () => {
  it.each([
    ['nothing lost', chargeOf(1000), 1000],
    ['half refunded', chargeOf(1000, 500), 500],
    ['a third refunded: the fraction is the customer’s', chargeOf(3000, 1000), 667],
    ['all lost to a dispute', chargeOf(1000, 0, 1000), 0],
    ['refunded and disputed: never below zero', chargeOf(1000, 600, 1000), 0],
    ['tax on top: the share counts, not the amount', chargeOf(1200, 600), 500],
    ['paid by a promotion', chargeOf(0), 1000],
  ])('%s', (_, charge, worth) => {
    expect(creditTargetMinor(1000, charge)).toBe(worth);
  });

  it.each([
    [chargeOf(1000), 'granted'],
    [chargeOf(1000, 1), 'partially_refunded'],
    [chargeOf(1000, 1000), 'refunded'],
    [chargeOf(1000, 100, 500), 'disputed'],
    [chargeOf(0), 'granted'],
  ])('is called %j → %s', (charge, state) => {
    expect(paidState(charge)).toBe(state);
  });
});

describe('the next step of a paid purchase', () => {
  it.each<[string, PlannedGrant[], RawCharge, object, GrantStep]>([
    ['makes the first grant', [], chargeOf(1000), {}, { kind: 'make', generation: 1, amountMinor: 1000 }],
    [
      'makes less where a refund came first',
      [],
      chargeOf(1000, 400),
      {},
      { kind: 'make', generation: 1, amountMinor: 600 },
    ],
    [
      'makes none where everything came back first',
      [],
      chargeOf(1000, 1000),
      {},
      { kind: 'done', shortfallMinor: 0 },
    ],
    ['is done once it is made', [grant()], chargeOf(1000), {}, { kind: 'done', shortfallMinor: 0 }],
    [
      'goes on with a try whose outcome is not known, also after a refund',
      [grant({ state: 'planned' })],
      chargeOf(1000, 1000),
      {},
      { kind: 'resume', generation: 1 },
    ],
    [
      'tries again after a failure',
      [grant({ state: 'failed' })],
      chargeOf(1000),
      {},
      { kind: 'make', generation: 1, amountMinor: 1000 },
    ],
    [
      'takes back first, also after a partial refund',
      [grant()],
      chargeOf(1000, 300),
      {},
      { kind: 'take_back', generation: 1 },
    ],
    ['waits for a draft', [grant()], chargeOf(1000, 300), { hasWaitingDraft: true }, { kind: 'wait' }],
    [
      'waits for no draft where nothing is given anew',
      [grant()],
      chargeOf(1000, 1000),
      { hasWaitingDraft: true },
      { kind: 'take_back', generation: 1 },
    ],
    [
      'finishes what it began to take back',
      [grant({ state: 'ending' })],
      chargeOf(1000),
      {},
      { kind: 'take_back', generation: 1 },
    ],
    [
      'gives the rest anew',
      [grant({ state: 'ended', takenBackMinor: 1000 })],
      chargeOf(1000, 300),
      {},
      { kind: 'make', generation: 2, amountMinor: 700 },
    ],
    [
      'gives only what was not used',
      [grant({ state: 'ended', takenBackMinor: 800 })],
      chargeOf(1000, 300),
      {},
      { kind: 'make', generation: 2, amountMinor: 500 },
    ],
    [
      'records what was used beyond the refund',
      [grant({ state: 'ended', takenBackMinor: 100 })],
      chargeOf(1000, 1000),
      {},
      { kind: 'done', shortfallMinor: 900 },
    ],
    [
      'restores what a won dispute gives back, once',
      [grant({ state: 'ended', takenBackMinor: 400 })],
      chargeOf(1000),
      {},
      { kind: 'make', generation: 2, amountMinor: 400 },
    ],
    [
      'gives nothing that would be expired at once',
      [grant({ state: 'ended', takenBackMinor: 400 })],
      chargeOf(1000),
      { hasExpired: true },
      { kind: 'done', shortfallMinor: 0 },
    ],
  ])('%s', (_, grants, charge, known, step) => {
    expect(plan(grants, charge, known)).toEqual(step);
  });

  it('leads any history of refunds, disputes and use to credits = paid − refunded, never below what was used', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.array(fc.record({ lost: fc.double({ min: 0, max: 1, noNaN: true }), used: fc.nat(40) }), {
          maxLength: 8,
        }),
        (creditMinor, chargedMinor, history) => {
          const ledger: (PlannedGrant & { usedMinor: number })[] = [];
          for (const { lost, used } of [{ lost: 0, used: 0 }, ...history]) {
            for (const one of ledger.filter(({ state }) => state === 'made')) {
              one.usedMinor += Math.floor(((one.amountMinor - one.usedMinor) * used) / 100);
            }
            const charge = chargeOf(chargedMinor, Math.floor(chargedMinor * lost));
            const facts = { creditMinor, charge, hasWaitingDraft: false, hasExpired: false };
            for (let steps = 0; ; steps += 1) {
              expect(steps).toBeLessThan(20);
              const step = planGrants({ ...facts, grants: ledger });
              if (step.kind === 'done') break;
              if (step.kind === 'make') {
                ledger.push({
                  ...grant({ generation: step.generation, amountMinor: step.amountMinor }),
                  usedMinor: 0,
                });
              } else if (step.kind === 'take_back') {
                const one = ledger.find(({ generation }) => generation === step.generation);
                if (!one) throw new Error('takes back what is not there');
                one.takenBackMinor = one.amountMinor - one.usedMinor;
                one.state = 'ended';
              }
            }
            const usedMinor = ledger.reduce((sum, one) => sum + one.usedMinor, 0);
            expect(creditedMinor(ledger)).toBe(Math.max(creditTargetMinor(creditMinor, charge), usedMinor));
          }
        },
      ),
    );
  });
});
