import type { Queryable } from '../store/store.ts';

/** What each kind of job is told. */
export interface JobData {
  /** Sees to it that a purchase is where the provider says it is. */
  settle_top_up: { topUpId: string };
  /** The same for a bonus of the host's. */
  settle_bonus: { bonusId: string };
  /** Handles an event that is stored. */
  handle_event: { eventId: string };
  /** Looks for what no event told of. */
  sweep: Record<string, never>;
  /** Forgets what is old enough. */
  forget: Record<string, never>;
}

export type JobName = keyof JobData;

export interface SendOptions {
  /** Not before so many ms from now. */
  afterMs?: number;
  /** At most one waiting job per kind and key. */
  key?: string;
  /** Sent if and only if this transaction is committed. */
  within?: Queryable;
}

/**
 * Handlers by kind. One that rejects is called again with growing delays. `isLast`: it is not called again for this job.
 */
export type JobHandlers = {
  [Name in JobName]: (data: JobData[Name], attempt: { isLast: boolean }) => Promise<void>;
};

/** Work that happens later, on the store: survives the process, and is shared by all processes of the host. */
export interface Jobs {
  send<Name extends JobName>(name: Name, data: JobData[Name], options?: SendOptions): Promise<void>;
  /** Takes work until `stop()`; repeats the schedules. Calling again changes nothing. */
  start(handlers: JobHandlers): Promise<void>;
  /** Takes no more work, waits for what is under way at most `timeoutMs`; what was not finished is taken up elsewhere or later. */
  stop(options?: { timeoutMs?: number }): Promise<void>;
}
