import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, defaultServerConditions } from 'vite';

export const react = [/^react($|\/)/, /^react-dom($|\/)/];
export const dataLayer = [/^@tanstack\//, /^@trpc\//];
export const dashboardParts = ['createMeterboardClient', 'MeterboardProvider', 'UsageDashboard'];

export interface Page {
  /** What the page imports from the kit. */
  parts: readonly string[];
  /** Left out of the weight. */
  external: readonly RegExp[];
  /** Take the sources instead of what was built. */
  fromSource?: boolean;
  /** Other packages that the page imports, whole. */
  besides?: readonly string[];
}

/** Bytes after minification and gzip. */
export interface Weight {
  atOnceBytes: number;
  /** Of the interactive chart, which comes when it is seen. */
  chartBytes: number;
  /** Of what comes when somebody buys. */
  laterBytes: number;
}

interface Chunk {
  type: string;
  fileName: string;
  isEntry?: boolean;
  imports?: string[];
  moduleIds?: string[];
  code?: string;
}

/** Chunks and all that they bring with them. */
function closureOf(chunks: Chunk[], roots: Chunk[]): Set<Chunk> {
  const seen = new Set<Chunk>();
  const visit = (chunk: Chunk | undefined): void => {
    if (!chunk || seen.has(chunk)) return;
    seen.add(chunk);
    for (const next of chunk.imports ?? []) visit(chunks.find(({ fileName }) => fileName === next));
  };
  for (const root of roots) visit(root);
  return seen;
}

/** Weighs what a page loads of the kit, at once and later. What a bundler adds around `import()` is left out. */
export async function weigh({ parts, external, fromSource = false, besides = [] }: Page): Promise<Weight> {
  const results = join(import.meta.dirname, '../results');
  mkdirSync(results, { recursive: true });
  const folder = mkdtempSync(join(results, 'sizes-'));
  const entry = join(folder, 'entry.js');
  const list = parts.join(', ');
  const others = besides.map(
    (name, index) => `import * as other${index} from '${name}';\nglobalThis.other${index} = other${index};\n`,
  );
  writeFileSync(
    entry,
    `${others.join('')}import { ${list} } from '@meterboard/react';\nglobalThis.page = [${list}];\n`,
  );
  try {
    const result = await build({
      configFile: false,
      logLevel: 'error',
      root: join(import.meta.dirname, '../..'),
      // As an application would, and not as a library, which keeps the white space; `ssr` leaves Vite's preloading out.
      ssr: {
        noExternal: true,
        ...(fromSource
          ? { resolve: { conditions: ['@meterboard/source', ...defaultServerConditions] } }
          : undefined),
      },
      build: {
        ssr: true,
        write: false,
        minify: true,
        rolldownOptions: {
          input: entry,
          external: [...external],
          onLog: (level, log, report) => {
            if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
          },
        },
      },
    });
    const [bundle] = Array.isArray(result) ? result : [result];
    if (!bundle || !('output' in bundle)) throw new Error('the bundler returned no output');
    const chunks: Chunk[] = bundle.output.filter(({ type }) => type === 'chunk');
    const atOnce = closureOf(
      chunks,
      chunks.filter(({ isEntry }) => isEntry),
    );
    const chart = closureOf(
      chunks,
      chunks.filter(({ moduleIds = [] }) => moduleIds.some((id) => id.includes('usage-chart-interactive'))),
    );
    const sum = (isMeant: (chunk: Chunk) => boolean) =>
      chunks.filter(isMeant).reduce((bytes, { code = '' }) => bytes + gzipSync(code, { level: 9 }).length, 0);
    return {
      atOnceBytes: sum((chunk) => atOnce.has(chunk)),
      chartBytes: sum((chunk) => chart.has(chunk) && !atOnce.has(chunk)),
      laterBytes: sum((chunk) => !chart.has(chunk) && !atOnce.has(chunk)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
