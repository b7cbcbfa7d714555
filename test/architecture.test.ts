import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { parseAst } from 'vite';
import { describe, expect, it } from 'vitest';

interface Import {
  from: string;
  specifier: string;
  typeOnly: boolean;
}

const root = join(import.meta.dirname, '..');
const packages = ['contract', 'server', 'react', 'stripe-simulator'] as const;

/** What a file may import of ours, and of others, by the folder it lives in. The first match decides. */
interface Rule {
  /** Path prefix below the root, or a pattern. */
  files: RegExp;
  /** Packages of ours. */
  ours: RegExp;
  /** Packages of others; Node's own modules are `node:*`. */
  others: RegExp;
  /** Relative imports that are not allowed, matched against the path below the root. */
  not?: RegExp;
}

const none = /^$/;
const testTools =
  /^(vitest|fast-check|@testing-library\/.*|@storybook\/.*|storybook\/.*|react-dom\/.*|react)$/;
const isTest = /\.(test|test-d|stories)\.tsx?$/;

const rules: Rule[] = [
  { files: /^packages\/contract\/src\/schemas\//, ours: none, others: /^zod$/ },
  { files: /^packages\/contract\/src\//, ours: none, others: none, not: /\/schemas\// },
  {
    files: /^packages\/server\/src\/domain\//,
    ours: /^@meterboard\/contract$/,
    others: /^(big\.js|temporal-polyfill)$/,
    not: /server\/src\/(?!domain\/|gateway\.ts$)/,
  },
  {
    files: /^packages\/server\/src\/gateways\/stripe\//,
    ours: /^@meterboard\/contract$/,
    others: /^(stripe|big\.js|node:.*)$/,
    not: /server\/src\/(router|http|top-ups|domain)\//,
  },
  {
    files: /^packages\/server\/src\/gateways\//,
    ours: /^@meterboard\/contract$/,
    others: /^(big\.js|node:.*)$/,
    not: /server\/src\/(router|http|top-ups)\//,
  },
  {
    files: /^packages\/server\/src\/router\//,
    ours: /^@meterboard\/contract(\/schemas)?$/,
    others: /^(@trpc\/server(\/.*)?|zod|node:.*)$/,
    not: /server\/src\/(gateways|http)\//,
  },
  {
    files: /^packages\/server\/src\/meterboard\.ts$/,
    ours: /^@meterboard\/contract(\/schemas)?$/,
    others: /^(stripe|@trpc\/server(\/.*)?|zod|node:.*)$/,
  },
  {
    files: /^packages\/server\/src\/store\/embedded\.ts$/,
    ours: /^@meterboard\/contract$/,
    others: /^(kysely|@electric-sql\/pglite|node:.*)$/,
    not: /server\/src\/(?!(store|operator)\/)/,
  },
  {
    files: /^packages\/server\/src\/store\//,
    ours: /^@meterboard\/contract$/,
    // `pg` is loaded when a store of ours is opened, never with the module.
    others: /^(kysely(\/migration)?|pg|node:.*)$/,
    not: /server\/src\/(?!(store\/(?!embedded\.ts)|logger\.ts))/,
  },
  {
    files: /^packages\/server\/src\/operator\//,
    ours: none,
    others: /^node:.*$/,
    not: /server\/src\/(?!operator\/)/,
  },
  {
    files: /^packages\/server\/src\/jobs\//,
    ours: none,
    others: /^(kysely|pg-boss|node:.*)$/,
    not: /server\/src\/(?!(jobs\/|logger\.ts|store\/store\.ts))/,
  },
  {
    files: /^packages\/server\/src\/cache\//,
    ours: /^@meterboard\/contract$/,
    others: /^(lru-cache|kysely|node:.*)$/,
    not: /server\/src\/(router|http)\//,
  },
  {
    files: /^packages\/server\/src\/testing\/describe-stores\.ts$/,
    ours: /^@meterboard\/contract$/,
    others: /^(vitest|pg|@electric-sql\/pglite|node:.*)$/,
    not: /server\/src\/(router|http)\//,
  },
  {
    files: /^packages\/server\/src\/testing\//,
    ours: /^@meterboard\/contract$/,
    others: /^vitest$/,
    not: /server\/src\/(router|http)\//,
  },
  {
    files: /^packages\/server\/src\//,
    ours: /^@meterboard\/contract(\/schemas)?$/,
    others: /^(@trpc\/server(\/.*)?|zod|kysely|big\.js|temporal-polyfill|node:.*)$/,
  },
  {
    files: /^packages\/react\/src\/client\/create-meterboard-client\.ts$/,
    ours: /^@meterboard\/contract$/,
    others: /^@trpc\/client$/,
  },
  {
    files: /^packages\/react\/src\/checkout\//,
    ours: /^@meterboard\/contract$/,
    others: /^(react|@stripe\/(stripe-js|react-stripe-js)(\/.*)?)$/,
  },
  {
    files: /^packages\/react\/src\/(format|i18n)\//,
    ours: /^@meterboard\/contract$/,
    others: none,
    not: /react\/src\/(?!format\/|i18n\/)/,
  },
  {
    files: /^packages\/react\/src\/.*-view\.tsx$/,
    ours: /^@meterboard\/contract$/,
    others: /^react$/,
    not: /react\/src\/hooks\//,
  },
  {
    files: /^packages\/react\/src\/charts\//,
    ours: /^@meterboard\/contract$/,
    others: /^(react|recharts)$/,
    not: /react\/src\/hooks\//,
  },
  {
    files: /^packages\/react\/src\//,
    ours: /^@meterboard\/contract$/,
    others: /^(react|@tanstack\/react-query)$/,
  },
  { files: /^packages\/stripe-simulator\/src\/testing\//, ours: none, others: /^(stripe|node:.*)$/ },
  {
    files: /^packages\/stripe-simulator\/src\//,
    ours: none,
    others: /^(big\.js|node:.*)$/,
    not: /stripe-simulator\/src\/testing\//,
  },
];

/** What a test may import on top of what its neighbours may. */
const testAllowance: Record<(typeof packages)[number], RegExp> = {
  contract: /^zod$/,
  server:
    /^(@meterboard\/(contract|server|stripe-simulator)(\/.*)?|stripe|@trpc\/.*|node:.*|zod|big\.js|kysely(\/.*)?|pg|pg-boss)$/,
  react: /^(@meterboard\/react(\/.*)?|@tanstack\/react-query|node:.*|vitest\/.*)$/,
  'stripe-simulator': /^(stripe|node:.*|big\.js)$/,
};

/** Says what is wrong with an import, or nothing. */
function judge(found: Import): string | undefined {
  const { from, specifier } = found;
  const rule = rules.find(({ files }) => files.test(from));
  if (!rule) return undefined;
  const owner = packages.find((name) => from.startsWith(`packages/${name}/`));
  const testing = isTest.test(from);
  if (specifier.startsWith('.')) {
    const target = join(dirname(from), specifier).split(sep).join('/');
    if (!target.startsWith(`packages/${owner}/`)) return `${from} reaches into another package: ${specifier}`;
    if (!testing && isTest.test(target)) return `${from} imports a test: ${specifier}`;
    if (!testing && rule.not?.test(target)) return `${from} may not import ${target}`;
    return undefined;
  }
  // The simulator borrows Stripe's types, never its code.
  if (owner === 'stripe-simulator' && specifier === 'stripe' && found.typeOnly) return undefined;
  if (testing && owner && (testTools.test(specifier) || testAllowance[owner].test(specifier)))
    return undefined;
  const allowed = specifier.startsWith('@meterboard/') ? rule.ours : rule.others;
  return allowed.test(specifier) ? undefined : `${from} may not import ${specifier}`;
}

function listSources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

interface Node {
  type: string;
  source?: { value?: unknown } | null;
  importKind?: string;
  exportKind?: string;
  specifiers?: { importKind?: string; exportKind?: string }[];
}

function readImports(from: string, code: string): Import[] {
  const found: Import[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const part of value) visit(part);
    else if (typeof value === 'object' && value !== null) {
      const node = value as Node;
      const specifier = node.source?.value;
      if (typeof specifier === 'string') {
        const parts = node.specifiers ?? [];
        const typeOnly =
          node.importKind === 'type' ||
          node.exportKind === 'type' ||
          (parts.length > 0 && parts.every((part) => (part.importKind ?? part.exportKind) === 'type'));
        found.push({ from, specifier, typeOnly });
      }
      for (const part of Object.values(value)) visit(part);
    }
  };
  visit(parseAst(code, { lang: from.endsWith('x') ? 'tsx' : 'ts' }));
  return found;
}

/** Each cycle once, as the files along it. */
function findCycles(imports: Import[]): string[][] {
  const graph = new Map<string, string[]>();
  for (const { from, specifier } of imports) {
    if (!specifier.startsWith('.')) continue;
    const target = normalize(join(dirname(from), specifier))
      .split(sep)
      .join('/');
    graph.set(from, [...(graph.get(from) ?? []), target]);
  }
  const cycles: string[][] = [];
  const done = new Set<string>();
  const walk = (file: string, path: string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) cycles.push([...path.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) walk(file, []);
  return cycles;
}

const files = packages.flatMap((name) => listSources(`packages/${name}/src`));
const imports = files.flatMap((file) => readImports(file, readFileSync(join(root, file), 'utf8')));

describe('architecture', () => {
  it('reads every source file and finds their imports', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(imports.length).toBeGreaterThan(files.length / 2);
  });

  it('keeps every import inside the table', () => {
    expect(imports.map(judge).filter(Boolean)).toEqual([]);
  });

  it('has no import cycle', () => {
    expect(findCycles(imports)).toEqual([]);
  });

  it("names Node's own modules with node:", () => {
    const bare = imports.filter(({ specifier }) => builtinModules.includes(specifier));
    expect(bare).toEqual([]);
  });

  it('keeps source files at 400 lines or fewer', () => {
    const long = files.filter(
      (file) => !isTest.test(file) && readFileSync(join(root, file), 'utf8').split('\n').length > 401,
    );
    expect(long).toEqual([]);
  });

  it('has no folder that could hold anything', () => {
    const vague = files.filter((file) =>
      /\/(core|utils?|helpers?|common|config|ui|shared|misc)\//.test(file),
    );
    expect(vague).toEqual([]);
  });
});

describe('the checks themselves', () => {
  it.each([
    ['packages/react/src/hooks/use-meters.ts', "import type { AppRouter } from '@meterboard/server';"],
    [
      'packages/react/src/credit-balance/credit-balance-view.tsx',
      "import { useMeters } from '../hooks/use-meters.ts';",
    ],
    ['packages/react/src/invoice-list/invoice-list.tsx', "import { createTRPCClient } from '@trpc/client';"],
    ['packages/react/src/top-up/top-up-dialog.tsx', "const js = await import('@stripe/stripe-js/pure');"],
    ['packages/react/src/format/format-money.ts', "import { useMessages } from '../provider/context.ts';"],
    ['packages/server/src/router/credits.ts', "import Stripe from 'stripe';"],
    ['packages/server/src/domain/period.ts', "import { listMeters } from '../gateways/stripe/meters.ts';"],
    ['packages/server/src/domain/period.ts', "import { z } from 'zod';"],
    ['packages/server/src/domain/period.ts', "import { readFileSync } from 'node:fs';"],
    ['packages/server/src/store/migrate.ts', "import { PGlite } from '@electric-sql/pglite';"],
    ['packages/server/src/store/choose-store.ts', "import { embeddedStore } from './embedded.ts';"],
    ['packages/server/src/jobs/queues.ts', "import { settleTopUp } from '../top-ups/settle-top-up.ts';"],
    ['packages/contract/src/money.ts', "export { money } from './schemas/measured.ts';"],
    ['packages/contract/src/money.ts', "import { z } from 'zod';"],
    ['packages/stripe-simulator/src/clock.ts', "import type { Money } from '@meterboard/contract';"],
    ['packages/stripe-simulator/src/clock.ts', "import Stripe from 'stripe';"],
    ['packages/stripe-simulator/src/clock.ts', "const late = await import('../../server/src/index.ts');"],
    ['packages/server/src/meterboard.ts', "import { expectMoney } from './money.test.ts';"],
  ])('refuse in %s: %s', (from, code) => {
    expect(readImports(from, code).map(judge)).toEqual([expect.stringContaining(from)]);
  });

  it('allow what the table allows', () => {
    const allowed = readImports(
      'packages/stripe-simulator/src/clock.ts',
      "import type Stripe from 'stripe';",
    );
    expect(allowed.map(judge)).toEqual([undefined]);
  });

  it('find a cycle across three files', () => {
    const cycle = ['a', 'b', 'c'].map((name, index, all) => ({
      from: `packages/server/src/${name}.ts`,
      specifier: `./${all[(index + 1) % 3]}.ts`,
      typeOnly: true,
    }));
    expect(findCycles(cycle)).toHaveLength(1);
    expect(findCycles(cycle.slice(1))).toEqual([]);
  });
});
