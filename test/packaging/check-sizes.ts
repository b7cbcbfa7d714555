import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

/**
 * Weighs what a page loads of the kit: minified and gzipped, with React, TanStack Query and the tRPC client left
 * out, since a host has them anyway or shares them.
 */
const external = [/^react($|\/)/, /^react-dom($|\/)/, /^@tanstack\//, /^@trpc\//];
const budgets = [
  {
    name: 'the default dashboard',
    code: "export { createMeterboardClient, MeterboardProvider, UsageDashboard } from '@meterboard/react';",
    limitBytes: 14_800,
  },
  {
    name: 'one card alone (provider and CreditBalance)',
    code: "export { MeterboardProvider, CreditBalance } from '@meterboard/react';",
    limitBytes: 6_300,
  },
];

const folder = join(import.meta.dirname, '../results/sizes');
mkdirSync(folder, { recursive: true });
const entry = join(folder, 'entry.js');
let failed = false;
for (const { name, code, limitBytes } of budgets) {
  writeFileSync(entry, code);
  const result = await build({
    configFile: false,
    logLevel: 'error',
    root: join(import.meta.dirname, '../..'),
    build: {
      write: false,
      minify: true,
      // As an application would: library mode leaves the white space in.
      rolldownOptions: { input: entry, external, preserveEntrySignatures: 'strict' },
      modulePreload: false,
    },
  });
  const [bundle] = Array.isArray(result) ? result : [result];
  if (!bundle || !('output' in bundle)) throw new Error('the bundler returned no output');
  const bytes = bundle.output
    .filter((part) => part.type === 'chunk')
    .reduce((sum, part) => sum + gzipSync(part.code, { level: 9 }).length, 0);
  const holds = bytes > 0 && bytes <= limitBytes;
  console.log(`${name}: ${bytes} B gzip of ${limitBytes} B allowed: ${holds ? 'holds' : 'falls short'}`);
  if (!holds) failed = true;
}
process.exitCode = failed ? 1 : 0;
