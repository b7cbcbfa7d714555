#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';

// Compiled code is kept among the system's temporary files, so that the next start need not compile it again.
enableCompileCache();

// A clone has sources, which are never out of date; the published package has only what was built from them.
const source = new URL('../src/cli.ts', import.meta.url);
const { main } = await import(
  existsSync(source) ? source.href : new URL('../dist/cli.js', import.meta.url).href
);
await main(process.argv.slice(2));
