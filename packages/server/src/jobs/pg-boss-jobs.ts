import { randomUUID } from 'node:crypto';
import { CompiledQuery } from 'kysely';
import type { PgBoss } from 'pg-boss';
import type { Logger } from '../logger.ts';
import type { OpenStore, Queryable } from '../store/store.ts';
import { createBoss } from './create-boss.ts';
import type { JobData, JobHandlers, JobName, Jobs, SendOptions } from './jobs.ts';
import { describeQueue, jobNames } from './queues.ts';
import { startWorkers, type Workers } from './workers.ts';

export interface PgBossJobsOptions {
  logger: Logger;
}

export interface PgBossJobs extends Jobs {
  /**
   * Makes the queues on a store that was just opened. `send()` and `start()` do it when it was not done, but a `send()`
   * with `within` rejects then: the open transaction may hold the only connection there is.
   */
  prepare(opened?: OpenStore): Promise<void>;
}

/**
 * Jobs in the schema `meterboard_jobs` of the same store. Sending needs no `start()` and does not keep the process
 * alive; taking work does. Of the same key the earliest wish wins. Delivered at least once: a handler may be called
 * again for what it already did, when its process died before saying so.
 */
export function createPgBossJobs(
  openStore: () => Promise<OpenStore>,
  { logger }: PgBossJobsOptions,
): PgBossJobs {
  let preparing: Promise<PgBoss> | undefined;
  let sender: PgBoss | undefined;
  let starting: Promise<Workers> | undefined;
  let workers: Workers | undefined;

  const prepare = (opened?: OpenStore): Promise<PgBoss> => {
    preparing ??= prepareSender(async () => opened ?? openStore(), logger).then(
      (boss) => {
        sender = boss;
        return boss;
      },
      (error: unknown) => {
        preparing = undefined;
        throw error;
      },
    );
    return preparing;
  };

  return {
    async prepare(opened) {
      await prepare(opened);
    },
    async send(name, data, options = {}) {
      if (options.within && !sender) {
        throw new Error(
          'The queues are not ready: jobs.prepare() has to be done before a job is sent within a transaction.',
        );
      }
      await sendOnce(sender ?? (await prepare()), name, data, options);
      if (!options.afterMs) workers?.wake(name, options.within !== undefined);
    },
    async start(handlers: JobHandlers) {
      starting ??= (async () => {
        await prepare();
        return startWorkers(await openStore(), handlers, logger);
      })();
      try {
        workers = await starting;
      } catch (error) {
        starting = undefined;
        throw error;
      }
    },
    async stop({ timeoutMs = 10_000 } = {}) {
      const started = await starting?.catch(() => undefined);
      workers = undefined;
      starting = undefined;
      await started?.stop(timeoutMs);
      const boss = await preparing?.catch(() => undefined);
      sender = undefined;
      preparing = undefined;
      await boss?.stop({ graceful: false, close: false });
    },
  };
}

async function prepareSender(openStore: () => Promise<OpenStore>, logger: Logger): Promise<PgBoss> {
  const boss = await createBoss(await openStore(), logger, { forSending: true });
  await boss.start();
  const known = new Map((await boss.getQueues(jobNames)).map((queue) => [queue.name, queue]));
  for (const name of jobNames) {
    const { policy, ...settings } = describeQueue(name);
    const found = known.get(name);
    const isCurrent =
      found && Object.entries(settings).every(([key, value]) => Reflect.get(found, key) === value);
    if (!found) await boss.createQueue(name, { policy, ...settings });
    else if (!isCurrent) await boss.updateQueue(name, settings);
    // pg-boss looks a queue up once and remembers it. Later, inside of a transaction, that could wait for the very
    // transaction: so now.
    if (!isCurrent) await boss.findJobs(name, { id: randomUUID() });
  }
  return boss;
}

async function sendOnce<Name extends JobName>(
  boss: PgBoss,
  name: Name,
  data: JobData[Name],
  { afterMs = 0, key, within }: SendOptions,
): Promise<void> {
  const db = within ? { db: asBossDatabase(within) } : {};
  // The queue's rule is one waiting job per key, and none counts as a key of its own.
  const singletonKey = key ?? randomUUID();
  for (let round = 1; round <= maxRounds; round++) {
    const made = await boss.send(name, data, { ...db, singletonKey, startAfter: afterMs / 1_000 });
    if (made) return;
    // One is waiting. Changing it locks it until the transaction ends, so that it cannot run before and miss
    // what is written there.
    const [waiting] = await boss.findJobs(name, { ...db, key: singletonKey, queued: true });
    const isLater = waiting && new Date(waiting.startAfter).getTime() > Date.now() + afterMs;
    const earlier = isLater ? { startAfter: afterMs / 1_000 } : {};
    const { updated } = await boss.update(name, data, { ...db, singletonKey, ...earlier });
    if (updated > 0) return;
  }
  throw new Error(
    `The job ${name} could not be sent: others took the same key ${maxRounds} times in between.`,
  );
}

const maxRounds = 10;

function asBossDatabase(queryable: Queryable) {
  return {
    async executeSql(text: string, values: unknown[] = []) {
      const { rows } = await queryable.executeQuery(CompiledQuery.raw(text, values));
      return { rows };
    },
  };
}
