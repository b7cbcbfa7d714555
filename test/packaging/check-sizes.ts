import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

/**
 * Weighs what a page loads of the kit, at once and later: minified and gzipped, with React, TanStack Query and the
 * tRPC client left out, since a host has them anyway or shares them. What a bundler adds around `import()` is left
 * out too.
 */
const external = [/^react($|\/)/, /^react-dom($|\/)/, /^@tanstack\//, /^@trpc\//];
const budgets = [
  {
    name: 'the default dashboard',
    parts: ['createMeterboardClient', 'MeterboardProvider', 'UsageDashboard'],
    limitBytes: 14_000,
    // The dialog and the status of a purchase come when somebody buys.
    laterLimitBytes: 9_500,
  },
  {
    name: 'one card alone (provider and CreditBalance)',
    parts: ['MeterboardProvider', 'CreditBalance'],
    limitBytes: 6_000,
    laterLimitBytes: 0,
  },
];

interface Chunk {
  type: string;
  fileName: string;
  isEntry?: boolean;
  imports?: string[];
  code?: string;
}

/** What the entry brings with it, and what it fetches later. */
function weigh(chunks: Chunk[]): { atOnceBytes: number; laterBytes: number } {
  const atOnce = new Set<string>();
  const visit = (name: string): void => {
    const chunk = chunks.find(({ fileName }) => fileName === name);
    if (!chunk || atOnce.has(name)) return;
    atOnce.add(name);
    for (const next of chunk.imports ?? []) visit(next);
  };
  for (const { fileName, isEntry } of chunks) if (isEntry) visit(fileName);
  const sum = (wanted: boolean) =>
    chunks
      .filter(({ fileName }) => atOnce.has(fileName) === wanted)
      .reduce((bytes, { code = '' }) => bytes + gzipSync(code, { level: 9 }).length, 0);
  return { atOnceBytes: sum(true), laterBytes: sum(false) };
}

const folder = join(import.meta.dirname, '../results/sizes');
mkdirSync(folder, { recursive: true });
const entry = join(folder, 'entry.js');
let failed = false;
for (const { name, parts, limitBytes, laterLimitBytes } of budgets) {
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
  const { atOnceBytes, laterBytes } = weigh(bundle.output.filter(({ type }) => type === 'chunk'));
  const holds = atOnceBytes > 0 && atOnceBytes <= limitBytes && laterBytes <= laterLimitBytes;
  console.log(
    `${name}: ${atOnceBytes} B gzip of ${limitBytes} B allowed, when wanted ${laterBytes} B of ${laterLimitBytes} B: ${holds ? 'holds' : 'falls short'}`,
  );
  if (!holds) failed = true;
}
process.exitCode = failed ? 1 : 0;
