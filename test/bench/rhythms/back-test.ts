import { forecastHistory, forecastMeter } from '../../../packages/server/src/domain/forecast-meter.ts';
import type { Mode } from '../row.ts';
import type { Rhythm } from './rhythms.ts';

const HOUR_MS = 3_600_000;
const PERIOD_HOURS = 30 * 24;
/** Periods begin so far apart, and in each a forecast is made every 13 hours, from its third day to its last. */
const BETWEEN_PERIODS_HOURS = 10 * 24;
const FIRST_CUT_HOURS = 3 * 24;
const LAST_CUT_HOURS = PERIOD_HOURS - 12;
const CUT_EVERY_HOURS = 13;

/** How forecasts of whole periods compared with what came. */
export interface BackTest {
  forecasts: number;
  /** Mean absolute error of the forecast ÷ that of the straight run-rate (used ÷ elapsed × length). */
  errorRatio: number;
  /** The same against a rival that knows what came before the period: the pace of the last seven days. */
  lastWeekRatio: number;
  /** How many of the outcomes lay within the band, 0..1. */
  coverage: number;
  /** Mean absolute error, as a part of the mean outcome. */
  relativeError: number;
}

interface Guess {
  expected: number;
  low: number;
  high: number;
}

/** Forecasts periods of 30 days of a rhythm from many instants, knowing at each only what lay before it. Where there is no forecast yet, neither counts. */
export function backTest({ startMs, hours }: Rhythm, mode: Mode): BackTest {
  const sum = (from: number, to: number): number =>
    hours.slice(from, to).reduce((total, units) => total + units, 0);
  const missed = { ours: 0, rival: 0, lastWeek: 0, within: 0, outcomes: 0, forecasts: 0 };
  for (let start = 0; start + PERIOD_HOURS <= hours.length; start += BETWEEN_PERIODS_HOURS) {
    const end = start + PERIOD_HOURS;
    const outcome = sum(start, end);
    for (let cut = start + FIRST_CUT_HOURS; cut <= start + LAST_CUT_HOURS; cut += CUT_EVERY_HOURS) {
      const used = sum(start, cut);
      const guess =
        mode === 'broken'
          ? lastDayAgain(used, sum(cut - 24, cut), end - cut)
          : forecastAt(startMs, hours, { start, cut, end });
      if (guess === null) continue;
      missed.ours += Math.abs(guess.expected - outcome);
      missed.rival += Math.abs((used / (cut - start)) * PERIOD_HOURS - outcome);
      const week = Math.min(7 * 24, cut);
      missed.lastWeek += Math.abs(used + (sum(cut - week, cut) / week) * (end - cut) - outcome);
      missed.within += outcome >= guess.low && outcome <= guess.high ? 1 : 0;
      missed.outcomes += outcome;
      missed.forecasts += 1;
    }
  }
  return {
    forecasts: missed.forecasts,
    errorRatio: missed.ours / missed.rival,
    lastWeekRatio: missed.ours / missed.lastWeek,
    coverage: missed.within / missed.forecasts,
    relativeError: missed.ours / missed.outcomes,
  };
}

/** As the kit does it: from the whole days of UTC before now and the total so far. */
function forecastAt(
  startMs: number,
  hours: readonly number[],
  { start, cut, end }: { start: number; cut: number; end: number },
): Guess | null {
  const nowMs = startMs + cut * HOUR_MS;
  const usedBetween = (fromMs: number, untilMs: number) =>
    hours
      .slice(Math.max(0, (fromMs - startMs) / HOUR_MS), (untilMs - startMs) / HOUR_MS)
      .reduce((sum, units) => sum + units, 0);
  const history = forecastHistory(nowMs)
    .filter((day) => day.startMs >= startMs)
    .map((day) => ({ ...day, quantity: String(usedBetween(day.startMs, day.endMs)), provisional: false }));
  const range = { startMs: startMs + start * HOUR_MS, endMs: startMs + end * HOUR_MS };
  const found = forecastMeter({
    aggregation: 'sum',
    range,
    nowMs,
    history,
    beganAtMs: startMs,
    total: String(usedBetween(range.startMs, nowMs)),
  });
  if (found.kind !== 'forecast') return null;
  const { mid, low, high } = found.total;
  return { expected: Number(mid), low: Number(low), high: Number(high) };
}

/** The fault that the row exists to catch: no rhythm, no level, and too much confidence. */
function lastDayAgain(used: number, lastDay: number, hoursLeft: number): Guess {
  const rest = (lastDay * hoursLeft) / 24;
  return { expected: used + rest, low: used + rest * 0.98, high: used + rest * 1.02 };
}
