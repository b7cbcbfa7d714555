import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIds } from './ids.ts';
import { createWorld, type Job } from './world.ts';

describe('due work', () => {
  it('runs in time order and, at the same time, in the order in which it was planned', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (times) => {
        const world = createWorld({ startMs: 0, ids: createIds('') });
        const ran: Array<[number, number]> = [];
        const job: Job = { name: 'note', run: (at, id) => ran.push([at.nowSec(), Number(id)]) };
        for (const [index, atSec] of times.entries()) world.schedule(atSec, job, String(index));
        world.settle(20_000);
        const expected = times
          .map((atSec, index): [number, number] => [atSec, index])
          .sort(([a], [b]) => a - b);
        expect(ran).toEqual(expected);
      }),
    );
  });

  it('leaves work of the future alone and runs work that a job plans for the same walk', () => {
    const world = createWorld({ startMs: 0, ids: createIds('') });
    const ran: number[] = [];
    const job: Job = {
      name: 'every ten seconds',
      run(at, id) {
        ran.push(at.nowSec());
        at.schedule(at.nowSec() + 10, job, id);
      },
    };
    world.schedule(10, job, 'x');
    world.settle(35_000);
    expect(ran).toEqual([10, 20, 30]);
    expect(world.nowMs()).toBe(35_000);
  });
});
