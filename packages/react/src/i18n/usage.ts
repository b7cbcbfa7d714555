/** Words of meters and of the chart. */
export const usageWords = {
  thisPeriod: 'This period',
  usageEmpty: 'Meters appear here once your plan has some.',
  unknown: 'not known',
  inPlan: 'in your plan',
  beyondPlan: 'beyond what your plan includes',
  nearLimit: 'close to your limit',
  overLimit: 'over your limit',
  latestValue: 'latest value',
  usedOf: (used: string, of: string) => `${used} of ${of}`,

  usage: 'Usage',
  meters: 'Meters',
  usageOf: (meter: string) => `Usage, ${meter}`,
  noUsage: 'No usage yet. It shows here minutes after it happens.',
  per: { hour: 'per hour', day: 'per day', week: 'per week', month: 'per month' },
  stillCounting: 'still counting',
  partOf: { hour: 'part of an hour', day: 'part of a day', week: 'part of a week', month: 'part of a month' },
  zone: (name: string) => `Times in ${name}`,
  asTable: 'Table',
  asChart: 'Chart',
  noReading: 'No data for this period.',
  chartSummary: (span: string, total: string, most: string, when: string) =>
    `${span}: ${total}. Highest ${most}, ${when}.`,
};
