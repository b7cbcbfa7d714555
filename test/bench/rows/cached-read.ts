import { startChild } from '../child.ts';
import { getsPerSecond } from '../get-load.ts';
import { type Mode, median, type Row } from '../row.ts';

const ROUNDS = 9;
const COUNT = 3_000;

/** Answers for each second of the server's processor time. */
interface Round {
  kit: number;
  batch: number;
  bare: number;
}

async function measureRounds(mode: Mode): Promise<Round[]> {
  const names = [mode === 'broken' ? 'broken' : 'kit', 'batch', 'bare'];
  const children = await Promise.all(
    names.map((name) => startChild(['test/bench/servers/dashboard.ts', name])),
  );
  const ask = async (index: number, count: number) => {
    const [port, path = ''] = children[index]?.line.split(' ') ?? [];
    const cpuMs = async () => Number(await (await fetch(`http://127.0.0.1:${port}/cpu`)).text());
    const before = await cpuMs();
    await getsPerSecond(Number(port), count, () => path);
    return (count * 1_000) / ((await cpuMs()) - before);
  };
  try {
    const count = mode === 'broken' ? 100 : COUNT;
    for (const index of names.keys()) await ask(index, count);
    const rounds: Round[] = [];
    for (let round = 0; round < (mode === 'broken' ? 1 : ROUNDS); round += 1) {
      rounds.push({ kit: await ask(0, count), batch: await ask(1, count), bare: await ask(2, count) });
    }
    return rounds;
  } finally {
    for (const child of children) await child.stop();
  }
}

/**
 * Two limits in one figure: how far the worse of the two is kept. By the processor time of the servers, each alone: the client
 * and whatever else runs on the machine would be measured otherwise.
 */
export const cachedRead: Row = {
  id: 'P9',
  what: 'cached dashboard read over HTTP, as a share of both of its targets, the worse one',
  target: '≥ 1.00 (4× a stock tRPC batch of five, and 0.8 of one bare procedure over the same adapter)',
  async measure(mode) {
    const rounds = await measureRounds(mode);
    const overBatch = rounds.map(({ kit, batch }) => kit / batch);
    const overBare = rounds.map(({ kit, bare }) => kit / bare);
    const rate = (pick: (round: Round) => number) =>
      Math.round(median(rounds.map(pick))).toLocaleString('en');
    return {
      samples: overBatch.map((ratio, index) => Math.min(ratio / 4, (overBare[index] ?? 0) / 0.8)),
      meets: (figure) => figure >= 1,
      format: (figure) => figure.toFixed(2),
      detail: `${median(overBatch).toFixed(1)}× the batch of five, ${median(overBare).toFixed(2)} of one bare procedure; ${rate(({ kit }) => kit)} dashboards per second of one processor against ${rate(({ batch }) => batch)} and ${rate(({ bare }) => bare)}`,
    };
  },
};
