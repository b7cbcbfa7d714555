import type { ForecastUnavailable } from '@meterboard/contract';

/** Words of summaries, forecasts and comparisons. */
export const figureWords = {
  summary: 'Usage in this period',
  summaryEmpty: 'Meters appear here once your plan measures something.',
  /** Compared with the same time after the start of the period before. */
  moreThanLast: (percent: string) => `${percent} more than at this time last period`,
  lessThanLast: (percent: string) => `${percent} less than at this time last period`,
  sameAsLast: 'As much as at this time last period',
  forecastBy: (mid: string, when: string, low: string, high: string) =>
    `About ${mid} by ${when}, between ${low} and ${high}`,
  noForecast: {
    too_little_data: 'No forecast yet: it takes three days of usage.',
    ended: 'This time is over.',
    not_forecastable: 'A level like this has no forecast.',
  } satisfies Record<ForecastUnavailable['reason'], string>,
  /** Dates of a forecast, with the earliest and the latest of most outcomes. */
  dateBetween: (when: string, first: string, last: string) => `${when}, between ${first} and ${last}`,
  dateFrom: (when: string, first: string) => `${when}, ${first} at the earliest, perhaps not in this period`,
  limitCrossed: (limit: string) => `The limit of ${limit} is reached.`,
  limitExpected: (limit: string, when: string) => `Reaches the limit of ${limit} around ${when}.`,
  limitPossible: (limit: string, when: string) => `May reach the limit of ${limit} as early as ${when}.`,
  limitNotReached: (limit: string) => `Stays below the limit of ${limit} at this pace.`,
  tierCrossed: (from: string) => `The next price begins above ${from}.`,
  tierExpected: (from: string, when: string) => `The next price begins above ${from}, around ${when}.`,
  tierPossible: (from: string, when: string) =>
    `The next price begins above ${from}, perhaps as early as ${when}.`,
  tierNotReached: (from: string) => `The next price begins above ${from}; not in this period at this pace.`,
  usedUntilNow: 'used so far',
  perDay: (meter: string) => `${meter}, per day`,
};
