import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build, defaultClientConditions } from 'vite';

export interface ClientFile {
  contentType: string;
  content: string | Uint8Array;
}

const contentTypes: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

/** Bundles the browser side from source and returns its files by path ("/index.html"), without writing any. */
export async function buildClient(): Promise<Map<string, ClientFile>> {
  const result = await build({
    root: join(import.meta.dirname, '..'),
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    resolve: { conditions: ['@meterboard/source', ...defaultClientConditions] },
    build: { write: false, modulePreload: { polyfill: false } },
  });
  const [bundle] = Array.isArray(result) ? result : [result];
  if (!bundle || !('output' in bundle)) throw new Error('The bundler returned no output.');
  return new Map(
    bundle.output.map((file) => [
      `/${file.fileName}`,
      {
        contentType: contentTypes[file.fileName.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
        content: file.type === 'chunk' ? file.code : file.source,
      },
    ]),
  );
}
