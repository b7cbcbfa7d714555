import type { Crossing, ForecastBand, MeterUsage, UsageForecast } from '@meterboard/contract';
import { formatDay } from '../format/dates.ts';
import { formatPercent } from '../format/percent.ts';
import { formatExact, roundedTo, type Usual } from '../format/quantity.ts';
import type { figureWords } from '../i18n/usage-figures.ts';

/** What sentences about figures depend on. */
export interface FigureTongue {
  locale: string;
  language: string;
  timeZone: string;
  /** Of the meter that is spoken of, without its unit. */
  print: (quantity: string, usual: Usual) => string;
  m: typeof figureWords;
}

/** "12% more than at this time last period"; `null` where there is nothing to compare with. */
export function changeSentence(
  changeRatio: number | null | undefined,
  { m, locale }: Pick<FigureTongue, 'm' | 'locale'>,
): string | null {
  if (changeRatio === null || changeRatio === undefined) return null;
  if (Math.abs(changeRatio) < 0.0005) return m.sameAsLast;
  const percent = formatPercent(changeRatio, locale);
  return changeRatio > 0 ? m.moreThanLast(percent) : m.lessThanLast(percent);
}

/** More tell nothing that an estimate knows. */
const mostDigits = 7;

/** "about 41,000 by November 30, between 38,000 and 45,000", for a time that ends at `endMs`. */
export function forecastSentence(band: ForecastBand, endMs: number, tongue: FigureTongue): string {
  const { m, language, timeZone } = tongue;
  const figures = [band.mid, band.low, band.high];
  const printed = (digits: number) => figures.map((quantity) => tongue.print(quantity, roundedTo(digits)));
  let digits = 3;
  // A narrow band needs more of them: "about 10,400, between 10,300 and 10,400" tells less than is known.
  while (digits < mostDigits && new Set(printed(digits)).size < new Set(figures).size) digits += 1;
  const [mid = '', low = '', high = ''] = printed(digits);
  return m.forecastBy(mid, formatDay(endMs - 1, language, timeZone), low, high);
}

/** The forecast, or why there is none. */
export function outlookSentence(
  forecast: Pick<UsageForecast, 'kind' | 'total'> | Exclude<MeterUsage['forecast'], { kind: 'forecast' }>,
  endMs: number,
  tongue: FigureTongue,
): string {
  return forecast.kind === 'forecast'
    ? forecastSentence(forecast.total, endMs, tongue)
    : tongue.m.noForecast[forecast.reason];
}

/** When the limit will be reached, with the band of the date; `null` where nothing can be said. */
export function limitSentence(
  { limit, limitCrossing, meter }: MeterUsage,
  tongue: FigureTongue,
): string | null {
  if (limit === null || limitCrossing === null) return null;
  const { m, print } = tongue;
  const named = print(limit, formatExact) + (meter.unit ? ` ${meter.unit}` : '');
  return crossingSentence(limitCrossing, tongue, {
    crossed: m.limitCrossed(named),
    expected: (when) => m.limitExpected(named, when),
    possible: (when) => m.limitPossible(named, when),
    not: m.limitNotReached(named),
  });
}

/** When the next price begins, with the band of the date; `null` where there is none ahead. */
export function tierSentence({ nextTier, meter }: MeterUsage, tongue: FigureTongue): string | null {
  if (nextTier === null) return null;
  const { m, print } = tongue;
  const named = print(nextTier.fromQuantity, formatExact) + (meter.unit ? ` ${meter.unit}` : '');
  return crossingSentence(nextTier.crossing, tongue, {
    crossed: m.tierCrossed(named),
    expected: (when) => m.tierExpected(named, when),
    possible: (when) => m.tierPossible(named, when),
    not: m.tierNotReached(named),
  });
}

interface CrossingWords {
  crossed: string;
  expected: (when: string) => string;
  /** Only at the fast end of the band. */
  possible: (when: string) => string;
  not: string;
}

function crossingSentence(crossing: Crossing, tongue: FigureTongue, says: CrossingWords): string | null {
  switch (crossing.kind) {
    case 'crossed':
      return says.crossed;
    case 'expected':
      return says.expected(dateWithBand(crossing, tongue));
    case 'not_in_period':
      return crossing.earliestMs === null
        ? says.not
        : says.possible(formatDay(crossing.earliestMs, tongue.language, tongue.timeZone));
    case 'unknown':
      return null;
  }
}

/** "November 25, between November 21 and November 30"; the day alone, with its weekday, where the band is no longer. */
function dateWithBand(
  { atMs, earliestMs, latestMs }: Extract<Crossing, { kind: 'expected' }>,
  { m, language, timeZone }: FigureTongue,
): string {
  const day = (dayAtMs: number) => formatDay(dayAtMs, language, timeZone);
  const [when, first] = [day(atMs), day(earliestMs)];
  if (latestMs === null) return m.dateFrom(when, first);
  const last = day(latestMs);
  if (first === last) return formatDay(atMs, language, timeZone, { weekday: true });
  return m.dateBetween(when, first, last);
}
