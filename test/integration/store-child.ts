import { setTimeout as sleep } from 'node:timers/promises';
import { createPgBossJobs } from '../../packages/server/src/jobs/pg-boss-jobs.ts';
import { embeddedStore } from '../../packages/server/src/store/embedded.ts';
import { postgresStore } from '../../packages/server/src/store/postgres.ts';
import type { OpenStore } from '../../packages/server/src/store/store.ts';

/** What the process is to do, as JSON in its first argument; it tells its parent how it goes. */
export interface ChildOrder {
  /** A folder, or a PostgreSQL server. */
  store: { folder: string } | { connectionString: string };
  /** How often to open the store at the same time. */
  opens?: number;
  /** Takes jobs, which take so long; `null`: for ever. */
  works?: { jobMs: number | null };
  /** Sends a job and leaves everything open. */
  sends?: string;
  /** Ends by itself instead of waiting to be stopped. */
  ends?: boolean;
}

export type ChildNews = { opened: number } | { refused: string } | { began: string } | { done: string };

const order: ChildOrder = JSON.parse(String(process.argv[2]));
const tell = (news: ChildNews) => process.connected && process.send?.(news);
const logger = { error: console.error, warn: () => undefined, info: () => undefined };

async function operate(command: string, input: unknown): Promise<unknown> {
  if (command === 'fail') throw new Error('That cannot be done.');
  return { command, input, pid: process.pid };
}

const store = 'folder' in order.store ? embeddedStore(order.store) : postgresStore(order.store);

try {
  const opened = await Promise.all(
    Array.from({ length: order.opens ?? 1 }, () => store.open({ logger, operate })),
  );
  if (order.works) {
    const { jobMs } = order.works;
    const [first] = opened;
    if (!first) throw new Error('nothing is open');
    const nothing = async () => undefined;
    const jobs = createPgBossJobs(async () => first, { logger });
    await jobs.start({
      settle_bonus: nothing,
      handle_event: nothing,
      sweep: nothing,
      forget: nothing,
      async settle_top_up({ topUpId }) {
        tell({ began: topUpId });
        await (jobMs === null ? new Promise(() => undefined) : sleep(jobMs));
        tell({ done: topUpId });
      },
    });
    process.on('SIGTERM', async () => {
      await jobs.stop();
      await first.close();
      process.disconnect?.();
    });
  }
  if (order.sends) {
    const jobs = createPgBossJobs(() => Promise.resolve(opened[0] as OpenStore), { logger });
    await jobs.send('settle_top_up', { topUpId: order.sends });
    process.disconnect?.();
  }
  tell({ opened: opened.length });
  if (order.ends) {
    for (const each of opened) await each.close();
    process.disconnect?.();
  }
} catch (error) {
  tell({ refused: error instanceof Error ? error.message : String(error) });
  process.disconnect?.();
}
