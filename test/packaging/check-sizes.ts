import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

/**
 * Weighs what a page loads of the kit, at once and later: minified and gzipped. React is left out always; TanStack
 * Query and the tRPC client where a host has them anyway or shares them. What a bundler adds around `import()` is left
 * out too.
 */
const react = [/^react($|\/)/, /^react-dom($|\/)/];
const dataLayer = [/^@tanstack\//, /^@trpc\//];
const dashboard = ['createMeterboardClient', 'MeterboardProvider', 'UsageDashboard'];

interface Budget {
  name: string;
  parts: string[];
  external: RegExp[];
  /** Of what is loaded at once. */
  limitBytes: number;
  /** Of what comes when somebody buys. */
  laterLimitBytes?: number;
  /** Of what is loaded at once and the interactive chart together. */
  withChartLimitBytes?: number;
}

const budgets: Budget[] = [
  {
    name: 'P1 the default dashboard',
    parts: dashboard,
    external: [...react, ...dataLayer],
    limitBytes: 14_000,
    // The dialog and the status of a purchase come when somebody buys.
    laterLimitBytes: 9_500,
  },
  {
    name: 'P1 one card alone (provider and CreditBalance)',
    parts: ['MeterboardProvider', 'CreditBalance'],
    external: [...react, ...dataLayer],
    limitBytes: 6_000,
    laterLimitBytes: 0,
    withChartLimitBytes: 6_000,
  },
  {
    name: 'P2 everything a default dashboard loads, data layer and interactive chart included',
    parts: dashboard,
    external: react,
    limitBytes: 45_000,
    withChartLimitBytes: 155_000,
  },
];

interface Chunk {
  type: string;
  fileName: string;
  isEntry?: boolean;
  imports?: string[];
  moduleIds?: string[];
  code?: string;
}

/** A chunk and all that it brings with it. */
function closureOf(chunks: Chunk[], roots: Chunk[]): Set<Chunk> {
  const seen = new Set<Chunk>();
  const visit = (chunk: Chunk | undefined): void => {
    if (!chunk || seen.has(chunk)) return;
    seen.add(chunk);
    for (const next of chunk.imports ?? []) visit(chunks.find(({ fileName }) => fileName === next));
  };
  for (const root of roots) visit(root);
  return seen;
}

function weigh(chunks: Chunk[]): { atOnceBytes: number; chartBytes: number; laterBytes: number } {
  const atOnce = closureOf(
    chunks,
    chunks.filter(({ isEntry }) => isEntry),
  );
  const chart = closureOf(
    chunks,
    chunks.filter(({ moduleIds = [] }) => moduleIds.some((id) => id.includes('usage-chart-interactive'))),
  );
  const sum = (isMeant: (chunk: Chunk) => boolean) =>
    chunks.filter(isMeant).reduce((bytes, { code = '' }) => bytes + gzipSync(code, { level: 9 }).length, 0);
  return {
    atOnceBytes: sum((chunk) => atOnce.has(chunk)),
    chartBytes: sum((chunk) => chart.has(chunk) && !atOnce.has(chunk)),
    laterBytes: sum((chunk) => !chart.has(chunk) && !atOnce.has(chunk)),
  };
}

const folder = join(import.meta.dirname, '../results/sizes');
mkdirSync(folder, { recursive: true });
const entry = join(folder, 'entry.js');
let failed = false;
for (const budget of budgets) {
  const { name, parts, external, limitBytes, laterLimitBytes, withChartLimitBytes } = budget;
  const list = parts.join(', ');
  writeFileSync(entry, `import { ${list} } from '@meterboard/react';\nglobalThis.page = [${list}];\n`);
  const result = await build({
    configFile: false,
    logLevel: 'error',
    root: join(import.meta.dirname, '../..'),
    // As an application would, and not as a library, which keeps the white space; `ssr` leaves Vite's preloading out.
    ssr: { noExternal: true },
    build: { ssr: true, write: false, minify: true, rolldownOptions: { input: entry, external } },
  });
  const [bundle] = Array.isArray(result) ? result : [result];
  if (!bundle || !('output' in bundle)) throw new Error('the bundler returned no output');
  const { atOnceBytes, chartBytes, laterBytes } = weigh(bundle.output.filter(({ type }) => type === 'chunk'));
  const says = [`${atOnceBytes} B gzip of ${limitBytes} B allowed at once`];
  let holds = atOnceBytes > 0 && atOnceBytes <= limitBytes;
  if (laterLimitBytes !== undefined) {
    says.push(`${laterBytes} B of ${laterLimitBytes} B when wanted`);
    holds &&= laterBytes <= laterLimitBytes;
  }
  if (withChartLimitBytes !== undefined) {
    says.push(`${atOnceBytes + chartBytes} B of ${withChartLimitBytes} B with the chart`);
    holds &&= atOnceBytes + chartBytes <= withChartLimitBytes;
  }
  console.log(`${name}: ${says.join(', ')}: ${holds ? 'holds' : 'falls short'}`);
  if (!holds) failed = true;
}
process.exitCode = failed ? 1 : 0;
