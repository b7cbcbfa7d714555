import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const idPattern = /\b(?:S[0-3]-\d{1,2}|F-[a-z-]+)\b/g;

/** Ids in the names of tests that run, and of groups that hold such tests. Relies on the formatter's indentation. */
function idsInTestNames(code: string): string[] {
  const running = code.replace(
    /^( *)(?:describe|it|test)\.(?:skip|todo)\b.*(?:\n(?:\1 .*)?)*(?:\n\1[)}\]].*)?/gm,
    '',
  );
  const groups = running.matchAll(/^( *)describe(?:\.each\([\s\S]*?\))?\(.*\n(?:\1 .*\n|\n)*/gm);
  const alive = [...groups].flatMap(([text]) =>
    /^ +(?:it|test)(?:\.each)?\(/m.test(text) ? [text.split('\n', 1)[0] ?? ''] : [],
  );
  const names = [...running.matchAll(/^\s*(?:it|test)(?:\.each\([\s\S]*?\))?\(\s*(['"`])((?:(?!\1).)*)\1/gm)];
  return [...alive, ...names.map(([, , name]) => name ?? '')].flatMap((name) => name.match(idPattern) ?? []);
}

function listTestFiles(): string[] {
  return ['packages', 'test', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.test\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/node_modules|[/\\]dist[/\\]|test[/\\]results/.test(path)),
  );
}

describe('the list of capabilities', () => {
  const listed = [
    ...readFileSync(join(root, 'test/CAPABILITIES.md'), 'utf8').matchAll(/^\| (S[0-3]-\d+|F-[a-z-]+) \|/gm),
  ].map(([, id]) => id);
  const shown = listTestFiles()
    .filter((path) => !path.endsWith('capabilities.test.ts'))
    .flatMap((path) => idsInTestNames(readFileSync(path, 'utf8')));

  it('names only what a test shows, and all of it', () => {
    expect(listed.length).toBeGreaterThan(0);
    expect([...new Set(listed)].sort()).toEqual([...new Set(shown)].sort());
  });

  it.each([
    ["it('S0-8 holds', () => {});\n", ['S0-8']],
    ["it('F-top-up: holds', () => {});\n", ['F-top-up']],
    ["describe('S1-1: x', () => {\n  it('holds', () => {});\n});\n", ['S1-1']],
    ["it.each([\n  1,\n])('S0-9: %s', () => {});\n", ['S0-9']],
    ["describe('S1-1: x', () => {\n  it.skip('holds', f);\n});\n", []],
    ["describe('S1-1: x', () => {\n  const a = 1;\n});\n", []],
    [
      "describe.skip('S1-1: x', () => {\n  it('S1-2', () => {\n    f();\n  });\n});\nit('S0-8', f);\n",
      ['S0-8'],
    ],
    ["it.skip('S0-8 holds', f);\ntest.todo('S0-9');\n// it('S0-10', f)\n", []],
  ])('counts only what runs: %j', (code, ids) => {
    expect(idsInTestNames(code)).toEqual(ids);
  });
});
