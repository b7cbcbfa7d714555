import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenStore } from '../../../packages/server/src/store/store.ts';

/**
 * Lets the time of the job queue pass at once: what waits for its next try is due, and what a lost process holds has been
 * silent for long enough.
 */
export async function hurryJobs({ executeSql }: Pick<OpenStore, 'executeSql'>): Promise<void> {
  await executeSql(
    "update meterboard_jobs.job set start_after = now() where state in ('created', 'retry') and start_after > now()",
  );
}

/** Gives what a dead host held back to the queue, as pg-boss does after 20 s of silence. */
export async function giveBackJobs({ executeSql }: Pick<OpenStore, 'executeSql'>): Promise<void> {
  await executeSql(
    "update meterboard_jobs.job set state = 'retry', retry_count = retry_count + 1, start_after = now() where state = 'active'",
  );
}

/** How many events and jobs are not done. Jobs that wait for a later time count only if `withLater`. */
export async function countOpen(
  { executeSql }: Pick<OpenStore, 'executeSql'>,
  { withLater = false } = {},
): Promise<number> {
  const { rows } = await executeSql(
    `select (select count(*) from meterboard.webhook_events where state = 'received')::int
       + (select count(*) from meterboard_jobs.job
           where name in ('settle_top_up', 'handle_event', 'settle_bonus', 'sweep')
             and (state = 'active' or (state in ('created', 'retry') ${
               withLater ? '' : 'and start_after <= now()'
             })))::int as open`,
  );
  return (rows[0] as { open: number }).open;
}

/**
 * Waits until the workers have done all that there is, or `isOver`. Rejects after two minutes in which nothing gets done, with what is
 * left.
 */
export async function drain(
  store: Pick<OpenStore, 'executeSql'>,
  { withLater = false, isOver = (): boolean => false } = {},
): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  let sinceMs = Date.now();
  for (let round = 1; ; round += 1) {
    const open = isOver() ? 0 : await countOpen(store, { withLater });
    if (open === 0) return;
    if (open < least) {
      least = open;
      sinceMs = Date.now();
    }
    if (Date.now() - sinceMs > 120_000)
      throw new Error(`The queue does not get done: ${await describeOpen(store)}`);
    if (withLater || round % 10 === 0) await hurryJobs(store);
    await sleep(round < 20 ? 10 : 50);
  }
}

async function describeOpen({ executeSql }: Pick<OpenStore, 'executeSql'>): Promise<string> {
  const { rows: jobs } = await executeSql(
    `select name, state::text, retry_count, count(*)::int from meterboard_jobs.job
      where state < 'completed' group by 1, 2, 3 limit 20`,
  );
  const { rows: events } = await executeSql(
    "select type, reason, count(*)::int from meterboard.webhook_events where state = 'received' group by 1, 2 limit 20",
  );
  return JSON.stringify({ jobs, events });
}

/** Empties the tables, so that one database serves many runs. */
export async function emptyStore({ executeSql }: Pick<OpenStore, 'executeSql'>): Promise<void> {
  const { rows } = await executeSql(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where (schemaname = 'meterboard' and tablename not like 'kysely%')
        or (schemaname, tablename) = ('meterboard_jobs', 'job')`,
  );
  const names = rows.map((row) => (row as { name: string }).name);
  if (names.length > 0) await executeSql(`truncate ${names.join(', ')} restart identity cascade`);
}
