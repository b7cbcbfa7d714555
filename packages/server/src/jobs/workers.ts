import type { Job, JobResult, PgBoss } from 'pg-boss';
import { describeCause, type Logger } from '../logger.ts';
import type { OpenStore } from '../store/store.ts';
import { createBoss } from './create-boss.ts';
import type { JobData, JobHandlers, JobName } from './jobs.ts';
import { heartbeat, jobNames, maxTries, queuePlans } from './queues.ts';

/** Work under way in this process. */
export interface Workers {
  /** Has the process look for work now; for a job sent within a transaction again a little later. */
  wake(name: JobName, isUncommitted: boolean): void;
  stop(timeoutMs: number): Promise<void>;
}

/** Starts taking work and repeating the schedules. */
export async function startWorkers(
  store: OpenStore,
  handlers: JobHandlers,
  logger: Logger,
): Promise<Workers> {
  const boss = await createBoss(store, logger, { forSending: false });
  await boss.start();
  const crews = new Map<JobName, Crew>();
  for (const name of jobNames) crews.set(name, await startCrew(boss, name, handlers, logger));
  await schedule(boss);
  // What a killed process left is looked for now, not only after the first interval.
  boss.supervise().catch((error: unknown) => {
    logger.warn('Jobs that a lost process left could not be looked for yet.', {
      cause: describeCause(error),
    });
  });
  return {
    wake(name, isUncommitted) {
      const delaysMs = isUncommitted ? commitDelaysMs : [0];
      for (const delayMs of delaysMs) setTimeout(() => crews.get(name)?.wake(0), delayMs).unref();
    },
    // The store is closed by whoever opened it.
    stop: (timeoutMs) => boss.stop({ graceful: true, timeout: timeoutMs, close: false }),
  };
}

/** When a transaction that sent a job has most probably been committed; after that the poll finds it. */
const commitDelaysMs = [5, 50, 250];

/** The first of a crew polls; it wakes the next one when there is work, and that one the next. */
interface Crew {
  wake(position: number): void;
}

/** How often those look who are only woken otherwise. */
const idlePollSeconds = 15;

async function startCrew<Name extends JobName>(
  boss: PgBoss,
  name: Name,
  handlers: JobHandlers,
  logger: Logger,
): Promise<Crew> {
  const ids: string[] = [];
  const wake = (position: number) => {
    const id = ids[position];
    if (id) boss.notifyWorker(id);
  };
  const { concurrency, pollSeconds } = queuePlans[name];
  for (let position = 0; position < concurrency; position++) {
    const options = {
      batchSize: 1,
      perJobResults: true,
      pollingIntervalSeconds: position === 0 ? pollSeconds : idlePollSeconds,
      heartbeatRefreshSeconds: heartbeat.refreshSeconds,
    } as const;
    const id = await boss.work<JobData[Name]>(name, options, async ([job]) => {
      if (!job) return [];
      // Where one was, there may be more: otherwise each would sleep until its next poll.
      wake(position);
      wake(position + 1);
      return [await run(name, job, handlers, logger)];
    });
    ids.push(id);
  }
  return { wake };
}

/** A failure is an answer, not an exception: so its words are ours, and the last one is final. */
async function run<Name extends JobName>(
  name: Name,
  job: Job<JobData[Name]>,
  handlers: JobHandlers,
  logger: Logger,
): Promise<JobResult> {
  const tries = job.retryCount + 1;
  const isLast = tries >= maxTries;
  try {
    await handlers[name](job.data, { isLast });
    return { id: job.id, status: 'completed' };
  } catch (error) {
    const details = { job: name, try: tries, cause: describeCause(error) };
    if (isLast) logger.error('A job failed for the last time.', details);
    else logger.warn('A job failed and will be tried again.', details);
    const { name: kind, message } = describeCause(error);
    return { id: job.id, status: isLast ? 'deadletter' : 'failed', output: { name: kind, message } };
  }
}

/** One job per occurrence, however many processes; after a time without any process one for those missed. */
async function schedule(boss: PgBoss): Promise<void> {
  const known = new Map((await boss.getSchedules()).map((found) => [found.name, found.cron]));
  for (const name of jobNames) {
    const cron = queuePlans[name].schedule;
    if (!cron || known.get(name) === cron) continue;
    await boss.schedule(name, cron, {}, { tz: 'UTC', missed: 'once', singletonKey: 'schedule' });
  }
}
