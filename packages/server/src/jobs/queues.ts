import type { Queue } from 'pg-boss';
import type { JobName } from './jobs.ts';

/** A job is tried so often; between the tries the delay doubles, from 2 s to at most 15 min: about half an hour in all. */
export const maxTries = 10;

interface QueuePlan {
  /** How many run at the same time in one process. */
  concurrency: number;
  /** How often an idle process looks for work of others, in seconds. */
  pollSeconds: number;
  /** A handler that takes longer has failed. */
  expireInSeconds: number;
  /** When it is due by itself, as cron in UTC. */
  schedule?: string;
}

export const queuePlans: Record<JobName, QueuePlan> = {
  settle_top_up: { concurrency: 4, pollSeconds: 1, expireInSeconds: 300 },
  settle_bonus: { concurrency: 2, pollSeconds: 1, expireInSeconds: 300 },
  handle_event: { concurrency: 4, pollSeconds: 1, expireInSeconds: 300 },
  sweep: { concurrency: 1, pollSeconds: 5, expireInSeconds: 1_800, schedule: '*/5 * * * *' },
  forget: { concurrency: 1, pollSeconds: 5, expireInSeconds: 1_800, schedule: '17 3 * * *' },
};

export const jobNames = Object.keys(queuePlans) as JobName[];

/**
 * A worker shows every 5 s that it lives. One that was killed is found out after 20 s of silence, by whoever looks
 * next: every process with workers looks every 15 s. So its job is tried again within about 40 s.
 */
export const heartbeat = { heartbeatSeconds: 20, refreshSeconds: 5, superviseSeconds: 15 };

/** How a queue is set up in the database. */
export function describeQueue(name: JobName): Omit<Queue, 'name'> {
  return {
    // One waiting job per key; what runs does not count as waiting.
    policy: 'short',
    // A killed process costs a try as well, and must never cost the last one: a handler's own failures end earlier.
    retryLimit: maxTries + 40,
    retryDelay: 2,
    retryBackoff: true,
    retryDelayMax: 900,
    heartbeatSeconds: heartbeat.heartbeatSeconds,
    expireInSeconds: queuePlans[name].expireInSeconds,
    retentionSeconds: 30 * 86_400,
    deleteAfterSeconds: 86_400,
  };
}
