import { describe, expect, it } from 'vitest';
import type { RawDocumentLine, RawPrice } from '../gateway.ts';
import { exampleLine } from '../testing/example-world.ts';
import { billedQuantity } from './billed-parts.ts';
import { costMeter, type PricedPart, planCostDays } from './cost-usage.ts';

const at = (iso: string) => Date.parse(iso);
const span = (start: string, end: string) => ({ startMs: at(start), endMs: at(end) });
const period = span('2026-03-01T10:00:30Z', '2026-04-01T10:00:30Z');
const nowMs = at('2026-03-04T12:00Z');

const price = (known: Partial<RawPrice> = {}): RawPrice => ({
  priceId: 'price_1',
  currency: 'usd',
  meterId: 'mtr_requests',
  tiers: [],
  tiersMode: null,
  unitAmountMinor: '2',
  transformQuantity: null,
  ...known,
});
const flat = price({
  unitAmountMinor: null,
  tiersMode: 'graduated',
  tiers: [
    { upTo: '10', unitAmountMinor: '0', flatAmountMinor: '300' },
    { upTo: null, unitAmountMinor: '7', flatAmountMinor: '0' },
  ],
});

const part = (
  lines: [number, string, Partial<RawDocumentLine>?][],
  known: Partial<PricedPart> = {},
): PricedPart => ({
  priceId: 'price_1',
  span: period,
  price: price(),
  lines: lines.map(([minor, quantity, more]) => exampleLine(minor, { quantity, ...more })),
  ...known,
});

/** Costs with these quantities in the pieces. */
function cost(
  parts: PricedPart[],
  quantities: (string | null)[] | null,
  aggregation: 'sum' | 'last' = 'sum',
) {
  const { days, pieces } = planCostDays(period, parts, 'UTC', nowMs);
  const used =
    quantities && pieces.map((piece, index) => ({ ...piece, quantity: quantities[index] ?? null }));
  const costed = costMeter(parts, days, used, aggregation, 'usd');
  return {
    ...costed,
    lines: costed.parts.flatMap((one) => one.lines),
    byDay: costed.days.map(({ amount }) => amount?.amountMinor ?? null),
  };
}

describe('planCostDays', () => {
  it('has the days up to now, cut where a price changed, and edges on whole minutes', () => {
    const changed = [
      part([], { span: { ...period, endMs: at('2026-03-02T08:00:45Z') } }),
      part([], { span: { ...period, startMs: at('2026-03-02T08:00:45Z') } }),
    ];
    const { days, pieces } = planCostDays(period, changed, 'UTC', nowMs);
    expect(days.map(({ startMs }) => new Date(startMs).toISOString().slice(8, 16))).toEqual([
      '01T10:00',
      '02T00:00',
      '03T00:00',
      '04T00:00',
    ]);
    expect(pieces).toHaveLength(5);
    expect(pieces[1]?.endMs).toBe(at('2026-03-02T08:00Z'));
    expect(pieces[2]?.startMs).toBe(at('2026-03-02T08:00Z'));
  });
});

describe('costMeter', () => {
  it('adds up to the lines of the preview, before discounts', () => {
    const { total, lines, byDay, differs } = cost(
      [part([[10, '10', { discountMinor: 10 }]])],
      ['1', '2', '3', '4'],
    );
    expect([total.amountMinor, byDay, differs]).toEqual([20, [2, 4, 6, 8], false]);
    expect(lines).toEqual([
      {
        kind: 'usage',
        fromQuantity: '0',
        toQuantity: null,
        quantity: '10',
        unitAmountMinor: '2',
        packageSize: '1',
        amount: { amountMinor: 20, currency: 'usd' },
      },
    ]);
  });

  it('lays what arrived in between on the last day, and a fee without usage on the first', () => {
    expect(cost([part([[26, '13']])], ['1', '2', '3', '4']).byDay).toEqual([2, 4, 6, 14]);
    const fees = part([
      [0, '4'],
      [300, '1'],
    ]);
    const { byDay, lines } = cost([{ ...fees, price: flat }], ['0', '0', '4', '0']);
    expect(byDay).toEqual([300, 0, 0, 0]);
    expect(
      lines.map(({ kind, quantity, toQuantity, amount }) => [kind, quantity, toQuantity, amount.amountMinor]),
    ).toEqual([
      ['usage', '4', '10', 0],
      ['flat_fee', '1', '10', 300],
    ]);
  });

  it('begins the tiers again where the price changed, and bills nothing before a change that forgets it', () => {
    const changeMs = at('2026-03-02T08:00:00Z');
    const before = part(
      [
        [300, '1'],
        [35, '5'],
        [0, '10'],
      ],
      { price: { ...flat, name: 'Basic' }, span: { ...period, endMs: changeMs } },
    );
    const after = part([[12, '6']], { priceId: 'price_2', span: { ...period, startMs: changeMs } });
    const both = cost([before, after], ['10', '5', '1', '2', '3']);
    expect([both.total.amountMinor, both.byDay, both.differs]).toEqual([347, [300, 37, 4, 6], false]);
    expect(both.parts.map(({ lines, ...told }) => [told, lines.length])).toEqual([
      [{ startMs: period.startMs, endMs: changeMs, label: 'Basic' }, 3],
      [{ startMs: changeMs, endMs: period.endMs, label: null }, 1],
    ]);
    expect(cost([after], ['10', '5', '1', '2', '3']).byDay).toEqual([0, 2, 4, 6]);
  });

  it('shows the preview where it is another sum, and names the price', () => {
    const { total, lines, differs, differences } = cost([part([[21, '10']])], ['10', '0', '0', '0']);
    expect([total.amountMinor, differs]).toEqual([21, true]);
    expect(lines.map(({ amount }) => amount.amountMinor)).toEqual([20]);
    expect(differences).toEqual([{ priceId: 'price_1', oursMinor: 20, theirsMinor: 21 }]);
  });

  it('of a price that this version does not know is one line of the provider’s amount', () => {
    const unknown = part([[21, '10']], { price: price({ unitAmountMinor: null }) });
    const { total, lines, byDay, differs } = cost([unknown], ['10', '0', '0', '0']);
    expect([total.amountMinor, byDay, differs]).toEqual([21, [null, null, null, null], false]);
    expect(lines.map(({ unitAmountMinor, amount }) => [unitAmountMinor, amount.amountMinor])).toEqual([
      [null, 21],
    ]);
  });

  it('has no amount on days whose usage is not known', () => {
    expect(cost([part([[20, '10']])], null).byDay).toEqual([null, null, null, null]);
    const { byDay } = cost([part([[14, '7']])], [null, '9', '7', '7'], 'last');
    expect(byDay).toEqual([null, 18, -4, 0]);
  });

  it('of two subscriptions adds up', () => {
    const { total, byDay } = cost([part([[20, '10']]), part([[20, '10']])], ['10', '0', '0', '0']);
    expect([total.amountMinor, byDay]).toEqual([40, [40, 0, 0, 0]]);
  });
});

describe('billedQuantity', () => {
  const lines = (...known: [number, string][]) =>
    known.map(([minor, quantity]) => exampleLine(minor, { quantity }));

  it.each([
    ['plain usage', price(), lines([20, '10']), '10'],
    ['usage and the line of a fee', flat, lines([0, '4'], [300, '1']), '4'],
    ['usage in two tiers and the line of a fee', flat, lines([0, '10'], [300, '1'], [35, '5']), '15'],
    ['a fee without usage', flat, lines([0, '0'], [300, '1']), '0'],
    ['a fee whose line has no quantity', flat, lines([0, '4'], [300, '0']), '4'],
    ['an amount that no quantity of it costs', price(), lines([21, '10']), null],
  ])('of %s', (_, of, shown, quantity) => {
    expect(billedQuantity(of, shown)).toBe(quantity);
  });
});
