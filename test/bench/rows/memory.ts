import { startChild } from '../child.ts';
import { median, type Row } from '../row.ts';

const RUNS = 3;
const MEGABYTE = 1_000_000;

export const memory: Row = {
  id: 'P-memory',
  what: 'resident memory with the big scenario of a million events loaded',
  target: '≤ 400 MB',
  async measure(mode) {
    const runs: { resident: number; peak: number; tookMs: number }[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const child = await startChild(['test/bench/servers/big.ts', mode]);
      await child.stop();
      const [resident = 0, peak = 0, tookMs = 0, events = 0] = child.line.split(' ').map(Number);
      if (events !== 1_000_000) throw new Error(`The big scenario holds ${events} events.`);
      runs.push({ resident, peak, tookMs });
    }
    const of = (pick: (run: (typeof runs)[number]) => number) => median(runs.map(pick));
    return {
      samples: runs.map(({ peak }) => peak / MEGABYTE),
      meets: (figure) => figure <= 400,
      format: (figure) => `${Math.round(figure)} MB`,
      detail: `at its peak; ${Math.round(of(({ resident }) => resident) / MEGABYTE)} MB afterwards; loaded in ${Math.round(of(({ tookMs }) => tookMs))} ms`,
    };
  },
};
