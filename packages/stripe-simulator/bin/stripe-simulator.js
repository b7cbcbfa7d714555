#!/usr/bin/env node
import { existsSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`stripe-simulator needs Node 22.18 or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}
const { enableCompileCache } = await import('node:module');

// Compiled code is kept among the system's temporary files, so that the next start need not compile it again.
enableCompileCache();

// A clone has sources, which are never out of date; the published package has only what was built from them.
const source = new URL('../src/cli.ts', import.meta.url);
const { main } = await import(
  existsSync(source) ? source.href : new URL('../dist/cli.js', import.meta.url).href
);
await main(process.argv.slice(2));
