import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

const HELP = `Usage: npm run proof [-- <row>…] [-- --deliveries <n> --seeds <n> --kills <n> --histories <n>]

Runs the reliability rows in full, or those that are named, and writes test/proof/RESULTS.md.
Default: 10,000 deliveries with each of 20 seeds, 200 kills, 1,000 histories. Takes hours.`;

const root = join(import.meta.dirname, '../..');
const results = join(import.meta.dirname, 'RESULTS.md');

interface Settings {
  deliveries: number;
  seeds: number;
  kills: number;
  histories: number;
}

/** One run of a test file. */
interface Part {
  file: string;
  environment: Record<string, string>;
}

interface Row {
  id: string;
  what: string;
  uses: readonly (keyof Settings)[];
  parts(settings: Settings): Part[];
}

/** Histories of one run: seeds follow one another, so that each run is short enough to show how far it is. */
const chunk = 100;

const rows: readonly Row[] = [
  {
    id: 'R1',
    what: 'paid once, credited once',
    uses: ['deliveries', 'seeds'],
    parts: ({ deliveries, seeds }) => [
      ...Array.from({ length: seeds }, (_, index) => ({
        file: 'deliveries',
        environment: { PROOF_DELIVERIES: `${deliveries}`, PROOF_SEED: `${index + 1}` },
      })),
      { file: 'races', environment: {} },
    ],
  },
  {
    id: 'R2',
    what: 'crash safety',
    uses: ['kills'],
    parts: ({ kills }) => [{ file: 'crashes', environment: { PROOF_KILLS: `${kills}` } }],
  },
  { id: 'R3', what: 'missed webhooks', uses: [], parts: () => [{ file: 'missed', environment: {} }] },
  {
    id: 'R4',
    what: 'refunds, disputes and failures in any order',
    uses: ['histories'],
    parts: ({ histories }) =>
      Array.from({ length: Math.ceil(histories / chunk) }, (_, index) => ({
        file: 'histories',
        environment: {
          PROOF_HISTORIES: `${Math.min(chunk, histories - index * chunk)}`,
          PROOF_SEED: `${index + 1}`,
        },
      })),
  },
];

interface Outcome {
  holds: boolean;
  minutes: number;
  /** What the tests printed of their figures. */
  figures: string[];
}

function run({ file, environment }: Part): Promise<Outcome> {
  const startedMs = performance.now();
  const args = [
    'run',
    '--config',
    'test/vitest/vitest.config.ts',
    '--project',
    'unit',
    `test/proof/${file}.test.ts`,
  ];
  const child = spawn(
    process.execPath,
    ['--conditions=@meterboard/source', join(root, 'node_modules/vitest/vitest.mjs'), ...args],
    { cwd: root, env: { ...process.env, NO_COLOR: '1', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const figures: string[] = [];
  let said = '';
  let rest = '';
  child.stdout.on('data', (part: Buffer) => {
    said += part;
    rest += part;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter((each) => /^R\d /.test(each))) {
      console.log(line);
      if (!line.includes(' … ')) figures.push(line);
    }
  });
  child.stderr.on('data', (part: Buffer) => {
    said += part;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const holds = code === 0 && figures.length > 0;
      if (!holds) console.error(said);
      resolve({ holds, figures, minutes: (performance.now() - startedMs) / 60_000 });
    });
  });
}

function readSettings(args: readonly string[]): { settings: Settings; words: string[] } {
  const settings: Settings = { deliveries: 10_000, seeds: 20, kills: 200, histories: 1_000 };
  const words: string[] = [];
  const rest = args.values();
  for (const arg of rest) {
    const name = arg.replace(/^--/, '');
    if (!arg.startsWith('--')) words.push(arg.toUpperCase());
    else if (name in settings) {
      const count = Number(rest.next().value);
      if (!(Number.isInteger(count) && count > 0)) throw new Error(`${arg} needs a whole number.\n\n${HELP}`);
      settings[name as keyof Settings] = count;
    } else throw new Error(`${arg} is unknown.\n\n${HELP}`);
  }
  return { settings, words };
}

function machine(): string {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 1e9);
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${gigabytes} GB; ${process.platform} ${process.arch}; Node ${process.version}`;
}

function versions(): string {
  const names = ['stripe', 'pg-boss', '@electric-sql/pglite', 'pg', 'fast-check'];
  const read = (name: string): string =>
    JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
  return names.map((name) => `${name} ${read(name)}`).join(', ');
}

const intro = `# Proof of the reliability rows

Written by \`npm run proof\`; \`npm test\` runs a short form of each row. Every figure is what Stripe's double says of payments and
credits, not what the kit says of itself. "increment on each event" and "event id unique" are handlers known to be wrong, given
the very same deliveries.
`;

/** A row that was not run keeps what an earlier run said of it. */
function write(row: Row, outcomes: readonly Outcome[], settings: Settings): void {
  const minutes = outcomes.reduce((sum, outcome) => sum + outcome.minutes, 0);
  const holds = outcomes.every((outcome) => outcome.holds);
  const asked = row.uses.map((name) => `, ${name} ${settings[name]}`).join('');
  const section = `## ${row.id} ${row.what}: ${holds ? 'holds' : 'FAILS'}

- Run: ${new Date().toISOString().slice(0, 10)}, ${minutes.toFixed(1)} minutes${asked}
- Machine: ${machine()}
- Versions: ${versions()}

${outcomes.flatMap(({ figures }) => figures.map((figure) => `    ${figure}`)).join('\n')}
`;
  const sections = new Map(keptSections().map((kept) => [kept.slice(3, 5), kept]));
  sections.set(row.id, section);
  const sorted = [...sections].toSorted(([a], [b]) => a.localeCompare(b)).map(([, each]) => each.trim());
  writeFileSync(results, `${intro}\n${sorted.join('\n\n')}\n`);
}

function keptSections(): string[] {
  try {
    return readFileSync(results, 'utf8')
      .split(/^(?=## R\d)/m)
      .slice(1);
  } catch {
    return [];
  }
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) return console.log(HELP);
  const { settings, words } = readSettings(args);
  const chosen = rows.filter(({ id }) => words.length === 0 || words.includes(id));
  if (chosen.length === 0) throw new Error(`No such row. There are: ${rows.map(({ id }) => id).join(', ')}.`);
  for (const row of chosen) {
    const parts = row.parts(settings);
    const outcomes: Outcome[] = [];
    for (const [index, part] of parts.entries()) {
      console.log(`${row.id} ${index + 1} of ${parts.length} …`);
      outcomes.push(await run(part));
    }
    write(row, outcomes, settings);
    const holds = outcomes.every((outcome) => outcome.holds);
    console.log(`${row.id} ${row.what}: ${holds ? 'holds' : 'FAILS'}`);
    if (!holds) process.exitCode = 1;
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
