import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const heavy = /node_modules\/(@electric-sql\/pglite|pg|pg-boss)\//;

describe('what is loaded with the kit', () => {
  /** The packages whose files are loaded when a module runs in a process of its own. */
  async function listLoaded(code: string, cwd = root): Promise<string[]> {
    const script = `
      import { registerHooks } from 'node:module';
      const loaded = new Set();
      registerHooks({ load(url, context, next) { loaded.add(url); return next(url, context); } });
      ${code}
      process.stdout.write(JSON.stringify([...loaded]));`;
    const args = [
      '--conditions=@meterboard/source',
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '-e',
      script,
    ];
    const { stdout } = await run(process.execPath, args, { cwd, maxBuffer: 10_000_000 });
    const urls: string[] = JSON.parse(stdout);
    expect(urls.length).toBeGreaterThan(5);
    return [...new Set(urls.flatMap((url) => heavy.exec(url)?.[1] ?? []))];
  }

  it.each([
    ['@meterboard/server', []],
    ['@meterboard/server/postgres', []],
    ['@meterboard/server/embedded', ['@electric-sql/pglite']],
  ])('%s brings %j', async (entry, packages) => {
    expect(await listLoaded(`await import('${entry}');`)).toEqual(packages);
  });

  describe('in an empty project', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'meterboard-project-'));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it('is the embedded database when it is used without a store, in .meterboard', async () => {
      const chooser = join(root, 'packages/server/src/store/choose-store.ts');
      const code = `
        const { chooseStore } = await import(${JSON.stringify(chooser)});
        const store = chooseStore(undefined, 'development');
        const opened = await store.open({ logger: console, operate: async () => null });
        await opened.close();`;
      expect(await listLoaded(code, folder)).toEqual(['@electric-sql/pglite']);
      expect(existsSync(join(folder, '.meterboard/database/PG_VERSION'))).toBe(true);
    });
  });

  it('is not packed into an edge function: neither the embedded database nor its files', async () => {
    const result = await build({
      root,
      logLevel: 'silent',
      configFile: false,
      resolve: { conditions: ['@meterboard/source', 'import', 'module', 'default'] },
      ssr: { noExternal: true },
      build: {
        ssr: true,
        write: false,
        rollupOptions: {
          input: join(root, 'packages/server/src/store/choose-store.ts'),
          preserveEntrySignatures: 'strict',
        },
      },
    });
    const { output } = (Array.isArray(result) ? result[0] : result) as {
      output: { code?: string; fileName: string }[];
    };
    const code = output.map((part) => part.code ?? '').join('\n');
    expect(code).toContain('store is missing');
    expect(code).not.toMatch(/PGlite|node:fs/);
    expect(output).toHaveLength(1);
  });
});
