import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ASSUMPTIONS } from '../assumptions.ts';
import { connect } from '../testing/connect.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The cells of a table between two markers, header left out. */
function tableOf(name: string): string[][] {
  const text = readme.split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0] ?? '';
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}

describe('the README', () => {
  it('lists every switch over HTTP, and no other', async () => {
    await using server = await connect();
    const { switches } = (await (await fetch(`${server.sim.url}/_simulator`)).json()) as {
      switches: string[];
    };
    const listed = tableOf('switches').map(([name]) => name);
    expect(listed.toSorted()).toEqual(['GET /_simulator', ...switches].toSorted());
  });

  it('lists every assumption with the choice that stands at the start', () => {
    const listed = tableOf('assumptions').map(([name, start]) => [name, start]);
    const expected = Object.entries(DEFAULT_ASSUMPTIONS).map(([name, start]) => [name, String(start)]);
    expect(listed.toSorted()).toEqual(expected.toSorted());
    expect(expected.length).toBeGreaterThan(5);
  });
});
