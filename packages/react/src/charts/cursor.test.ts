import type { MeterSeries } from '@meterboard/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { formatExact } from '../format/quantity.ts';
import { usageWords } from '../i18n/usage.ts';
import { plotWords } from '../i18n/usage-plot.ts';
import { tableWords } from '../i18n/usage-table.ts';
import { fixtureSeries } from '../testing/index.ts';
import { bucketAt, moveCursor, readoutAt } from './cursor.ts';
import { readoutWords } from './readout-words.ts';

const [requests, tokens] = fixtureSeries as [MeterSeries, MeterSeries];

describe('moveCursor', () => {
  it.each([
    ['ArrowRight', null, 0],
    ['ArrowRight', 3, 4],
    ['ArrowRight', 9, 9],
    ['ArrowLeft', null, 9],
    ['ArrowLeft', 0, 0],
    ['Home', 5, 0],
    ['End', null, 9],
    ['PageUp', 1, 8],
    ['PageDown', 8, 1],
    ['PageDown', 2, 0],
    ['a', 2, null],
    ['Tab', 2, null],
  ])('%s from %s leads to %s', (key, from, to) => {
    expect(moveCursor(key, from, 10, 7)).toBe(to);
  });
});

describe('bucketAt', () => {
  it('finds the bucket that holds an instant', () => {
    const { buckets } = requests;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: buckets.length - 1 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (index, part) => {
          const { startMs, endMs } = buckets[index] as (typeof buckets)[number];
          expect(bucketAt(buckets, startMs + part * (endMs - startMs))).toBe(index);
        },
      ),
    );
    expect(bucketAt(buckets, 0)).toBe(0);
    expect(bucketAt(buckets, Number.MAX_SAFE_INTEGER)).toBe(buckets.length - 1);
  });
});

describe('a readout', () => {
  const tongue = {
    print: (quantity: string, _: unknown, usual: typeof formatExact) => usual(quantity, 'en'),
    locale: 'en',
    language: 'en-GB',
    timeZone: 'UTC',
    bucket: 'day',
    m: { ...usageWords, ...plotWords, ...tableWords },
  } as const;
  const say = (series: MeterSeries[], index: number, cumulative = false) => {
    const readout = readoutAt(series, index, cumulative);
    if (!readout) throw new Error('there is such a bucket');
    return readoutWords(readout, tongue);
  };
  const before = (quantity: string): MeterSeries => ({
    ...requests,
    range: { ...requests.range, kind: 'last', endMs: requests.range.startMs + 7 * 86_400_000 },
    buckets: requests.buckets.map((one) => ({ ...one, quantity: '14210' })),
    previous: requests.previous && {
      ...requests.previous,
      buckets: requests.previous.buckets.map((one) => ({ ...one, quantity })),
    },
  });

  it.each([
    ['12688', 'Tuesday 3 November, 14,210 requests, 12% above the week before'],
    ['14210', 'Tuesday 3 November, 14,210 requests, the same as the week before'],
    ['28420', 'Tuesday 3 November, 14,210 requests, 50% below the week before'],
    ['0', 'Tuesday 3 November, 14,210 requests, 0 in the week before'],
  ])('after %s in the week before says "%s"', (quantity, spoken) => {
    expect(say([before(quantity)], 2).spoken).toBe(spoken);
  });

  it('names each meter of a stack, and compares none', () => {
    const { spoken } = say([requests, tokens], 0);
    expect(spoken).toMatch(/^Sunday 1 November, API requests \d+ requests, Tokens [\d,]+ tokens$/);
  });

  it('says what is not known, and never zero', () => {
    const unknown = {
      ...requests,
      previous: null,
      buckets: requests.buckets.map((one) => ({ ...one, quantity: null })),
    };
    expect(say([unknown], 0).spoken).toBe('Sunday 1 November, no data');
  });

  it('compares nothing that still counts', () => {
    expect(say([requests], 21).spoken).toMatch(/requests, \d+ in the period before, still counting$/);
  });

  it('reads totals where totals are drawn', () => {
    expect(say([requests], 21, true).lines[0]?.text).toBe('14,849 requests');
  });
});
