import { backTest } from '../rhythms/back-test.ts';
import { batchRhythm, flightRhythms, officeRhythm, type Rhythm } from '../rhythms/rhythms.ts';
import type { Row } from '../row.ts';

const SEEDS = 12;
/** Seeds that the forecast was not tuned with: those were the first eight. */
const FIRST_SEED = 101;

const seeded = (rhythm: (seed: number) => Rhythm): Rhythm[] =>
  Array.from({ length: SEEDS }, (_, index) => rhythm(FIRST_SEED + index));

function row(id: string, what: string, rhythms: () => Rhythm[]): Row {
  return {
    id,
    what: `forecast of a month, ${what}: mean absolute error against the straight run-rate`,
    target: '< 1, with 70–90 % of outcomes in the 80 % band',
    async measure(mode) {
      const tests = rhythms().map((rhythm) => backTest(rhythm, mode));
      const mean = (of: (test: (typeof tests)[number]) => number): number =>
        tests.reduce((sum, test) => sum + of(test), 0) / tests.length;
      const coverage = mean((test) => test.coverage);
      const forecasts = tests.reduce((sum, test) => sum + test.forecasts, 0);
      return {
        samples: tests.map(({ errorRatio }) => errorRatio),
        meets: (ratio) => ratio < 1 && coverage >= 0.7 && coverage <= 0.9,
        format: (ratio) => ratio.toFixed(2),
        detail: `${Math.round(100 * coverage)} % of outcomes in the band, off by ${(100 * mean((test) => test.relativeError)).toFixed(1)} % on average, ${mean((test) => test.lastWeekRatio).toFixed(2)} against the pace of the last 7 days, ${forecasts.toLocaleString('en')} forecasts of ${tests.length} series`,
      };
    },
  };
}

/** One row per rhythm; `npm run bench -- forecast` runs them all. */
export const forecasts: readonly Row[] = [
  row('F-flights', 'flight log', flightRhythms),
  row('F-office', 'growing office hours', () => seeded(officeRhythm)),
  row('F-batch', 'nightly batch with gaps and outliers', () => seeded(batchRhythm)),
];
