/** Words in and beside the interactive picture of usage. */
export const plotWords = {
  closedPeriod: 'This period is closed: usage that arrives late is shown and no longer billed.',
  chartKeys: 'Arrow keys read the figures one by one.',
  limit: (quantity: string) => `Limit ${quantity}`,
  included: (quantity: string) => `Included ${quantity}`,
  planChange: 'Plan changed',
  /** What a time is compared with. */
  beforeThis: {
    period: 'the period before',
    month: 'the month before',
    week: 'the week before',
    day: 'the day before',
    other: 'the time before',
  },
  beforeDays: (days: string) => `the ${days} days before`,
  /** Of one hour, day, week or month, against the one at the same place in the time before. */
  above: (percent: string, than: string) => `${percent} above ${than}`,
  below: (percent: string, than: string) => `${percent} below ${than}`,
  same: (than: string) => `the same as ${than}`,
  than: (quantity: string, then: string) => `${quantity} in ${then}`,
  readout: (when: string, figures: string) => `${when}, ${figures}`,
  runningTotal: 'running total',
  thenLine: (then: string) => `dotted: ${then}`,
  forecastLine: 'forecast, with the range of most outcomes',
  shownInUtc: 'Days in UTC, until the days of your time zone have been read.',
  shownInUtcOnly: (zone: string) => `Times in UTC: this range is too long for ${zone}.`,
  plotSummary: (span: string, totals: string) => `${span}: ${totals}.`,
};
