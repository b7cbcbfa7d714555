'use client';
import { useCallback, useMemo, useState, useSyncExternalStore } from 'react';

/** Where a router keeps the query of the page's address, with or without the `?`. */
export interface UrlAdapter {
  /** The present query. Called while rendering, so that the router's own updates count. */
  read: () => string;
  /** Puts a query in its place, without a `?`. */
  write: (query: string) => void;
}

/** How a value stands in a query. */
export interface UrlFormat<T> {
  /** From any query at all: what makes no sense in it counts as missing. */
  parse: (query: string) => T;
  /** Into a query, whose other parameters stay. */
  format: (value: T, query: string) => string;
}

const moved = 'meterboard-url';

/** The address bar, without a router: `history.replaceState`, and `popstate` for whoever goes back. */
const addressBar: UrlAdapter = {
  read: () => location.search,
  write(query) {
    const { pathname, hash } = location;
    history.replaceState(history.state, '', `${pathname}${query ? `?${query}` : ''}${hash}`);
    dispatchEvent(new Event(moved));
  },
};

function subscribe(listener: () => void): () => void {
  for (const event of ['popstate', moved]) addEventListener(event, listener);
  return () => {
    for (const event of ['popstate', moved]) removeEventListener(event, listener);
  };
}

/**
 * A value that lives in the address of the page, so that a link brings it back. `url`: `true` for the address bar, or
 * a router's `read` and `write`; `false`: it lives in the component. On the server, without a router, it is what an
 * empty query means.
 */
export function useUrlState<T>(
  url: boolean | UrlAdapter,
  { parse, format }: UrlFormat<T>,
): [value: T, set: (value: T) => void] {
  const [own, setOwn] = useState('');
  const adapter = url === true ? addressBar : url === false ? null : url;
  const bar = useSyncExternalStore(
    subscribe,
    () => (adapter === addressBar ? addressBar.read() : ''),
    () => '',
  );
  const query = adapter === null ? own : adapter === addressBar ? bar : adapter.read();
  const value = useMemo(() => parse(query), [parse, query]);
  const set = useCallback(
    (next: T) => {
      if (adapter) adapter.write(format(next, adapter.read()));
      else setOwn((before) => format(next, before));
    },
    [adapter, format],
  );
  return [value, set];
}
