import type { Page } from 'playwright';
import { keepExtremes } from '../../../packages/react/src/charts/down-sample.ts';
import { inBrowser } from '../browser.ts';
import { hourlyFigures } from '../pages/usage.ts';
import { type Mode, median, type Row } from '../row.ts';

const MOUNT_POINTS = 8_760;
const UPDATE_POINTS = 50_000;
const ROUNDS = 5;
const UPDATE_ROUNDS = 3;

interface Times {
  mountMs: number;
  updateMs: number;
}

/** Measures contenders in turn, round by round, so that a slow moment of the machine meets them all. */
async function race(
  page: Page,
  names: readonly string[],
  count: number,
  rounds: number,
): Promise<Record<string, Times[]>> {
  const times: Record<string, Times[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const name of names) {
      const took = await page.evaluate(
        ([contender, points, seed]) =>
          (globalThis as unknown as { measure: (...args: unknown[]) => Promise<Times> }).measure(
            contender,
            points,
            seed,
          ),
        [name, count, round + 2] as const,
      );
      if (round >= 0) times[name]?.push(took);
    }
  }
  return times;
}

const of = (times: Times[] | undefined, kind: keyof Times) => (times ?? []).map((one) => one[kind]);
const ratios = (above: number[], below: number[]) => above.map((one, round) => one / (below[round] ?? 1));
const times = (figure: number) => `${figure.toFixed(1)}×`;
const ms = (figures: number[]) => `${Math.round(median(figures))} ms`;

/** Which of ours is measured: in the broken variant every point is drawn. */
const oursIn = (mode: Mode, sound: string) => (mode === 'broken' ? 'everyPoint' : sound);

/** P4: mount of a year of hours until drawn. */
export const mount: Row = {
  id: 'P4',
  what: `mount of ${MOUNT_POINTS.toLocaleString('en')} hourly points until drawn, against plain recharts (no animation, no dots)`,
  target: '≥ 8× faster, and ≤ 1.5× the time of uPlot',
  measure: (mode) =>
    inBrowser('charts', async (page) => {
      const ours = oursIn(mode, 'static');
      const took = await race(
        page,
        [ours, 'recharts', 'rechartsWithDots', 'uplot', 'interactive'],
        MOUNT_POINTS,
        ROUNDS,
      );
      const own = of(took[ours], 'mountMs');
      const toUplot = median(ratios(own, of(took.uplot, 'mountMs')));
      return {
        samples: ratios(of(took.recharts, 'mountMs'), own),
        meets: (figure) => figure >= 8 && toUplot <= 1.5,
        format: times,
        detail: `ours ${ms(own)}, uPlot ${ms(of(took.uplot, 'mountMs'))} (ours ${toUplot.toFixed(2)}× of it), recharts ${ms(of(took.recharts, 'mountMs'))}, with its dots ${ms(of(took.rechartsWithDots, 'mountMs'))}; the interactive one that then takes over ${ms(of(took.interactive, 'mountMs'))}`,
      };
    }),
};

/** P5: new figures for fifty thousand points. */
export const update: Row = {
  id: 'P5',
  what: `update at ${UPDATE_POINTS.toLocaleString('en')} points until drawn, against plain recharts (no animation, no dots)`,
  target: '≥ 15× faster',
  measure: (mode) =>
    inBrowser('charts', async (page) => {
      // The interactive one is what is on the screen by then.
      const ours = oursIn(mode, 'interactive');
      const took = await race(page, [ours, 'recharts', 'uplot', 'static'], UPDATE_POINTS, UPDATE_ROUNDS);
      const own = of(took[ours], 'updateMs');
      return {
        samples: ratios(of(took.recharts, 'updateMs'), own),
        meets: (figure) => figure >= 15,
        format: times,
        detail: `ours ${ms(own)}, uPlot ${ms(of(took.uplot, 'updateMs'))}, recharts ${ms(of(took.recharts, 'updateMs'))}; the static one ${ms(of(took.static, 'updateMs'))}`,
      };
    }),
};

/** Which of the smallest and largest of every pixel column are among the points that are kept. */
function truthOf(figures: readonly number[], kept: ReadonlySet<number>, width: number): number {
  let found = 0;
  let columns = 0;
  for (let column = 0; column < width; column += 1) {
    const from = Math.ceil((column * figures.length) / width);
    const to = Math.ceil(((column + 1) * figures.length) / width);
    const all = figures.slice(from, to);
    if (all.length === 0) continue;
    const some = all.filter((_, index) => kept.has(from + index));
    columns += 2;
    if (Math.min(...some) === Math.min(...all)) found += 1;
    if (Math.max(...some) === Math.max(...all)) found += 1;
  }
  return found / columns;
}

/** Largest-triangle-three-buckets, as most libraries thin out a line. */
function largestTriangles(figures: readonly number[], count: number): Set<number> {
  const kept = new Set([0, figures.length - 1]);
  const step = (figures.length - 2) / (count - 2);
  let anchor = 0;
  for (let bucket = 0; bucket < count - 2; bucket += 1) {
    const [from, to, end] = [0, 1, 2].map((ahead) => Math.floor((bucket + ahead) * step) + 1) as [
      number,
      number,
      number,
    ];
    const next = figures.slice(to, Math.min(end, figures.length));
    const mean = next.reduce((sum, one) => sum + one, 0) / (next.length || 1);
    const meanAt = (to + Math.min(end, figures.length) - 1) / 2;
    let best = from;
    let largest = -1;
    for (let index = from; index < to; index += 1) {
      const area = Math.abs(
        (anchor - meanAt) * ((figures[index] ?? 0) - (figures[anchor] ?? 0)) -
          (anchor - index) * (mean - (figures[anchor] ?? 0)),
      );
      if (area > largest) [largest, best] = [area, index];
    }
    kept.add(best);
    anchor = best;
  }
  return kept;
}

/** P6: what is left out never changes the picture. */
export const truth: Row = {
  id: 'P6',
  what: 'smallest and largest figures of every pixel column that are kept, of a year of hours on 660 pixels',
  target: '100 %',
  async measure(mode) {
    const width = 660;
    const shares: { ours: number; rival: number; points: number }[] = [];
    for (let seed = 1; seed <= 9; seed += 1) {
      const figures = hourlyFigures(MOUNT_POINTS, seed);
      const trace = {
        at: figures.map((_, index) => index),
        top: figures,
        base: null,
        looseFrom: figures.length,
      };
      const { index } = keepExtremes(trace, (at) => Math.floor((at * width) / figures.length));
      const rival = truthOf(figures, largestTriangles(figures, index.length), width);
      shares.push({
        ours: mode === 'broken' ? rival : truthOf(figures, new Set(index), width),
        rival,
        points: index.length,
      });
    }
    const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
    return {
      samples: shares.map(({ ours }) => ours),
      meets: (figure) => figure === 1 && shares.every(({ ours }) => ours === 1),
      format: percent,
      detail: `${median(shares.map(({ points }) => points))} points of ${MOUNT_POINTS}; LTTB with as many points ${percent(median(shares.map(({ rival }) => rival)))}`,
    };
  },
};
