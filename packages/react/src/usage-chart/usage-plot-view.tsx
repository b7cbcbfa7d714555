'use client';
import type { Bucket, MeterSeries } from '@meterboard/contract';
import { type ReactNode, useMemo } from 'react';
import { ChartBox } from '../charts/chart-box.tsx';
import { readoutAt } from '../charts/cursor.ts';
import type { ChartShape } from '../charts/plan.ts';
import { beforeWords, changeWords } from '../charts/readout-words.ts';
import { UsagePlotStatic } from '../charts/usage-plot-static.tsx';
import { formatSpan } from '../format/dates.ts';
import { joinFacts } from '../format/facts.ts';
import { formatExact, type Usual } from '../format/quantity.ts';
import { usageWords } from '../i18n/usage.ts';
import { figureWords } from '../i18n/usage-figures.ts';
import { plotWords } from '../i18n/usage-plot.ts';
import { Amount } from '../parts/amount.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { changeSentence, outlookSentence } from '../usage-summary/figure-sentences.ts';
import { PlotLegend } from './plot-legend.tsx';
import { UsageTable } from './usage-table.tsx';

/** How usage is drawn. */
export interface PlotLook {
  /** Default `area`. More than a hundred bars are drawn as an area. */
  shape?: ChartShape;
  /** Totals from the start of the range, against limits. Levels stay as they are. Default false. */
  cumulative?: boolean;
}

export interface UsagePlotViewProps extends PlotLook {
  /** One meter, or several whose units agree. */
  series: MeterSeries[];
  bucket: Bucket;
  timeZone: string;
  nowMs: number;
  isTable: boolean;
  /** Several pictures stand below each other, so each says what it is of. */
  isNamed: boolean;
  /** Beside the totals. */
  toggle: ReactNode;
}

const words = { ...usageWords, ...plotWords, ...figureWords };

/** One picture of usage with its totals and legend, or its table. Renders a `<div>`. */
export function UsagePlotView(props: UsagePlotViewProps) {
  const {
    series,
    bucket,
    timeZone,
    nowMs,
    isTable,
    isNamed,
    toggle,
    shape = 'area',
    cumulative = false,
  } = props;
  const { print, locale, language } = useMeterboard();
  const m = useWords(words);
  // A forecast is made from days: it tells where a running total goes, and nothing of single hours.
  const drawn = useMemo(
    () => (bucket === 'hour' && !cumulative ? series.map((one) => ({ ...one, forecast: null })) : series),
    [series, bucket, cumulative],
  );
  const plot = useMemo(
    () => ({ series: drawn, shape, cumulative, nowMs, bucket, timeZone }),
    [drawn, shape, cumulative, nowMs, bucket, timeZone],
  );
  const [main] = series;
  if (!main) return null;
  const name = series.map(({ meter }) => meter.label).join(', ');
  const label = `${name}, ${cumulative ? m.runningTotal : m.per[bucket]}`;
  const exact = ({ meter, total }: MeterSeries) =>
    total === null ? m.unknown : print(total, meter, formatExact) + (meter.unit ? ` ${meter.unit}` : '');
  const totals = series.map((one) => `${one.meter.label} ${exact(one)}`).join(', ');
  const buckets = series.flatMap((one) => one.buckets);
  const known = buckets.filter(({ quantity }) => quantity !== null);
  const note =
    known.length === 0
      ? m.noReading
      : known.every(({ quantity }) => Number(quantity) === 0)
        ? m.noUsage
        : null;
  const tongue = { locale, language, timeZone, m };
  const then = beforeWords(main.range, tongue);
  const isRunningPeriod = main.range.kind === 'period' && main.range.endMs > nowMs;
  const hasBefore = series.every(({ previous }) => previous !== null);
  return (
    <div data-mb="usage-plot">
      <div data-mb="row">
        <div data-mb="totals">
          {series.map((one, place) => {
            const { meter, total, previous } = one;
            const change = previous?.changeRatio ?? null;
            return (
              <p key={meter.eventName}>
                {series.length > 1 ? <Swatch place={place} /> : null}
                {isNamed ? <span data-mb="sub">{meter.label} </span> : null}
                <strong data-mb="total">
                  <Amount quantity={total} meter={meter} />
                </strong>{' '}
                <span data-mb="sub">
                  {joinFacts(meter.unit, meter.aggregation === 'last' && m.latestValue)}
                </span>
                {change === null ? null : (
                  <span data-mb="change-note" data-direction={change > 0 ? 'up' : 'down'}>
                    {isRunningPeriod ? changeSentence(change, tongue) : changeWords(change, then, tongue)}
                  </span>
                )}
              </p>
            );
          })}
        </div>
        {toggle}
      </div>
      <PlotLegend {...{ bucket, shape, cumulative, then }} series={drawn} />
      {isTable ? (
        <UsageTable
          {...{ series, bucket, timeZone, nowMs, cumulative }}
          label={m.usageOf(name)}
          before={
            hasBefore
              ? {
                  head: then,
                  figureOf: (one, index) => readoutAt([one], index, cumulative)?.previous?.quantity ?? null,
                }
              : undefined
          }
        />
      ) : (
        <ChartBox label={label} plot={plot}>
          {(size) => (
            <UsagePlotStatic
              {...plot}
              {...size}
              label={label}
              summary={m.plotSummary(formatSpan(main.range, language, timeZone), totals)}
            />
          )}
        </ChartBox>
      )}
      {series.map(({ meter, forecast, range }) => {
        const spoken = {
          ...tongue,
          print: (quantity: string, usual: Usual) => print(quantity, meter, usual),
        };
        const outlook =
          forecast && forecast.kind === 'unavailable' && forecast.reason !== 'too_little_data'
            ? null
            : forecast && outlookSentence(forecast, range.endMs, spoken);
        return outlook ? (
          <p key={meter.eventName} data-mb="sub">
            {series.length > 1 ? `${meter.label}: ${outlook}` : outlook}
          </p>
        ) : null;
      })}
      {note ? <p data-mb="sub">{note}</p> : null}
      {series.every(({ isClosed }) => isClosed) ? <p data-mb="sub">{m.closedPeriod}</p> : null}
    </div>
  );
}

/** The fill of a layer, small: shape as well as colour. */
export function Swatch({ place }: { place: number }) {
  return (
    <svg data-mb="swatch" data-series={place + 1} width="12" height="12" aria-hidden="true">
      <rect width="12" height="12" rx="2" />
      <path d={swatches[place % 6]} />
    </svg>
  );
}

const swatches = [
  '',
  'M0 12L12 0M0 6L6 0M6 12L12 6',
  'M0 4H12M0 8H12',
  'M4 0V12M8 0V12',
  'M0 0L12 12M6 0L12 6M0 6L6 12',
  'M4 0V12M8 0V12M0 4H12M0 8H12',
];
