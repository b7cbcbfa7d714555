import type { Freshness, MeterSeries, TimeSpan, UsageBucket, UsageSeries } from '@meterboard/contract';
import { Temporal } from 'temporal-polyfill';
import { byteOrderMark, type CsvCell, csvLine } from './csv.ts';

/** What a file shows besides quantities. */
export interface UsageFileOptions {
  compare: boolean;
  cumulative: boolean;
}

/**
 * How far a line of a file can be trusted. `final`: not expected to change. `settling`: recent usage may still arrive.
 * `stale`: the provider could not be read, so this is the last good reading.
 */
type RowState = 'settled' | 'settling' | 'stale';

/** A file in parts, to be sent one after the other. */
export interface UsageFile {
  contentType: string;
  /** ASCII, without separators: names the days that it covers, the bucket and the zone. */
  fileName: string;
  parts(): Iterable<string>;
}

/**
 * One line per meter and bucket; what is not known is empty. Instants are the zone's, with their offset. Each line says
 * how final it is and when it was read, since lines are sorted, filtered and copied into other files.
 */
export function usageCsv(usage: UsageSeries, options: UsageFileOptions): UsageFile {
  return {
    contentType: 'text/csv; charset=utf-8; header=present',
    fileName: fileNameOf(usage, 'csv'),
    *parts() {
      yield byteOrderMark + csvLine(headerOf(usage, options));
      for (const series of usage.series) {
        if (series.previous) yield* bucketLines(usage, series, 'previous', series.previous.buckets, options);
        yield* bucketLines(usage, series, 'current', series.buckets, options);
      }
    },
  };
}

/** The same as JSON; quantities stay decimal strings, what is not known is `null`. */
export function usageJson(usage: UsageSeries, options: UsageFileOptions): UsageFile {
  const { timeZone, bucket, freshness } = usage;
  const iso = isoIn(timeZone);
  const spanOf = ({ startMs, endMs }: TimeSpan) => ({ start: iso(startMs), end: iso(endMs) });
  function* bucketsOf(buckets: readonly UsageBucket[]) {
    yield '[';
    for (const [
      index,
      { quantity, cumulative, carriedForward, partial, provisional, ...span },
    ] of buckets.entries()) {
      const sum = options.cumulative ? { cumulative } : {};
      const flags = { carriedForward, partial, provisional };
      yield `${index === 0 ? '' : ','}\n${JSON.stringify({ ...spanOf(span), quantity, ...sum, ...flags })}`;
    }
    yield ']';
  }
  return {
    contentType: 'application/json; charset=utf-8',
    fileName: fileNameOf(usage, 'json'),
    *parts() {
      yield openObject({ timeZone, bucket, asOf: iso(usage.asOfMs), freshness });
      yield ',"series":[';
      for (const [index, { meter, range, total, buckets, previous }] of usage.series.entries()) {
        yield `${index === 0 ? '' : ','}\n${openObject({ meter, range: spanOf(range), total })},"buckets":`;
        yield* bucketsOf(buckets);
        if (previous) {
          const { toDate, changeRatio } = previous;
          const before = { range: spanOf(previous.range), total: previous.total, toDate, changeRatio };
          yield `,"previous":${openObject(before)},"buckets":`;
          yield* bucketsOf(previous.buckets);
          yield '}';
        }
        yield '}';
      }
      yield ']}\n';
    },
  };
}

/** An object whose end is still to come. */
function openObject(known: object): string {
  return JSON.stringify(known).slice(0, -1);
}

function headerOf({ timeZone }: UsageSeries, { compare, cumulative }: UsageFileOptions): CsvCell[] {
  return [
    'meter',
    'label',
    'unit',
    ...(compare ? ['period'] : []),
    `start (${timeZone})`,
    `end (${timeZone})`,
    'quantity',
    // In a column of its own, so that the sum of a column is the total of a range.
    ...(compare ? ['quantity before'] : []),
    ...(cumulative ? ['cumulative'] : []),
    'carried forward',
    'partial',
    'provisional',
    'state',
    `as of (${timeZone})`,
  ].map((text) => ({ text }));
}

function* bucketLines(
  { timeZone, freshness, asOfMs }: UsageSeries,
  { meter }: MeterSeries,
  period: 'current' | 'previous',
  buckets: readonly UsageBucket[],
  { compare, cumulative }: UsageFileOptions,
): Iterable<string> {
  const iso = isoIn(timeZone);
  const exact = (value: string | boolean | null): CsvCell =>
    value === null ? null : { exact: String(value) };
  for (const bucket of buckets) {
    yield csvLine([
      { text: meter.eventName },
      { text: meter.label },
      meter.unit === null ? null : { text: meter.unit },
      ...(compare ? [exact(period)] : []),
      exact(iso(bucket.startMs)),
      exact(iso(bucket.endMs)),
      exact(period === 'current' ? bucket.quantity : null),
      ...(compare ? [exact(period === 'previous' ? bucket.quantity : null)] : []),
      ...(cumulative ? [exact(bucket.cumulative)] : []),
      exact(bucket.carriedForward),
      exact(bucket.partial),
      exact(bucket.provisional),
      exact(stateOf(bucket, freshness)),
      exact(iso(asOfMs)),
    ]);
  }
}

/** `null` where there is no figure to have one: not known, or ahead. */
function stateOf({ quantity, provisional }: UsageBucket, freshness: Freshness): RowState | null {
  if (quantity === null) return null;
  if (freshness === 'stale') return 'stale';
  return provisional ? 'settling' : 'settled';
}

function isoIn(timeZone: string): (atMs: number) => string {
  return (atMs) =>
    Temporal.Instant.fromEpochMilliseconds(atMs).toString({ timeZone, smallestUnit: 'second' });
}

function fileNameOf({ series, bucket, timeZone }: UsageSeries, extension: string): string {
  const iso = isoIn(timeZone);
  const startMs = Math.min(...series.map(({ range }) => range.startMs));
  const endMs = Math.max(...series.map(({ range }) => range.endMs));
  const days = series.length === 0 ? [] : [iso(startMs).slice(0, 10), iso(endMs - 1).slice(0, 10)];
  const zone = timeZone.replaceAll(/[^\w+-]/g, '-');
  return `${['usage', ...days, `by-${bucket}`, zone].join('_')}.${extension}`;
}
