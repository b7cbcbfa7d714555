import { spawnSync } from 'node:child_process';
import { keepControls, keepOutcome, readRecord } from './results.ts';
import { lineOf, type ProofRow } from './row.ts';
import { proofRows } from './rows.ts';
import { createProofStores, type ProofStores } from './stage/stores.ts';

const HELP = `Usage: npm run proof [-- <row>…] [-- --seeds|--kills|--days|--histories <number>] [--from <number>] [--resume] [--no-controls]

Proves the reliability rows in full, or those that are named, and writes test/proof/RESULTS.md after each run.
--seeds 3       makes so many of the row's units instead of all of them
--from 4        begins with the run of that number (from 0)
--resume        leaves out the runs whose results are kept already
--no-controls   leaves the negative controls out`;

interface Wishes {
  rows: readonly ProofRow[];
  from: number;
  units: number | null;
  resumes: boolean;
  controls: boolean;
}

function readWishes(args: readonly string[]): Wishes {
  const numberOf = (names: readonly string[]) => {
    const at = args.findIndex((arg) => names.includes(arg));
    return at === -1 ? null : Number(args[at + 1]);
  };
  const named = args.filter((arg) => /^R\d+$/i.test(arg)).map((arg) => arg.toUpperCase());
  return {
    rows: proofRows.filter(({ id }) => named.length === 0 || named.includes(id)),
    from: numberOf(['--from']) ?? 0,
    units: numberOf(['--seeds', '--kills', '--days', '--histories']),
    resumes: args.includes('--resume'),
    controls: !args.includes('--no-controls'),
  };
}

/** The commit that stands here; a working tree with changes says so. */
function readBuild(): string {
  const git = (...args: string[]) =>
    spawnSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).stdout.trim();
  const isChanged = git('status', '--porcelain', '../../packages') !== '';
  return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ' with changes' : ''}`;
}

async function proveRow(row: ProofRow, stores: ProofStores, wishes: Wishes): Promise<boolean> {
  const { from, units, resumes, controls } = wishes;
  const build = readBuild();
  const runs = Math.ceil((units ?? row.full) / row.perRun);
  let holds = true;
  if (controls) {
    const seen = await row.control(stores);
    keepControls(row.id, seen, proofRows);
    for (const line of seen) console.log(`${row.id} control: ${line}`);
  }
  for (let index = from; index < from + runs; index += 1) {
    const isKept = readRecord().outcomes.some((kept) => kept.row === row.id && kept.index === index);
    if (resumes && isKept) continue;
    const outcome = {
      row: row.id,
      date: new Date().toISOString(),
      build,
      ...(await row.run(index, stores, (progress) => console.log(progress))),
    };
    keepOutcome(outcome, proofRows);
    console.log(lineOf(outcome));
    holds &&= outcome.faults.length === 0;
  }
  return holds;
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) return console.log(HELP);
  const wishes = readWishes(args);
  if (wishes.rows.length === 0)
    throw new Error(`There are the rows ${proofRows.map(({ id }) => id).join(', ')}.`);
  const stores = createProofStores();
  if (stores.withoutPostgres) console.log(`Without PostgreSQL: ${stores.withoutPostgres}`);
  try {
    for (const row of wishes.rows) {
      if (!(await proveRow(row, stores, wishes))) process.exitCode = 1;
    }
  } finally {
    await stores.stop();
  }
}

await main(process.argv.slice(2));
// A closed embedded database leaves timers behind.
process.exit();
