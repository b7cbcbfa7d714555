import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from './find-chromium.ts';

/** Each runner writes `test/results/<name>.json`. The browser runs stay apart so that each has the machine to itself. */
const runners = [
  {
    name: 'unit',
    args: ['--config', 'test/vitest/vitest.config.ts', '--project', 'unit', '--project', 'react'],
  },
  { name: 'storybook', args: ['--config', 'test/vitest/storybook.config.ts'] },
  { name: 'e2e', args: ['--config', 'test/vitest/vitest.config.ts', '--project', 'e2e'] },
];

const root = join(import.meta.dirname, '../..');
const results = join(root, 'test/results');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');

async function main(): Promise<void> {
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const chromium = await findChromium();
  console.log(`Browser: ${chromium}`);

  const filters = process.argv.slice(2);
  const totals = { passed: 0, failed: 0, skipped: 0 };
  let broken = false;
  for (const { name, args } of runners) {
    const report = join(results, `${name}.json`);
    console.log(`\n── ${name} ──`);
    const { status, signal } = spawnSync(
      process.execPath,
      [
        vitest,
        'run',
        ...args,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...(filters.length > 0 ? ['--passWithNoTests', ...filters] : []),
      ],
      {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, CHROMIUM_PATH: chromium },
      },
    );
    if (!existsSync(report)) {
      console.error(`${name}: wrote no report (exit ${status ?? signal}).`);
      broken = true;
      continue;
    }
    const counts = JSON.parse(readFileSync(report, 'utf8'));
    totals.passed += counts.numPassedTests;
    totals.failed += counts.numFailedTests;
    totals.skipped += counts.numPendingTests + counts.numTodoTests;
    if (status !== 0) broken = true;
  }
  // A runner that broke outside a test (an unhandled error, a file that does not load) is a failure too.
  if (broken && totals.failed === 0) totals.failed = 1;
  console.log(
    `\n${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}`,
  );
  process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
}

await main();
