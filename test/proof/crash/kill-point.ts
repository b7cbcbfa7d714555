import { PGlite } from '@electric-sql/pglite';
import type { PostgresPoolLike } from '../../../packages/server/src/store/postgres.ts';

/** Where a process is to be killed: at a statement, found by the statements that lead to it on the same connection. */
export interface KillPoint {
  /** Patterns, matched one after the other; "commit" is a statement too. A transaction that ends otherwise begins anew. */
  path: readonly string[];
  when: 'before' | 'after';
}

let point: KillPoint | null = null;

/** Sets where this process ends; `null`: nowhere. */
export function armKillPoint(next: KillPoint | null): void {
  point = next;
}

/** One connection, and how far along the path it is. */
interface Tap {
  at: number;
}

/** What a statement is to the path: nothing, a part of it, or its end. Ends here where that is wanted before the end. */
function arrive({ at }: Tap, text: string): 'other' | 'part' | 'end' {
  const pattern = point?.path[at];
  if (!point || pattern === undefined || !new RegExp(pattern, 'i').test(text)) return 'other';
  if (at < point.path.length - 1) return 'part';
  if (point.when === 'before') die();
  return 'end';
}

/** The statement had its effect. */
function leave(tap: Tap, text: string, what: ReturnType<typeof arrive>): void {
  if (what === 'end') die();
  if (what === 'part') tap.at += 1;
  else if (/^(commit|rollback)/i.test(text)) tap.at = 0;
}

async function through<T>(tap: Tap, text: string, run: () => Promise<T>): Promise<T> {
  const what = arrive(tap, text);
  const answer = await run();
  leave(tap, text, what);
  return answer;
}

/** As `kill -9` would: nothing runs after it. */
function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

/** A pool whose connections pass the kill point. */
export function tapPool(pool: {
  connect(): Promise<Awaited<ReturnType<PostgresPoolLike['connect']>>>;
}): PostgresPoolLike {
  return {
    async connect() {
      const client = await pool.connect();
      const tap: Tap = { at: 0 };
      return {
        query: (statement) => through(tap, statement.text, () => client.query(statement)),
        release: (destroy) => client.release(destroy),
      };
    },
  };
}

/** Has every embedded database that this process opens pass the kill point. */
export function tapEmbedded(): void {
  const create = PGlite.create.bind(PGlite);
  const tapped = async (...given: Parameters<typeof create>) => {
    const pglite = await create(...given);
    const tap: Tap = { at: 0 };
    const { query, exec, transaction } = pglite;
    type Transaction = Parameters<Parameters<typeof transaction>[0]>[0];
    const tapQuery =
      <Query extends (text: string, ...rest: never[]) => Promise<unknown>>(run: Query) =>
      (text: string, ...rest: never[]) =>
        through(tap, text, () => run(text, ...rest));
    return Object.assign(pglite, {
      query: tapQuery(query.bind(pglite) as never),
      exec: tapQuery(exec.bind(pglite) as never),
      async transaction<T>(work: (within: Transaction) => Promise<T>) {
        let what: ReturnType<typeof arrive> = 'other';
        const answer = await transaction.call(pglite, async (within: Transaction) => {
          const inner = Object.assign(Object.create(within), {
            query: tapQuery(within.query.bind(within) as never),
            exec: tapQuery(within.exec.bind(within) as never),
          });
          const worked = await work(inner);
          // The commit follows at once, out of our sight.
          what = arrive(tap, 'commit');
          return worked;
        });
        leave(tap, 'commit', what);
        return answer;
      },
    });
  };
  Object.assign(PGlite, { create: tapped });
}
