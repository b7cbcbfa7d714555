import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright';
import { build, defaultClientConditions, defaultServerConditions } from 'vite';
import { findChromium } from '../tooling/find-chromium.ts';

const root = join(import.meta.dirname, '../..');
const source = '@meterboard/source';
const types: Record<string, string> = { '.js': 'text/javascript', '.html': 'text/html', '.css': 'text/css' };

function onLog(
  level: 'debug' | 'info' | 'warn',
  log: { code?: string },
  report: (level: never, log: never) => void,
) {
  if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level as never, log as never);
}

/** Builds a page of `pages/` as for production, opens it in Chromium, and gives it to `use`. */
export async function inBrowser<T>(name: string, use: (page: Page) => Promise<T>): Promise<T> {
  const folder = join(root, 'test/results/bench', name);
  mkdirSync(folder, { recursive: true });
  const entry = join(folder, 'index.html');
  const script = join(root, 'test/bench/pages', `${name}.tsx`);
  writeFileSync(
    entry,
    `<!doctype html><div id="stage"></div><script type="module" src="${script}"></script>`,
  );
  const out = join(folder, 'out');
  await build({
    configFile: false,
    logLevel: 'error',
    root: folder,
    resolve: { conditions: [source, ...defaultClientConditions] },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { outDir: out, emptyOutDir: true, rolldownOptions: { input: entry, onLog } },
  });
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '');
    try {
      const body = readFileSync(join(out, path));
      response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream');
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return await use(page);
  } finally {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Builds a module of `pages/` for Node, as for production, and loads it. */
export async function onServer<Module>(name: string): Promise<Module> {
  const out = join(root, 'test/results/bench', `${name}-server`);
  process.env.NODE_ENV = 'production';
  await build({
    configFile: false,
    logLevel: 'error',
    root,
    ssr: { resolve: { conditions: [source, ...defaultServerConditions] }, noExternal: true },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      ssr: true,
      outDir: out,
      emptyOutDir: true,
      rolldownOptions: { input: join(root, 'test/bench/pages', `${name}.tsx`), onLog },
    },
  });
  return import(pathToFileURL(join(out, `${name}.js`)).href);
}
