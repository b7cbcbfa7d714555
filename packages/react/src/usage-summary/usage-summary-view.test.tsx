import type { MeterUsage } from '@meterboard/contract';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, fixtureUsage } from '../testing/index.ts';
import { UsageSummaryView } from './usage-summary-view.tsx';

afterEach(cleanup);

const [requests] = fixtureUsage;
if (!requests) throw new Error('fixtures hold meters');
const atMs = Date.UTC(2026, 10, 27, 9);
const [earliestMs, latestMs] = [Date.UTC(2026, 10, 21), Date.UTC(2026, 10, 30, 23)];

function show(rest: Partial<MeterUsage> = {}) {
  const { container } = render(
    <MeterboardProvider client={createFixtureClient()} locale="en-GB">
      <UsageSummaryView usage={{ ...(requests as MeterUsage), ...rest }} />
    </MeterboardProvider>,
  );
  return container.textContent;
}

describe('UsageSummaryView', () => {
  it.each([
    [0.12, '12% more than at this time last period'],
    [-0.3, '30% less than at this time last period'],
    [0, 'As much as at this time last period'],
  ])('says that a change of %d is "%s"', (changeRatio, words) => {
    expect(show({ previous: { toDate: '1', changeRatio } })).toContain(words);
  });

  it('says nothing of a change where there is nothing to compare with', () => {
    expect(show({ previous: null })).not.toContain('last period');
    expect(show({ previous: { toDate: '0', changeRatio: null } })).not.toContain('last period');
  });

  it('forecasts with three digits and the range of most outcomes', () => {
    const total = { low: '38012.4', mid: '41234', high: '45019' };
    expect(show({ forecast: { kind: 'forecast', total, basedOnDays: 21 } })).toContain(
      'About 41,200 by 30 November, between 38,000 and 45,000',
    );
  });

  it.each([
    [['10312', '10361', '10398'], 'About 10,360 by 30 November, between 10,310 and 10,400'],
    [
      ['372.171826789012', '372.215956789012', '372.263266789012'],
      'About 372.22 by 30 November, between 372.17 and 372.26',
    ],
    [['5', '5', '5'], 'About 5 by 30 November, between 5 and 5'],
  ])(
    'forecasts %j with the digits that tell them apart, and no more',
    ([low = '', mid = '', high = ''], words) => {
      expect(show({ forecast: { kind: 'forecast', total: { low, mid, high }, basedOnDays: 21 } })).toContain(
        words,
      );
    },
  );

  it.each([
    ['too_little_data', 'it takes three days of usage'],
    ['ended', 'This time is over.'],
  ] as const)('says why there is no forecast: %s', (reason, words) => {
    expect(show({ forecast: { kind: 'unavailable', reason } })).toContain(words);
  });

  it.each([
    [{ kind: 'crossed' }, 'The limit of 100 requests is reached.'],
    [
      { kind: 'expected', atMs, earliestMs, latestMs },
      'Reaches the limit of 100 requests around 27 November, between 21 November and 30 November.',
    ],
    [
      { kind: 'expected', atMs, earliestMs, latestMs: null },
      'Reaches the limit of 100 requests around 27 November, 21 November at the earliest, perhaps not in this period.',
    ],
    [
      { kind: 'expected', atMs, earliestMs: atMs, latestMs: atMs },
      'Reaches the limit of 100 requests around Friday 27 November.',
    ],
    [{ kind: 'not_in_period', earliestMs: null }, 'Stays below the limit of 100 requests at this pace.'],
    [{ kind: 'not_in_period', earliestMs }, 'May reach the limit of 100 requests as early as 21 November.'],
  ] as const)('says when the limit is crossed, with the band of the date: %j', (limitCrossing, words) => {
    expect(show({ limit: '100', limitCrossing })).toContain(words);
  });

  it('shows what it costs in every currency', () => {
    const costs = [
      { amountMinor: 120, currency: 'usd' },
      { amountMinor: 70, currency: 'eur' },
    ];
    expect(show({ costs })).toContain('requests · US$1.20 · €0.70');
    expect(show({ costs: [] })).not.toContain('$');
  });

  it.each([
    [
      { kind: 'expected', atMs, earliestMs, latestMs },
      'above 20,000 requests, around 27 November, between 21 November and 30 November.',
    ],
    [{ kind: 'not_in_period', earliestMs }, 'above 20,000 requests, perhaps as early as 21 November.'],
    [{ kind: 'not_in_period', earliestMs: null }, 'above 20,000 requests; not in this period at this pace.'],
  ] as const)('says when the next price begins, with the band of the date: %j', (crossing, words) => {
    expect(show({ nextTier: { fromQuantity: '20000', crossing } })).toContain(
      `The next price begins ${words}`,
    );
  });

  it('never shows what is not known as zero', () => {
    expect(show({ total: null, usedRatio: null, days: [null, null] })).not.toMatch(/(^|\s)0/);
    expect(screen.queryByRole('img')).toBeNull();
  });
});
