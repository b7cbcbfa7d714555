'use client';
import type { Bucket, ResolvedRange } from '@meterboard/contract';
import type { Year } from '../format/dates.ts';
import { formatPercent } from '../format/percent.ts';
import { formatExact, type PrintQuantity } from '../format/quantity.ts';
import { formatSpoken, nameBefore } from '../format/spoken.ts';
import type { usageWords } from '../i18n/usage.ts';
import type { plotWords } from '../i18n/usage-plot.ts';
import type { tableWords } from '../i18n/usage-table.ts';
import type { Readout } from './cursor.ts';

/** What the words of a readout depend on. */
export interface ReadoutTongue {
  print: PrintQuantity;
  locale: string;
  language: string;
  timeZone: string;
  bucket: Bucket;
  /** Of the buckets, as `yearIn` has it. */
  year?: Year;
  m: typeof plotWords & typeof usageWords & typeof tableWords;
}

/** What the words of a comparison depend on. */
interface BeforeTongue {
  locale: string;
  m: typeof plotWords;
}

/** One figure of a readout: whose, how much, and its place among the series. */
export interface ReadoutLine {
  label: string;
  text: string;
}

/** A readout in words, for the eye and for the ear. */
export interface ReadoutWords {
  when: string;
  lines: ReadoutLine[];
  /** "12% above the week before"; `null` where there is nothing to compare with. */
  comparison: string | null;
  /** "still counting", "part of a day", … */
  notes: string[];
  /** All of it in one sentence. */
  spoken: string;
}

/** How the time before a range is called. */
export function beforeWords(range: ResolvedRange, { m, locale }: BeforeTongue): string {
  const { name, days } = nameBefore(range);
  return name === 'days' ? m.beforeDays(formatExact(String(days), locale)) : m.beforeThis[name];
}

/** "12% above the week before", for a ratio of change. */
export function changeWords(changeRatio: number, than: string, { m, locale }: BeforeTongue): string {
  if (Math.abs(changeRatio) < 0.0005) return m.same(than);
  return (changeRatio > 0 ? m.above : m.below)(formatPercent(changeRatio, locale), than);
}

/** Puts a readout into words. */
export function readoutWords({ bucket, parts, previous }: Readout, tongue: ReadoutTongue): ReadoutWords {
  const { print, language, timeZone, m } = tongue;
  const when = formatSpoken(bucket, tongue.bucket, language, timeZone, tongue.year);
  const isAlone = parts.length === 1;
  const lines = parts.map(({ series: { meter }, quantity }) => ({
    label: isAlone ? '' : meter.label,
    text:
      quantity === null
        ? m.noData
        : print(quantity, meter, formatExact) + (meter.unit ? ` ${meter.unit}` : ''),
  }));
  const [main] = parts;
  const than = main ? beforeWords(main.series.range, tongue) : '';
  const comparison =
    previous === null || !main
      ? null
      : previous.changeRatio === null
        ? m.than(print(previous.quantity, main.series.meter, formatExact), than)
        : changeWords(previous.changeRatio, than, tongue);
  const isKnown = parts.some(({ quantity }) => quantity !== null);
  const notes = [
    isKnown && bucket.provisional && m.stillCounting,
    isKnown && bucket.partial && !bucket.provisional && m.partOf[tongue.bucket],
    isKnown && bucket.carriedForward && m.carried,
  ].filter((note) => note !== false);
  const said = [...lines.map(({ label, text }) => (label ? `${label} ${text}` : text)), comparison, ...notes];
  return { when, lines, comparison, notes, spoken: m.readout(when, said.filter(Boolean).join(', ')) };
}
