import { invalidRequest, resourceMissing } from './errors.ts';
import { integer, optional, string } from './params.ts';

/** The parameters that every list takes. */
export const pageParams = {
  limit: optional(integer({ min: 1, max: 100 })),
  starting_after: optional(string()),
  ending_before: optional(string()),
};

export interface PageRequest {
  limit: number | undefined;
  starting_after: string | undefined;
  ending_before: string | undefined;
}

export interface ListObject<T> {
  object: 'list';
  data: T[];
  has_more: boolean;
  url: string;
}

/**
 * One page of `rows` (in list order). `starting_after` goes down the list, `ending_before` up it; `has_more` speaks
 * of the direction asked for. A cursor that is not in the list is an error, as is giving both.
 */
export function paginate<Row extends { id: string }, T>(
  rows: readonly Row[],
  page: PageRequest,
  list: { url: string; noun: string; toStripe: (row: Row) => T },
): ListObject<T> {
  const limit = page.limit ?? 10;
  if (page.starting_after !== undefined && page.ending_before !== undefined) {
    throw invalidRequest('You cannot use both `starting_after` and `ending_before`.', {
      param: 'ending_before',
    });
  }
  const positionOf = (id: string, param: string): number => {
    const position = rows.findIndex((row) => row.id === id);
    if (position === -1) throw resourceMissing(list.noun, id, param);
    return position;
  };
  let from = 0;
  let to = limit;
  let hasMore: boolean;
  if (page.ending_before !== undefined) {
    to = positionOf(page.ending_before, 'ending_before');
    from = Math.max(0, to - limit);
    hasMore = from > 0;
  } else {
    if (page.starting_after !== undefined) from = positionOf(page.starting_after, 'starting_after') + 1;
    to = from + limit;
    hasMore = to < rows.length;
  }
  return { object: 'list', data: rows.slice(from, to).map(list.toStripe), has_more: hasMore, url: list.url };
}
