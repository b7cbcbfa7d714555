import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../child.ts';
import { median, type Row } from '../row.ts';

const RUNS = 7;
const bin = 'packages/stripe-simulator/bin/stripe-simulator.js';

/** From the start of the process until the simulator has answered a request. */
async function firstAnswerMs(
  nodeArgs: readonly string[],
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<number> {
  const startedMs = performance.now();
  const child = await startChild([bin, '--port', '0', ...args], nodeArgs, environment);
  try {
    const url = child.line.replace(/^.*(?=http:)/, '');
    const answer = await fetch(`${url}/v1/customers`, { headers: { authorization: 'Bearer sk_test_x' } });
    if (answer.status !== 200) throw new Error(`The first answer was a ${answer.status}.`);
    await answer.arrayBuffer();
    return performance.now() - startedMs;
  } finally {
    await child.stop();
  }
}

/** The first start on a machine: nothing is in Node's compile cache. */
async function coldStartMs(nodeArgs: readonly string[]): Promise<number> {
  const cache = mkdtempSync(join(tmpdir(), 'meterboard-bench-'));
  try {
    return await firstAnswerMs(nodeArgs, [], { NODE_COMPILE_CACHE: cache });
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

async function bareStartMs(): Promise<number> {
  const child = await startChild(['--eval', 'console.log("up")']);
  await child.stop();
  return child.tookMs;
}

export const start: Row = {
  id: 'P13',
  what: 'start of the simulator until its first answer',
  target: '< 1 s',
  async measure(mode) {
    const nodeArgs = mode === 'broken' ? ['--import', './test/bench/servers/slow-start.ts'] : [];
    const first = await coldStartMs(nodeArgs);
    const samples: number[] = [];
    const bare: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      bare.push(await bareStartMs());
      samples.push(await firstAnswerMs(nodeArgs, []));
    }
    const demo = await firstAnswerMs(nodeArgs, ['--scenario', 'demo', '--now', '2026-11-26T09:30:00Z']);
    const ratio = median(samples) / median(bare);
    return {
      samples,
      meets: (figure) => figure < 1_000,
      format: (figure) => `${Math.round(figure)} ms`,
      detail: `${ratio.toFixed(1)}× a bare Node process; ${Math.round(first)} ms the very first time, before anything is compiled; with the demo scenario ${Math.round(demo)} ms`,
    };
  },
};
