import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const vitest = ['vitest', 'run', '--config', 'test/vitest/vitest.config.ts', '--project', 'unit'];

/** In order of cost, so that the cheap mistakes show first. All of them run; the exit code tells whether all held. */
const checks: { name: string; command: string[] }[] = [
  { name: 'format and lint', command: ['biome', 'ci', '.'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'architecture', command: [...vitest, 'test/architecture.test.ts'] },
  { name: 'build', command: ['turbo', 'run', 'build', '--output-logs=errors-only'] },
  { name: 'packaging', command: ['node', 'test/packaging/check-packages.ts'] },
  { name: 'sizes', command: ['node', 'test/packaging/check-sizes.ts'] },
  { name: 'storybook build', command: ['storybook', 'build', '-o', 'test/results/storybook', '--quiet'] },
];

const failures: string[] = [];
for (const { name, command } of checks) {
  console.log(`\n── ${name} ──`);
  const [program = '', ...args] = command;
  const result = spawnSync('npx', ['--no', '--', program, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', STORYBOOK_DISABLE_TELEMETRY: '1' },
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) failures.push(name);
}

if (failures.length > 0) {
  console.error(`\nDoes not hold: ${failures.join(', ')}`);
  process.exitCode = 1;
} else {
  console.log(`\nAll ${checks.length} checks hold.`);
}
