import { describe, expect, it } from 'vitest';
import { previousAttributes } from './diff.ts';

describe('previous attributes', () => {
  it('hold the earlier values of what changed, and of nested maps only the keys that did', () => {
    const before = {
      name: 'a',
      same: 1,
      metadata: { kept: 'x', gone: 'y' },
      list: [1, 2],
      deep: { a: { b: 1, c: 2 } },
    };
    const after = {
      name: 'b',
      same: 1,
      metadata: { kept: 'x', born: 'z' },
      list: [1],
      deep: { a: { b: 1, c: 3 } },
    };
    expect(previousAttributes(before, after)).toEqual({
      name: 'a',
      metadata: { gone: 'y', born: null },
      list: [1, 2],
      deep: { a: { c: 2 } },
    });
  });

  it('hold null for what was not there, and a whole map where there is one no more', () => {
    expect(previousAttributes({ a: null, b: { c: 1 } }, { a: 'x', b: null, d: 2 })).toEqual({
      a: null,
      b: { c: 1 },
      d: null,
    });
  });

  it('are not there when nothing changed, or nothing but the time of the update', () => {
    expect(previousAttributes({ a: [1], b: { c: null } }, { a: [1], b: { c: null } })).toBeUndefined();
    expect(previousAttributes({ a: 1, updated: 5 }, { a: 1, updated: 6 })).toBeUndefined();
    expect(previousAttributes({ a: 1, updated: 5 }, { a: 2, updated: 6 })).toEqual({ a: 1, updated: 5 });
  });
});
