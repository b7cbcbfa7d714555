#!/usr/bin/env node
import { existsSync } from 'node:fs';

// Which of the two is current is for Node's conditions to say, as for the app's own import of this package.
const isSource = import.meta.resolve('@meterboard/server').endsWith('.ts');
const entry = new URL(isSource ? '../src/cli/cli.ts' : '../dist/cli/cli.js', import.meta.url);
if (existsSync(entry)) {
  const { main } = await import(entry.href);
  await main(process.argv.slice(2));
} else {
  process.stderr.write(
    'meterboard: this is a clone that was not built. Run npm run build, or node --conditions=@meterboard/source packages/server/bin/meterboard.js.\n',
  );
  process.exitCode = 1;
}
