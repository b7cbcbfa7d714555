import { describe, expect, it } from 'vitest';
import { paginate } from './paging.ts';

const rows = Array.from({ length: 25 }, (_, index) => ({ id: `r${index + 1}` }));
const page = (request: { limit?: number; starting_after?: string; ending_before?: string }) => {
  const answer = paginate(
    rows,
    { limit: request.limit, starting_after: request.starting_after, ending_before: request.ending_before },
    { url: '/v1/rows', noun: 'row', toStripe: (row) => row.id },
  );
  return [answer.data[0], answer.data.at(-1), answer.data.length, answer.has_more];
};

describe('paging', () => {
  it.each([
    [{}, ['r1', 'r10', 10, true]],
    [{ limit: 25 }, ['r1', 'r25', 25, false]],
    [{ starting_after: 'r10' }, ['r11', 'r20', 10, true]],
    [{ starting_after: 'r20' }, ['r21', 'r25', 5, false]],
    [{ starting_after: 'r25' }, [undefined, undefined, 0, false]],
    [{ ending_before: 'r21' }, ['r11', 'r20', 10, true]],
    [{ ending_before: 'r11' }, ['r1', 'r10', 10, false]],
    [{ ending_before: 'r4', limit: 2 }, ['r2', 'r3', 2, true]],
    [{ ending_before: 'r1' }, [undefined, undefined, 0, false]],
  ])('%j gives %j', (request, expected) => {
    expect(page(request)).toEqual(expected);
  });

  it('refuses a cursor that is not in the list, and two cursors at once', () => {
    expect(() => page({ starting_after: 'nobody' })).toThrow(
      expect.objectContaining({ code: 'resource_missing', param: 'starting_after' }),
    );
    expect(() => page({ ending_before: 'nobody' })).toThrow(
      expect.objectContaining({ code: 'resource_missing', param: 'ending_before' }),
    );
    expect(() => page({ starting_after: 'r1', ending_before: 'r2' })).toThrow('both');
  });
});
