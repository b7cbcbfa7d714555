import type { Clock, PgBoss } from 'pg-boss';
import { describeCause, type Logger } from '../logger.ts';
import type { OpenStore } from '../store/store.ts';
import { heartbeat } from './queues.ts';

/** Timers that are no reason for the process to stay. */
const quietClock: Clock = {
  now: Date.now,
  setTimeout: (run, ms) => setTimeout(run, ms).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  setInterval: (run, ms) => setInterval(run, ms).unref(),
  clearInterval: (timer) => clearInterval(timer as NodeJS.Timeout),
};

/** pg-boss on the store, not started. What it complains about goes to the log. Loaded on first use only. */
export async function createBoss(
  store: OpenStore,
  logger: Logger,
  { forSending }: { forSending: boolean },
): Promise<PgBoss> {
  const { PgBoss } = await import('pg-boss');
  const isEmbedded = store.kind === 'embedded';
  const boss = new PgBoss({
    db: { executeSql: store.executeSql },
    backend: isEmbedded ? 'pglite' : 'postgres',
    schema: 'meterboard_jobs',
    // Our migrations made it, where the user may not need the right to make schemas any more.
    createSchema: false,
    supervise: !forSending,
    schedule: !forSending,
    ...(forSending ? { clock: quietClock } : {}),
    superviseIntervalSeconds: heartbeat.superviseSeconds,
    monitorIntervalSeconds: heartbeat.superviseSeconds,
    maintenanceIntervalSeconds: 3_600,
    // We have no jobs that wait for others.
    flowIntervalSeconds: 3_600,
    // The embedded database has no autovacuum, and one process to itself.
    monitorVacuum: !isEmbedded,
    reindex: !isEmbedded,
  });
  boss.on('error', (error: unknown) => {
    logger.error('The job queue failed and goes on.', { cause: describeCause(asError(error)) });
  });
  boss.on('warning', ({ message }) => logger.warn(`The job queue warns. ${message}`));
  return boss;
}

/** Some arrive as plain objects. */
function asError(error: unknown): unknown {
  if (error instanceof Error || typeof error !== 'object' || error === null) return error;
  return Object.assign(new Error(String(Reflect.get(error, 'message'))), {
    code: Reflect.get(error, 'code'),
  });
}
