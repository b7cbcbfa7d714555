#!/usr/bin/env node
import { existsSync } from 'node:fs';

// A clone has sources, which are never out of date; the published package has only what was built from them.
const source = new URL('../src/cli.ts', import.meta.url);
const { main } = await import(
  existsSync(source) ? source.href : new URL('../dist/cli.js', import.meta.url).href
);
await main(process.argv.slice(2));
