import { invalidRequest } from './errors.ts';
import type { PageRequest } from './paging.ts';
import { integer, optional, string } from './params.ts';

/** The parameters that every list of the v2 API takes. */
export const pageParamsV2 = {
  limit: optional(integer({ min: 1, max: 100 })),
  page: optional(string()),
};

export interface ListObjectV2<T> {
  data: T[];
  next_page_url: string | null;
  previous_page_url: string | null;
}

/**
 * One page of `rows` (in list order) with the addresses of its neighbours. `query` is what else the addresses must
 * carry. A page token that this list did not give out is an error.
 */
export function paginateV2<Row, T>(
  rows: readonly Row[],
  page: { limit: PageRequest['limit']; page: string | undefined },
  list: { path: string; query?: Record<string, string>; toStripe: (row: Row) => T },
): ListObjectV2<T> {
  const limit = page.limit ?? 10;
  const from = page.page === undefined ? 0 : offsetOf(page.page, rows.length);
  const address = (offset: number): string => {
    const query = new URLSearchParams({
      ...list.query,
      ...(page.limit === undefined ? {} : { limit: String(limit) }),
      ...(offset === 0 ? {} : { page: `page_${offset}` }),
    }).toString();
    return query === '' ? list.path : `${list.path}?${query}`;
  };
  return {
    data: rows.slice(from, from + limit).map(list.toStripe),
    next_page_url: from + limit < rows.length ? address(from + limit) : null,
    previous_page_url: from === 0 ? null : address(Math.max(0, from - limit)),
  };
}

function offsetOf(token: string, length: number): number {
  const offset = Number(/^page_(\d{1,9})$/.exec(token)?.[1] ?? Number.NaN);
  if (Number.isNaN(offset) || offset > length)
    throw invalidRequest(`Invalid page token: ${token}`, { param: 'page' });
  return offset;
}
