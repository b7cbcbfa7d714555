'use client';
import type { Bucket, MeterSeries } from '@meterboard/contract';
import { formatBucketLong } from '../format/dates.ts';
import { formatExact } from '../format/quantity.ts';
import { usageWords } from '../i18n/usage.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

export interface UsageTableProps {
  series: MeterSeries;
  bucket: Bucket;
  timeZone: string;
  /** Up to here; what lies ahead has no row. */
  nowMs: number;
  /** Names the region. */
  label: string;
}

/** A region that scrolls has to be reachable by keyboard. */
const scrolls = { tabIndex: 0 };

/** The chart's figures, exact, one row for each bucket, the latest first. Renders a `<table>` in a region that scrolls. */
export function UsageTable({ series, bucket, timeZone, nowMs, label }: UsageTableProps) {
  const { locale, language } = useMeterboard();
  const m = useWords(usageWords);
  return (
    <section data-mb="usage-table" aria-label={label} {...scrolls}>
      <table data-mb="table">
        <thead>
          <tr>
            <th scope="col">{m.time}</th>
            <th scope="col" data-number="">
              {series.meter.unit ?? m.quantity}
            </th>
          </tr>
        </thead>
        <tbody>
          {series.buckets
            .filter(({ startMs }) => startMs <= nowMs)
            .reverse()
            .map(({ startMs, quantity, provisional, partial, carriedForward }) => (
              <tr key={startMs}>
                <th scope="row">{formatBucketLong(startMs, bucket, language, timeZone)}</th>
                <td data-number="">
                  {quantity === null ? m.noData : formatExact(quantity, locale)}
                  {quantity !== null && (provisional || partial || carriedForward) ? (
                    <span data-mb="sub">
                      {` ${provisional ? m.stillCounting : partial ? m.partOf[bucket] : m.carried}`}
                    </span>
                  ) : null}
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}
