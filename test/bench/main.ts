import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { judge, lineOf, type Mode, type Row, type Verdict } from './row.ts';
import { cachedRead } from './rows/cached-read.ts';
import { mount, truth, update } from './rows/client-chart.ts';
import { events } from './rows/events.ts';
import { forecasts } from './rows/forecast.ts';
import { heldDashboards } from './rows/held-dashboards.ts';
import { memory } from './rows/memory.ts';
import { providerCalls } from './rows/provider-calls.ts';
import { serverChart } from './rows/server-chart.ts';
import { kitSize, wholeSize } from './rows/sizes.ts';
import { start } from './rows/start.ts';
import { summary } from './rows/summary.ts';
import { webhooks } from './rows/webhooks.ts';

const HELP = `Usage: npm run bench [-- <row or word>…] [-- --broken]

Measures every row, or those whose id or words match, each against its rival in the same run.
--broken runs each row against a variant with the fault that it exists to catch: there it must fall short.`;

const rows: readonly Row[] = [
  // Its figure is a time of this very process, which the other rows leave full of theirs.
  serverChart,
  providerCalls,
  heldDashboards,
  cachedRead,
  kitSize,
  wholeSize,
  mount,
  update,
  truth,
  start,
  summary,
  events,
  memory,
  webhooks,
  ...forecasts,
];
const results = join(import.meta.dirname, 'RESULTS.md');

/** What a whole run has measured; a run of some rows writes nothing. */
interface Kept {
  verdicts: Verdict[];
  machine: string;
}

function machine(): string {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 1e9);
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${gigabytes} GB; ${process.platform} ${process.arch}; Node ${process.version}; load average ${loadavg()[0]?.toFixed(1)} at the end`;
}

function versions(): string {
  const read = (path: string): { version: string } =>
    JSON.parse(readFileSync(join(import.meta.dirname, '../..', path), 'utf8'));
  return `@meterboard/stripe-simulator ${read('packages/stripe-simulator/package.json').version}, stripe ${read('node_modules/stripe/package.json').version}, recharts ${read('node_modules/recharts/package.json').version}, uPlot ${read('node_modules/uplot/package.json').version}`;
}

function pageOf({ verdicts, machine: where }: Kept): string {
  const lines = verdicts.map(
    ({ id, what, target, figure, spread, detail, holds }) =>
      `| ${id} | ${what} | ${target} | ${figure} | ${spread} | ${detail} | ${holds ? 'holds' : 'falls short'} |`,
  );
  return `# Benchmark results

Written by \`npm run bench\`. Figures are medians; the spread is the smallest and the largest of the repetitions. Each
figure was taken next to its rival in the same run, since absolute times depend on the machine.

- Machine: ${where}
- Versions: ${versions()}

| Row | What | Target | Median | Spread | Beside it | Verdict |
| --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}
`;
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    console.log(HELP);
    return;
  }
  const mode: Mode = args.includes('--broken') ? 'broken' : 'sound';
  const words = args.filter((word) => !word.startsWith('--')).map((word) => word.toLowerCase());
  const chosen = rows.filter(
    ({ id, what }) =>
      words.length === 0 ||
      words.some((word) => id.toLowerCase() === word || what.toLowerCase().includes(word)),
  );
  if (chosen.length === 0) {
    console.error(`No row matches ${words.join(' ')}. There are: ${rows.map(({ id }) => id).join(', ')}.`);
    process.exitCode = 1;
    return;
  }
  const verdicts: Verdict[] = [];
  for (const row of chosen) {
    const verdict = await judge(row, mode);
    verdicts.push(verdict);
    console.log(lineOf(verdict));
  }
  if (mode === 'broken') {
    const blind = verdicts.filter(({ holds }) => holds);
    for (const { id } of blind) console.error(`${id} did not notice the fault.`);
    process.exitCode = blind.length > 0 ? 1 : 0;
    return;
  }
  if (chosen.length === rows.length) writeFileSync(results, pageOf({ verdicts, machine: machine() }));
  process.exitCode = verdicts.every(({ holds }) => holds) ? 0 : 1;
}

await main(process.argv.slice(2));
