import { describe, expect, it } from 'vitest';
import { paginateV2 } from './paging-v2.ts';

const rows = Array.from({ length: 25 }, (_, index) => index);

/** The page that an address of the list leads to. */
function pageAt(address: string) {
  const query = new URL(address, 'http://x').searchParams;
  const limit = query.get('limit');
  return paginateV2(
    rows,
    { limit: limit === null ? undefined : Number(limit), page: query.get('page') ?? undefined },
    { path: '/v2/things', query: { kind: 'a b' }, toStripe: (row) => row },
  );
}

describe('a v2 list', () => {
  it.each([
    [undefined, [10, 10, 5]],
    [7, [7, 7, 7, 4]],
    [25, [25]],
    [100, [25]],
  ])('with the limit %s is walked forwards and back through its addresses, no row lost', (limit, sizes) => {
    const forwards: number[][] = [];
    let address: string | null = limit === undefined ? '/v2/things' : `/v2/things?limit=${limit}`;
    let last = '';
    while (address !== null) {
      last = address;
      const page = pageAt(address);
      forwards.push(page.data);
      address = page.next_page_url;
    }
    expect(forwards.map(({ length }) => length)).toEqual(sizes);
    expect(forwards.flat()).toEqual(rows);
    const backwards: number[][] = [];
    for (let at: string | null = last; at !== null; at = pageAt(at).previous_page_url)
      backwards.unshift(pageAt(at).data);
    expect(backwards).toEqual(forwards);
  });

  it('keeps the rest of the query in its addresses', () => {
    expect(pageAt('/v2/things').next_page_url).toBe('/v2/things?kind=a+b&page=page_10');
  });

  it.each(['page_', 'page_26', 'page_-1', 'x', 'page_1e1'])('refuses the page %j', (page) => {
    expect(() => pageAt(`/v2/things?page=${page}`)).toThrow('Invalid page token');
  });
});
