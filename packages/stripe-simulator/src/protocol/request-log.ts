/** One request that reached the simulator, whatever became of it. */
export interface LoggedRequest {
  /** The `request-id` that the client saw. */
  id: string;
  method: string;
  /** Without the query. */
  path: string;
  query: string;
  status: number;
  /** The simulator's time. */
  atMs: number;
  idempotencyKey: string | null;
  /** True when a stored answer was replayed. */
  replayed: boolean;
  /** What went wrong inside the simulator, for a 500 of its own. */
  internalError: string | null;
}

export interface RequestFilter {
  method?: string;
  path?: RegExp | string;
  status?: number;
}

/** The latest requests (100,000 at most), oldest first. */
export interface RequestLog extends Iterable<LoggedRequest> {
  readonly length: number;
  all(filter?: RequestFilter): LoggedRequest[];
  /** How many logged requests pass the filter. */
  callCount(filter?: RequestFilter): number;
  clear(): void;
}

const MAX_ENTRIES = 100_000;

export function createRequestLog(): RequestLog & { add(entry: LoggedRequest): void } {
  let entries: LoggedRequest[] = [];
  const all = (filter: RequestFilter = {}): LoggedRequest[] =>
    entries.filter((entry) => passes(entry, filter));
  return {
    get length() {
      return entries.length;
    },
    [Symbol.iterator]: () => entries[Symbol.iterator](),
    all,
    callCount: (filter) => all(filter).length,
    clear() {
      entries = [];
    },
    add(entry) {
      entries.push(entry);
      if (entries.length > MAX_ENTRIES) entries = entries.slice(MAX_ENTRIES / 10);
    },
  };
}

function passes(entry: LoggedRequest, { method, path, status }: RequestFilter): boolean {
  return (
    (method === undefined || entry.method === method.toUpperCase()) &&
    (status === undefined || entry.status === status) &&
    (path === undefined || (typeof path === 'string' ? entry.path === path : entry.path.search(path) !== -1))
  );
}
