'use client';
import type { Bucket, MeterSeries, UsageBucket } from '@meterboard/contract';
import { formatBucketLong, yearIn } from '../format/bucket-name.ts';
import { formatExact } from '../format/quantity.ts';
import { usageWords } from '../i18n/usage.ts';
import { tableWords } from '../i18n/usage-table.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

export interface UsageTableProps {
  /** At least one. Each figure stands in the row that begins when its bucket does. */
  series: MeterSeries[];
  bucket: Bucket;
  timeZone: string;
  /** Up to here; what lies ahead has no row. */
  nowMs: number;
  /** Names the region. */
  label: string;
  /** Totals from the start of the range. */
  cumulative?: boolean;
  /** A column of its own for the time before, beside each meter: its head, and the figure of a bucket by its index. */
  before?: { head: string; figureOf: (series: MeterSeries, index: number) => string | null };
}

const words = { ...usageWords, ...tableWords };

/** A region that scrolls has to be reachable by keyboard. */
const scrolls = { tabIndex: 0 };

/** The chart's figures, exact, one row for each beginning of a bucket, the latest first. Renders a `<table>` in a region that scrolls. */
export function UsageTable({ series, bucket, timeZone, nowMs, label, cumulative, before }: UsageTableProps) {
  const { print, language } = useMeterboard();
  const m = useWords(words);
  const indexes = series.map(({ buckets }) => new Map(buckets.map(({ startMs }, index) => [startMs, index])));
  const starts = [...new Set(indexes.flatMap((one) => [...one.keys()]))].sort((a, b) => b - a);
  const year = yearIn(starts.map((startMs) => ({ startMs })).reverse());
  const isAlone = series.length === 1;
  const exact = (quantity: string | null, { meter }: MeterSeries) =>
    quantity === null ? m.noData : print(quantity, meter, formatExact);
  const figureOf = (one: MeterSeries, { quantity, cumulative: sum }: UsageBucket) =>
    cumulative && one.meter.aggregation !== 'last' ? sum : quantity;
  return (
    <section data-mb="usage-table" aria-label={label} {...scrolls}>
      <table data-mb="table">
        <thead>
          <tr>
            <th scope="col">{m.time}</th>
            {series.map(({ meter }) => [
              <th key={meter.eventName} scope="col" data-number="">
                {isAlone ? (meter.unit ?? m.quantity) : meter.label}
              </th>,
              before ? (
                <th key={`${meter.eventName} before`} scope="col" data-number="">
                  {before.head}
                </th>
              ) : null,
            ])}
          </tr>
        </thead>
        <tbody>
          {starts.map((startMs) =>
            startMs > nowMs ? null : (
              <tr key={startMs}>
                <th scope="row">{formatBucketLong(startMs, bucket, language, timeZone, year)}</th>
                {series.map((one, place) => {
                  const index = indexes[place]?.get(startMs) ?? -1;
                  const here = one.buckets[index];
                  const figure = here ? figureOf(one, here) : null;
                  const note =
                    here && figure !== null
                      ? here.provisional
                        ? m.stillCounting
                        : here.partial
                          ? m.partOf[bucket]
                          : here.carriedForward && m.carried
                      : false;
                  return [
                    <td key={one.meter.eventName} data-number="">
                      {exact(figure, one)}
                      {note ? <span data-mb="sub">{` ${note}`}</span> : null}
                    </td>,
                    before ? (
                      <td key={`${one.meter.eventName} before`} data-number="">
                        {exact(here ? before.figureOf(one, index) : null, one)}
                      </td>
                    ) : null,
                  ];
                })}
              </tr>
            ),
          )}
        </tbody>
      </table>
    </section>
  );
}
