import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Outcome, ProofRow } from './row.ts';

const root = join(import.meta.dirname, '../..');
const outcomesPath = join(import.meta.dirname, 'outcomes.json');
const resultsPath = join(import.meta.dirname, 'RESULTS.md');

/** Every run that was made, and what the negative controls saw. */
export interface ProofRecord {
  outcomes: Outcome[];
  /** By row. */
  controls: Record<string, string[]>;
}

export function readRecord(): ProofRecord {
  if (!existsSync(outcomesPath)) return { outcomes: [], controls: {} };
  return JSON.parse(readFileSync(outcomesPath, 'utf8'));
}

/** Keeps a run in place of an earlier one of the same number, and writes the page anew. */
export function keepOutcome(outcome: Outcome, rows: readonly ProofRow[]): void {
  const record = readRecord();
  const others = record.outcomes.filter(({ row, index }) => row !== outcome.row || index !== outcome.index);
  const outcomes = [...others, outcome].toSorted((a, b) => a.row.localeCompare(b.row) || a.index - b.index);
  write({ ...record, outcomes }, rows);
}

export function keepControls(id: string, seen: string[], rows: readonly ProofRow[]): void {
  const record = readRecord();
  write({ ...record, controls: { ...record.controls, [id]: seen } }, rows);
}

function write(record: ProofRecord, rows: readonly ProofRow[]): void {
  writeFileSync(outcomesPath, `${JSON.stringify(record, null, 1)}\n`);
  writeFileSync(resultsPath, pageOf(record, rows));
}

function pageOf({ outcomes, controls }: ProofRecord, rows: readonly ProofRow[]): string {
  const parts = rows.map((row) =>
    partOf(
      row,
      outcomes.filter((outcome) => outcome.row === row.id),
      controls[row.id] ?? [],
    ),
  );
  return `# Proof results

Written by \`npm run proof\` from the runs that \`outcomes.json\` keeps. A run has a number, which is its seed: \`npm run proof -- R1 --from 4 --seeds 1\` makes the fifth again.

- Machine: ${machine()}
- Versions: ${versions()}

${parts.join('\n')}`;
}

function partOf(row: ProofRow, outcomes: readonly Outcome[], controls: readonly string[]): string {
  const lines = [`## ${row.id}`, '', `${row.what}. Target: ${row.target}.`, ''];
  if (outcomes.length === 0) return [...lines, 'Not run yet.', ''].join('\n');
  const units = outcomes.reduce((sum, outcome) => sum + outcome.units, 0);
  const figures = outcomes.map(({ figure }) => figure);
  const failed = outcomes.filter(({ faults }) => faults.length > 0);
  const seconds = outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0);
  const stores = Map.groupBy(outcomes, ({ store }) => store);
  lines.push(
    `- Run: ${units} of ${row.full} ${row.unit} (numbers ${rangesOf(outcomes.map(({ index }) => index))}), ${[...stores].map(([store, own]) => `${own.reduce((sum, outcome) => sum + outcome.units, 0)} on ${store}`).join(' and ')}; ${Math.round(seconds / 60)} minutes on a machine with other work`,
    `- Of the commits: ${[...new Set(outcomes.map(({ build }) => build))].join(', ')}`,
    `- Figure: ${Math.min(...figures).toFixed(6)} … ${Math.max(...figures).toFixed(6)}`,
    `- Faults: ${failed.length === 0 ? 'none' : failed.flatMap(({ index, faults }) => faults.slice(0, 3).map((fault) => `#${index}: ${fault}`)).join('; ')}`,
    `- In all: ${Object.entries(totals(outcomes))
      .map(([name, count]) => `${count.toLocaleString('en')} ${name}`)
      .join(', ')}`,
    `- Negative controls: ${controls.length === 0 ? 'not run yet' : controls.join('; ')}`,
    `- Verdict: ${failed.length > 0 ? 'falls short' : units >= row.full ? 'holds' : `holds so far (${units} of ${row.full})`}`,
    '',
  );
  return lines.join('\n');
}

function totals(outcomes: readonly Outcome[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { counts } of outcomes) {
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}

/** `0–3, 7` */
function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

function machine(): string {
  const [cpu] = cpus();
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB; ${process.platform} ${process.arch}; Node ${process.version}`;
}

function versions(): string {
  const of = (name: string) => {
    const { version } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'));
    return `${name} ${version}`;
  };
  return ['stripe', 'pg-boss', '@electric-sql/pglite', 'kysely', 'pg'].map(of).join(', ');
}
