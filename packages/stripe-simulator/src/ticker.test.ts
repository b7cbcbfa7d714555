import { describe, expect, it } from 'vitest';
import { createClock } from './clock.ts';
import { createIds } from './ids.ts';
import { createTicker } from './ticker.ts';
import { createWorld, type Job } from './world.ts';

function live() {
  const clock = createClock({ startMs: 0, frozen: false });
  const world = createWorld({ startMs: 0, ids: createIds('ticker') });
  const ran: string[] = [];
  const job: Job = { name: 'note', run: (_world, id) => void ran.push(id) };
  const ticker = createTicker({ world, clock, tick: () => world.settle(clock.nowMs()) });
  return { clock, world, ran, job, ticker };
}

describe('the ticker of a live clock', () => {
  it('runs work when its time comes, also work that is put before what it waited for', async () => {
    const { world, ran, job, ticker } = live();
    world.scheduleOwnMs(120, job, 'later');
    ticker.arm();
    world.scheduleOwnMs(40, job, 'sooner');
    ticker.arm();
    await expect.poll(() => ran).toEqual(['sooner']);
    await expect.poll(() => ran).toEqual(['sooner', 'later']);
    ticker.stop();
  });

  it('does not oversleep when the clock is moved', async () => {
    const { clock, world, ran, job, ticker } = live();
    world.scheduleOwnMs(3_000_000, job, 'far');
    ticker.arm();
    clock.skip(2_999_950);
    ticker.rearm();
    await expect.poll(() => ran).toEqual(['far']);
    ticker.stop();
  });

  it('does nothing more once it is stopped', async () => {
    const { world, ran, job, ticker } = live();
    world.scheduleOwnMs(20, job, 'never');
    ticker.arm();
    ticker.stop();
    ticker.arm();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(ran).toEqual([]);
  });
});
