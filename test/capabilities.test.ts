import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const idPattern = /\bS[0-3]-\d{1,2}\b/g;

/** Ids in the names of tests that run: skipped and pending ones do not count. */
function idsInTestNames(code: string): string[] {
  const names = code.matchAll(
    /^\s*(?:it|test|describe)(?:\.each\([\s\S]*?\))?\(\s*(['"`])((?:(?!\1).)*)\1/gm,
  );
  return [...names].flatMap(([, , name]) => name?.match(idPattern) ?? []);
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
    ...readFileSync(join(root, 'test/CAPABILITIES.md'), 'utf8').matchAll(/^\| (S[0-3]-\d+) \|/gm),
  ].map(([, id]) => id);
  const shown = listTestFiles()
    .filter((path) => !path.endsWith('capabilities.test.ts'))
    .flatMap((path) => idsInTestNames(readFileSync(path, 'utf8')));

  it('names only what a test shows, and all of it', () => {
    expect(listed.length).toBeGreaterThan(0);
    expect([...new Set(listed)].sort()).toEqual([...new Set(shown)].sort());
  });

  it('does not take a skipped or pending test, or a comment, for a proof', () => {
    expect(idsInTestNames("it('S0-8 holds', () => {});\n  describe('S1-1: x', () => {")).toEqual([
      'S0-8',
      'S1-1',
    ]);
    expect(idsInTestNames("it.skip('S0-8 holds', f);\ntest.todo('S0-9');\n// it('S0-10', f)")).toEqual([]);
  });
});
