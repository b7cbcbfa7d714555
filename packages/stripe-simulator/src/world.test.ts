import { describe, expect, it } from 'vitest';
import { createIds } from './ids.ts';
import { StripeFault } from './protocol/errors.ts';
import { defineTable, perWorld } from './table.ts';
import { createWorld, type Job } from './world.ts';

const START_MS = 1_000_000_000_000;
const rows = defineTable<{ id: string; text: string }>();
const notes = perWorld<{ list: string[]; byName: Map<string, { count: number }> }>(() => ({
  list: [],
  byName: new Map(),
}));
const sampleJob: Job = {
  name: 'sample',
  run: (world, id) => notes(world).list.push(`${id}@${world.nowSec()}`),
};

function world() {
  return createWorld({ startMs: START_MS, ids: createIds('test') });
}

describe('a transition that throws', () => {
  it('leaves no trace in tables, other state, ids or the agenda', () => {
    const it = world();
    rows(it).put({ id: 'a', text: 'before' });
    notes(it).byName.set('x', { count: 1 });
    it.ids.next('n_');
    const before = JSON.stringify(traceOf(it));
    expect(() =>
      it.transition(() => {
        rows(it).put({ id: 'a', text: 'changed' });
        rows(it).put({ id: 'b', text: 'new' });
        notes(it).list.push('x');
        const found = notes(it).byName.get('x');
        if (found !== undefined) found.count += 1;
        it.ids.next('n_');
        it.schedule(START_MS / 1000 + 1, sampleJob, 'late');
        it.openClock('clock_1', START_MS);
        it.joinClock('clock_1', 'cus_1');
        it.setAdvancing('clock_1', true);
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(JSON.stringify(traceOf(it))).toBe(before);
    expect([it.hasClocks(), it.clockIdOf('cus_1')]).toEqual([false, null]);
    it.settle(START_MS + 10_000);
    expect(notes(it).list).toEqual([]);
  });

  it('keeps its effects when the error says so, as a declined charge does', () => {
    const it = world();
    const declined = new StripeFault('declined', { status: 402, type: 'card_error' });
    expect(() =>
      it.transition(() => {
        rows(it).put({ id: 'a', text: 'attempt' });
        throw declined;
      }),
    ).toThrow(declined);
    expect(rows(it).get('a')?.text).toBe('attempt');
  });

  it('takes an inner transition back with it', () => {
    const it = world();
    expect(() =>
      it.transition(() => {
        it.transition(() => rows(it).put({ id: 'a', text: 'inner' }));
        throw new Error('outer');
      }),
    ).toThrow('outer');
    expect(rows(it).size()).toBe(0);
  });

  it('in a job loses that job’s effects and no other job’s', () => {
    const it = world();
    const failing: Job = {
      name: 'failing',
      run(found, id) {
        rows(found).put({ id, text: 'half' });
        throw new Error('job');
      },
    };
    it.schedule(START_MS / 1000 + 1, sampleJob, 'first');
    it.schedule(START_MS / 1000 + 2, failing, 'second');
    it.schedule(START_MS / 1000 + 3, sampleJob, 'third');
    expect(() => it.settle(START_MS + 10_000)).toThrow('job');
    it.settle(START_MS + 10_000);
    expect(rows(it).size()).toBe(0);
    expect(notes(it).list.map((text) => text.split('@')[0])).toEqual(['first', 'third']);
  });
});

describe('lines of time', () => {
  it('are apart: a customer on a clock lives on it, work stays on the line where it was put', () => {
    const it = world();
    const clockSec = START_MS / 1000 - 1_000_000;
    it.openClock('clock_1', clockSec * 1000);
    it.joinClock('clock_1', 'cus_1');
    expect([it.nowSecFor('cus_1'), it.nowSecFor('cus_2'), it.nowSecFor(null)]).toEqual([
      clockSec,
      START_MS / 1000,
      START_MS / 1000,
    ]);
    it.inTimeOf('cus_1', () => it.schedule(it.nowSec() + 5, sampleJob, 'on-clock'));
    it.scheduleFor(null, START_MS / 1000 + 5, sampleJob, 'own');
    it.runClock('clock_1', (clockSec + 10) * 1000);
    expect(notes(it).list).toEqual([`on-clock@${clockSec + 5}`]);
    expect([it.nowSec(), it.nowSecFor('cus_1')]).toEqual([START_MS / 1000, clockSec + 10]);
    it.settle(START_MS + 10_000);
    expect(notes(it).list[1]).toBe(`own@${START_MS / 1000 + 5}`);
  });

  it('come back after a failure on one of them', () => {
    const it = world();
    it.openClock('clock_1', 0);
    it.joinClock('clock_1', 'cus_1');
    expect(() =>
      it.inTimeOf('cus_1', () => {
        throw new Error('x');
      }),
    ).toThrow('x');
    expect(it.nowMs()).toBe(START_MS);
  });
});

describe('a saved world', () => {
  it('is not reached by later changes, and can be restored again and again', () => {
    const it = world();
    rows(it).put({ id: 'a', text: 'saved' });
    notes(it).list.push('saved');
    it.schedule(START_MS / 1000 + 5, sampleJob, 'waiting');
    const saved = it.save();
    const nextId = createIds('test').next('n_');
    for (let round = 0; round < 2; round += 1) {
      rows(it).put({ id: 'a', text: 'later' });
      rows(it).put({ id: 'b', text: 'later' });
      notes(it).list.push('later');
      it.ids.next('n_');
      it.settle(START_MS + 60_000);
      expect(notes(it).list).toHaveLength(3);
      it.restore(saved);
      expect(rows(it).oldestFirst()).toEqual([{ id: 'a', text: 'saved' }]);
      expect(notes(it).list).toEqual(['saved']);
      expect(it.nowMs()).toBe(START_MS);
      expect(it.ids.next('n_')).toBe(nextId);
      it.restore(saved);
    }
    it.settle(START_MS + 5_000);
    expect(notes(it).list[1]).toBe(`waiting@${START_MS / 1000 + 5}`);
  });
});

function traceOf(it: ReturnType<typeof world>) {
  const { own, clockOf, counters, states } = it.save();
  return { own, clockOf: [...clockOf], counters: [...counters], states: [...states.values()].map(plain) };
}

function plain(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(([key, item]) => [key, plain(item)]);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
