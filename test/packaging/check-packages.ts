import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/**
 * Packs every package, holds the tarballs against publint and attw, and then uses them as a stranger would: a
 * project that has only the packed files type-checks its code and loads every entry in plain Node.
 */
const root = join(import.meta.dirname, '../..');
const work = join(root, 'test/results/packed');
const packages = ['contract', 'server', 'react', 'stripe-simulator'];
const problems: string[] = [];

rmSync(work, { recursive: true, force: true });
mkdirSync(join(work, 'node_modules/@meterboard'), { recursive: true });

for (const name of packages) {
  const folder = join(root, 'packages', name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

  const { messages } = await publint({ pkgDir: folder, strict: true });
  for (const message of messages) problems.push(`${name}: publint: ${formatMessage(message, manifest)}`);

  execFileSync('npm', ['pack', '--silent', '--pack-destination', work], { cwd: folder, stdio: 'ignore' });
  const tarball = readdirSync(work).find((file) => file === `meterboard-${name}-${manifest.version}.tgz`);
  if (!tarball) throw new Error(`npm pack made no tarball for ${name}`);

  const excluded = Object.keys(manifest.exports).filter((entry) => /\.(css|json)$/.test(entry));
  const attw = spawnSync(
    'npx',
    [
      '--no',
      '--',
      'attw',
      join(work, tarball),
      '--profile',
      'esm-only',
      '--exclude-entrypoints',
      ...excluded,
    ],
    { cwd: root, encoding: 'utf8' },
  );
  if (attw.status !== 0) problems.push(`${name}: attw:\n${attw.stdout}${attw.stderr}`);

  const target = join(work, 'node_modules/@meterboard', name);
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', join(work, tarball), '-C', target, '--strip-components=1']);
  const stray = listFiles(target).filter((file) => /\.(test|stories)\./.test(file));
  if (stray.length > 0) problems.push(`${name}: packs tests or stories: ${stray.join(', ')}`);
  console.log(`${name}: packed ${listFiles(target).length} files`);
}

writeFileSync(
  join(work, 'package.json'),
  JSON.stringify({ name: 'stranger', private: true, type: 'module' }),
);
writeFileSync(
  join(work, 'tsconfig.json'),
  JSON.stringify({
    compilerOptions: {
      target: 'es2023',
      lib: ['es2024', 'dom', 'dom.iterable'],
      module: 'nodenext',
      jsx: 'react-jsx',
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: ['node'],
    },
    files: ['uses-kit.tsx', 'uses-server.cts'],
  }),
);
for (const file of ['uses-kit.tsx', 'uses-server.cts']) {
  writeFileSync(join(work, file), readFileSync(join(import.meta.dirname, `${file}.txt`), 'utf8'));
}
const types = spawnSync('npx', ['--no', '--', 'tsc', '-p', work], { cwd: root, encoding: 'utf8' });
if (types.status !== 0)
  problems.push(`a project with the packed files does not type-check:\n${types.stdout}${types.stderr}`);

const entries = packages.flatMap((name) => {
  const { exports } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  return Object.keys(exports)
    .filter((entry) => !/\.(css|json)$/.test(entry))
    .map((entry) => `@meterboard/${name}${entry.slice(1)}`);
});
writeFileSync(
  join(work, 'load.js'),
  `for (const entry of ${JSON.stringify(entries)}) await import(entry);\n`,
);
const load = spawnSync(process.execPath, ['load.js'], { cwd: work, encoding: 'utf8' });
if (load.status !== 0) problems.push(`plain Node cannot load the packed entries:\n${load.stderr}`);

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else {
  console.log(
    `publint, attw, tsc and Node accept all ${packages.length} packages (${entries.length} entries).`,
  );
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}
