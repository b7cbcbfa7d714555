import type { TimeSpan } from '@meterboard/contract';
import { dayMs, hourMs } from './time-units.ts';

/** A bucket whose quantity is known and settled, as a number: forecasts are estimates. */
export interface KnownUsage extends TimeSpan {
  quantity: number;
}

/** How usage comes and goes, learnt from the past. */
export interface UsageProfile {
  /** The usual share of the level at an instant: hour of the day × day of the week; 1 on average. */
  shapeAt(atMs: number): number;
  /** Units in an average hour of late; 0 where nothing was used. */
  levelPerHour: number;
  /** How far the sum of so many average days from now on may lie above or below what is usual: one standard deviation, in units. */
  spreadOf(averageDays: number, side: 'above' | 'below'): number;
  /** So many independent days stand behind it, as recent ones count more; at least 1. */
  effectiveDays: number;
}

/** After so many days a day counts half for the level. */
const halfLifeDays = 5;

/** What a level is expected to move away from its past a day, before the data say: 0.3 % of it. */
const usualGrowthPerDay = 0.003;

/** That expectation weighs as much as this many looks back over `usualReachDays`. */
const usualGrowthTrials = 5;
const usualReachDays = 14;

/** How much of a look back's miss is put down to chance where chance explains it. */
const chanceShare = 0.6;

/** Looks back begin after so many days, and look ahead for at most `usualReachDays`. */
const firstTrialDay = 7;
const leastTrialDays = 3;

/**
 * Learns from known buckets, ascending, in three steps: how the hours of a day share it (only from buckets of up to
 * two hours), how weekdays differ (shrunk towards "not at all" as far as chance could have made the difference), and
 * the recent level of what is left. The spread comes from how far days strayed from that, and from how far the level
 * missed the days after it when looked at from each earlier day, above and below apart. Hours and weekdays are those of
 * clocks `zoneOffsetMs` ahead of UTC. Deterministic.
 */
export function learnProfile(known: readonly KnownUsage[], nowMs: number, zoneOffsetMs = 0): UsageProfile {
  const mean = sum(known.map(({ quantity }) => quantity)) / sum(known.map(hoursOf));
  if (!(mean > 0)) {
    return { shapeAt: () => 1, levelPerHour: 0, spreadOf: () => 0, effectiveDays: 1 };
  }
  const local = known.map((bucket) => ({
    ...bucket,
    startMs: bucket.startMs + zoneOffsetMs,
    endMs: bucket.endMs + zoneOffsetMs,
  }));
  const ofHour = hourFactors(local, mean);
  const hourAt = (atMs: number) => ofHour[hourOfDay(atMs)] ?? 1;
  const days = byDay(local, (bucket) => hoursOf(bucket) * hourAt(middleOf(bucket)));
  const { factors, degrees } = weekdayFactors(days);
  const weekdayAt = (atMs: number) => factors[weekday(atMs)] ?? 1;
  const points = days.map(({ middleMs, actual, usual }) => {
    const size = (usual * weekdayAt(middleMs)) / 24;
    return { atDay: (middleMs - nowMs - zoneOffsetMs) / dayMs, perDay: actual / size, size };
  });
  const level = levelOf(points, 0);
  const dayVariance = varianceOf(points, degrees);
  const growth = growthOf(points, level.perDay, dayVariance);
  return {
    shapeAt: (atMs) => hourAt(atMs + zoneOffsetMs) * weekdayAt(atMs + zoneOffsetMs),
    levelPerHour: level.perDay / 24,
    effectiveDays: level.effectiveDays,
    spreadOf(averageDays, side) {
      const ofLevel =
        dayVariance / level.effectiveDays + growth[side] * (level.ageDays + averageDays / 2) ** 2;
      return Math.sqrt(averageDays * dayVariance + averageDays ** 2 * ofLevel);
    },
  };
}

/** A day without its usual ups and downs. */
interface Point {
  /** Days from now: negative. */
  atDay: number;
  /** Units per average day. */
  perDay: number;
  /** How many average days it stands for: about 1, less on a quiet weekday or where hours are missing. */
  size: number;
}

/** The mean of the points with recent ones counting more, how old that mean is, and how many days it is worth. */
function levelOf(points: readonly Point[], endDay: number) {
  const weights = points.map(({ atDay, size }) => size * 0.5 ** ((endDay - atDay) / halfLifeDays));
  const weight = sum(weights);
  const mean = (of: (point: Point) => number) =>
    sum(points.map((point, index) => of(point) * (weights[index] ?? 0))) / weight;
  const squares = points.map(({ size }, index) => (weights[index] ?? 0) ** 2 / Math.max(leastSize, size));
  return {
    perDay: mean(({ perDay }) => perDay),
    ageDays: endDay - mean(({ atDay }) => atDay),
    effectiveDays: Math.max(1, weight ** 2 / sum(squares)),
  };
}

/** Keeps days of which next to nothing is expected from deciding alone. */
const leastSize = 0.05;

/** The variance of an average day around a straight line through all days; more where a day resembles the one before. */
function varianceOf(points: readonly Point[], degrees: number): number {
  const weight = sum(points.map(({ size }) => size));
  const middle = sum(points.map(({ size, atDay }) => size * atDay)) / weight;
  const mean = sum(points.map(({ size, perDay }) => size * perDay)) / weight;
  const width = sum(points.map(({ size, atDay }) => size * (atDay - middle) ** 2));
  const lean = sum(points.map(({ size, atDay, perDay }) => size * (atDay - middle) * (perDay - mean)));
  const slope = width > 0 ? lean / width : 0;
  const offs = points.map(({ atDay, perDay }) => perDay - mean - slope * (atDay - middle));
  const squares = sum(points.map(({ size }, index) => size * (offs[index] ?? 0) ** 2));
  const memory = memoryOf(offs);
  return (squares / Math.max(2, points.length - 1 - degrees)) * ((1 + memory) / (1 - memory));
}

/** How much of a day's deviation the next day repeats: 0 … 0.6, shrunk while there are few days. */
function memoryOf(offs: readonly number[]): number {
  const squares = sum(offs.map((off) => off * off));
  if (squares === 0) return 0;
  const lagged = sum(offs.slice(1).map((off, index) => off * (offs[index] ?? 0)));
  return Math.min(0.6, Math.max(0, lagged / squares)) * (offs.length / (offs.length + 5));
}

/**
 * Looks back from each earlier day: how far did the level then known miss the days that followed? Answers the square
 * of what a level moves a day beyond chance, up and down apart (each side alone is half of all looks, hence twice), so
 * that growing usage widens the band upwards.
 */
function growthOf(points: readonly Point[], level: number, dayVariance: number) {
  const squares = { above: 0, below: 0 };
  let weight = 0;
  for (let cut = firstTrialDay; cut + leastTrialDays <= points.length; cut += 1) {
    const cutDay = (points[cut - 1]?.atDay ?? 0) + 0.5;
    const before = levelOf(points.slice(0, cut), cutDay);
    const after = points.slice(cut, cut + usualReachDays);
    const size = sum(after.map((point) => point.size));
    const missed = sum(after.map((point) => point.perDay * point.size)) / size - before.perDay;
    const reach = before.ageDays + size / 2;
    const chance = chanceShare * dayVariance * (1 / size + 1 / before.effectiveDays);
    squares[missed > 0 ? 'above' : 'below'] += (missed ** 2 - chance) * reach ** 2;
    weight += reach ** 4;
  }
  const prior = usualGrowthTrials * usualReachDays ** 4;
  const expected = prior * (usualGrowthPerDay * level) ** 2;
  const square = (side: 'above' | 'below') => Math.max(0, 2 * squares[side] + expected) / (weight + prior);
  return { above: square('above'), below: square('below') };
}

interface Day {
  weekday: number;
  middleMs: number;
  actual: number;
  /** Hours of the day that are known, each by its usual share: 24 for an average whole day. */
  usual: number;
}

function byDay(known: readonly KnownUsage[], usualOf: (bucket: KnownUsage) => number): Day[] {
  const days = new Map<number, Day>();
  for (const bucket of known) {
    const middleMs = middleOf(bucket);
    const key = Math.floor(middleMs / dayMs);
    const day = days.get(key) ?? { weekday: weekday(middleMs), middleMs, actual: 0, usual: 0 };
    days.set(key, { ...day, actual: day.actual + bucket.quantity, usual: day.usual + usualOf(bucket) });
  }
  return [...days.values()].filter(({ usual }) => usual > 0);
}

/** Each hour's mean against the mean of all; one average day is mixed in, so that a single one does not decide. */
function hourFactors(known: readonly KnownUsage[], mean: number): number[] {
  const fine = known.filter((bucket) => bucket.endMs - bucket.startMs <= 2 * hourMs);
  const factors: number[] = [];
  for (let hour = 0; hour < 24; hour += 1) {
    const own = fine.filter((bucket) => hourOfDay(middleOf(bucket)) === hour);
    const quantity = sum(own.map((bucket) => bucket.quantity));
    factors.push((quantity + mean) / (sum(own.map(hoursOf)) + 1) / mean);
  }
  const average = sum(factors) / 24;
  return factors.map((factor) => factor / average);
}

/** One factor per weekday, 1 on average, and how many degrees of freedom finding them took. */
function weekdayFactors(days: readonly Day[]): { factors: number[]; degrees: number } {
  const ratio = (some: readonly Day[]) =>
    sum(some.map(({ actual }) => actual)) / sum(some.map(({ usual }) => usual));
  const overall = ratio(days);
  const groups = Array.from({ length: 7 }, (_, index) => days.filter((day) => day.weekday === index));
  const raw = groups.map((group) => (group.length === 0 ? 1 : ratio(group) / overall));
  const trust = trustInWeekdays(days, raw, overall);
  const factors = groups.map(({ length }, index) => {
    const share = trust * (length / (length + 0.5));
    return Math.max(leastSize, 1 + ((raw[index] ?? 1) - 1) * share);
  });
  const average = sum(factors) / 7;
  const seen = groups.filter(({ length }) => length > 0).length;
  return { factors: factors.map((factor) => factor / average), degrees: trust * (seen - 1) };
}

/** From 0 (chance explains all differences) to 1: one less the ratio of the spread within weekdays to that between them. */
function trustInWeekdays(days: readonly Day[], raw: readonly number[], overall: number): number {
  const seen = new Set(days.map((day) => day.weekday)).size;
  const freedom = days.length - seen;
  if (freedom < 3) return 1;
  const scale = sum(days.map(({ usual }) => usual)) / days.length;
  let between = 0;
  let within = 0;
  for (const { weekday: index, actual, usual } of days) {
    const expected = raw[index] ?? 1;
    between += (usual / scale) * (expected - 1) ** 2;
    within += (usual / scale) * (actual / usual / overall - expected) ** 2;
  }
  if (between === 0) return 0;
  return Math.max(0, 1 - within / freedom / (between / Math.max(1, seen - 1)));
}

function hoursOf({ startMs, endMs }: TimeSpan): number {
  return (endMs - startMs) / hourMs;
}

function middleOf({ startMs, endMs }: TimeSpan): number {
  return (startMs + endMs) / 2;
}

function hourOfDay(atMs: number): number {
  return Math.floor(atMs / hourMs) % 24;
}

function weekday(atMs: number): number {
  return Math.floor(atMs / dayMs) % 7;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
