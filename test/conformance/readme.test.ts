import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCENARIOS } from '@meterboard/stripe-simulator';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../packages/stripe-simulator');
const readme = readFileSync(join(folder, 'README.md'), 'utf8');

/** The cells of the table between two markers, without its head. */
function rowsOf(name: string): string[][] {
  const table = readme.split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0] ?? '';
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

describe('the simulator’s README', () => {
  const behaviours = rowsOf('behaviours');

  it('names enough behaviours for the table to have been read', () => {
    expect(behaviours.length).toBeGreaterThan(35);
    expect(new Set(behaviours.map(([behaviour]) => behaviour)).size).toBe(behaviours.length);
  });

  it.each(behaviours)('shows by a test: %s', (_, place = '', name = '') => {
    const path = join(folder, place.replaceAll('`', ''));
    expect(existsSync(path), path).toBe(true);
    const code = readFileSync(path, 'utf8');
    const at = code.indexOf(`'${name}'`);
    expect(at, name).toBeGreaterThan(-1);
    expect(code.slice(Math.max(0, at - 40), at)).toMatch(
      /\bit(\.each\([\s\S]*\))?\(\s*$|\]\)\(\s*$|\)\(\s*$/,
    );
  });

  it('lists every scenario, and no other', () => {
    expect(rowsOf('scenarios').map(([name]) => name?.replaceAll('`', ''))).toEqual(SCENARIOS);
  });
});
