import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRouter } from './protocol/router.ts';
import { routes } from './resources/index.ts';
import { connect, send } from './testing/connect.ts';

interface Row {
  name: string;
  fidelity: string;
  note: string;
}

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const rows = (readme.split('<!-- fidelity -->')[1] ?? '')
  .split('<!-- /fidelity -->', 1)[0]
  ?.split('\n')
  .flatMap((line): Row[] => {
    const cells = /^\| `(.+)` \| (\w+) \| ?(.*?) ?\|$/.exec(line);
    return cells === null ? [] : [{ name: cells[1] ?? '', fidelity: cells[2] ?? '', note: cells[3] ?? '' }];
  });
const listed = rows ?? [];

describe('the fidelity table of the README', () => {
  it('lists every route of the router with its fidelity and note, and no other', () => {
    const expected = routes.map(
      ({ method, path, fidelity, note }): Row => ({ name: `${method} ${path}`, fidelity, note }),
    );
    expect(listed.filter(({ fidelity }) => fidelity !== 'missing')).toEqual(expected);
    expect(expected.length).toBeGreaterThan(40);
  });

  it('says of every simplified route what is left out', () => {
    expect(listed.filter(({ fidelity, note }) => fidelity === 'simplified' && note === '')).toEqual([]);
  });

  it('lists as missing only what really answers 501', async () => {
    await using server = await connect();
    const missing = listed.filter(({ fidelity }) => fidelity === 'missing');
    expect(missing.length).toBeGreaterThan(10);
    for (const { name } of missing) {
      const [method = '', path = ''] = name.split(' ');
      expect(createRouter(routes)(method, path), name).toBeUndefined();
      expect((await send(server.sim, method, path.replace(':id', 'x'))).status, name).toBe(501);
    }
  });
});
