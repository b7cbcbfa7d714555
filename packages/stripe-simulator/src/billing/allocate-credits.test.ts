import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateCredits, type CreditSource } from './allocate-credits.ts';

const DAY = 86_400;
const source = (grantId: string, remainingMinor: number, more: Partial<CreditSource> = {}): CreditSource => ({
  grantId,
  remainingMinor,
  currency: 'usd',
  priority: 50,
  category: 'paid',
  effectiveSec: 0,
  expiresSec: null,
  createdSec: 0,
  priceIds: null,
  ...more,
});
const line = (lineId: string, amountMinor: number, more: { metered?: boolean; priceId?: string } = {}) => ({
  lineId,
  amountMinor,
  metered: true,
  priceId: 'p',
  ...more,
});
const invoice = (lines: ReturnType<typeof line>[]) => ({ currency: 'usd', periodEndSec: 20 * DAY, lines });
const taken = (sources: CreditSource[], lines = [line('l', 700)]) =>
  allocateCredits(invoice(lines), sources).map(
    ({ lineId, grantId, amountMinor }) => `${lineId}:${grantId}:${amountMinor}`,
  );

describe('credit allocation', () => {
  it('an invoice of 700 takes T 100, R 300, Q 300 and leaves P alone', () => {
    const grants = [
      source('P', 1_000),
      source('Q', 500, { category: 'promotional', expiresSec: 90 * DAY }),
      source('R', 300, { expiresSec: 60 * DAY }),
      source('T', 100, { priority: 0 }),
    ];
    expect(taken(grants)).toEqual(['l:T:100', 'l:R:300', 'l:Q:300']);
  });

  it.each<[string, Partial<CreditSource>, Partial<CreditSource>]>([
    ['lower priority number', { priority: 1, createdSec: 9 }, { priority: 2 }],
    ['earlier expiry', { expiresSec: 30 * DAY, createdSec: 9 }, { expiresSec: 31 * DAY }],
    ['any expiry before none', { expiresSec: 30 * DAY, createdSec: 9 }, {}],
    ['promotional before paid', { category: 'promotional', createdSec: 9 }, {}],
    ['earlier effective time', { effectiveSec: 1, createdSec: 9 }, { effectiveSec: 2 }],
    ['earlier creation', { createdSec: 1 }, { createdSec: 2 }],
  ])('takes first: %s', (_rule, first, second) => {
    expect(taken([source('second', 50, second), source('first', 50, first)], [line('l', 60)])).toEqual([
      'l:first:50',
      'l:second:10',
    ]);
  });

  it.each<[string, Partial<CreditSource>, boolean]>([
    ['effective exactly at the period end', { effectiveSec: 20 * DAY }, true],
    ['effective a second later', { effectiveSec: 20 * DAY + 1 }, false],
    ['expiring exactly at the period end', { expiresSec: 20 * DAY }, false],
    ['expiring a second later', { expiresSec: 20 * DAY + 1 }, true],
    ['of another currency', { currency: 'eur' }, false],
    ['limited to another price', { priceIds: ['q'] }, false],
    ['limited to this price', { priceIds: ['q', 'p'] }, true],
  ])('a grant %s is eligible: %s', (_name, more, eligible) => {
    expect(taken([source('g', 1_000, more)])).toEqual(eligible ? ['l:g:700'] : []);
  });

  it('goes by invoice order and never pays a line that is not metered', () => {
    expect(
      taken([source('g', 100)], [line('fee', 500, { metered: false }), line('a', 70), line('b', 70)]),
    ).toEqual(['a:g:70', 'b:g:30']);
  });

  it('never gives more than a grant has or a line costs', () => {
    const grants = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 6 });
    const lines = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 6 });
    fc.assert(
      fc.property(grants, lines, (balances, costs) => {
        const given = allocateCredits(
          invoice(costs.map((cost, index) => line(String(index), cost))),
          balances.map((left, index) => source(String(index), left)),
        );
        const total = given.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
        expect(total).toBe(
          Math.min(
            balances.reduce((a, b) => a + b, 0),
            costs.reduce((a, b) => a + b, 0),
          ),
        );
        for (const [index, left] of balances.entries()) {
          const fromGrant = given
            .filter(({ grantId }) => grantId === String(index))
            .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
          expect(fromGrant).toBeLessThanOrEqual(left);
        }
      }),
    );
  });
});
