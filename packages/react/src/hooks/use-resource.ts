'use client';
import type { Measured, MeterboardClient, PublicError } from '@meterboard/contract';
import { hashKey, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useContext, useEffect, useRef, useState } from 'react';
import { FedContext, useMeterboard, useSessionKey } from '../provider/meterboard-context.ts';
import { readOptions } from './read-options.ts';

/** What every reading hook returns. */
export interface Resource<T> {
  /** The last good answer; stays while a later read fails. */
  data: T | undefined;
  /** Why the last read failed, after its retries; stays while it is tried again, `null` once a read succeeds. */
  error: PublicError | null;
  /** `ready` as soon as there is data, also when a later read failed. */
  status: 'loading' | 'error' | 'ready';
  /** There is data and it is old: the last read failed, or the server itself could only serve its last good reading. */
  isStale: boolean;
  /** Age of the figures, by the server's clock plus the time since they arrived; `null` without data. */
  ageMs: number | null;
  isFetching: boolean;
  refetch: () => void;
}

interface ResourceRequest<T> {
  name: string;
  input?: unknown;
  call: (client: MeterboardClient) => Promise<T>;
  /** The overview answers this one, so that below a dashboard it is never asked by itself. */
  inOverview?: boolean;
  seed?: (answer: T) => void;
  /** `false`: not read. Default `true`. */
  enabled?: boolean;
  /** Show the previous input's answer until this one arrives. */
  keep?: boolean;
}

/**
 * One procedure as a resource. Reads again every minute while the page is visible and on focus; retries what may
 * succeed later, with back-off.
 */
export function useResource<T extends Measured>(request: ResourceRequest<T>): Resource<T> {
  const { name, input, call, inOverview, enabled = true, seed, keep } = request;
  const { client, queryClient, session } = useMeterboard();
  const fed = useContext(FedContext);
  const sessionKey = useSessionKey();
  const queryKey = session.keyOf(sessionKey, name, input);
  const query = useQuery<T, PublicError>(
    {
      queryKey,
      queryFn: () => session.read({ name, input, call: () => call(client), seed }),
      enabled: enabled && !(fed && inOverview),
      ...readOptions,
      placeholderData: (previous, query) =>
        keep && query?.queryKey[1] === sessionKey ? previous : undefined,
    },
    queryClient,
  );
  const { isFetching, refetch } = query;
  const error = useLastError(query, queryKey);
  const data = error && query.isPlaceholderData ? undefined : query.data;
  const elapsedMs = useElapsedMs(query.dataUpdatedAt);
  return {
    data,
    error,
    status: data ? 'ready' : error ? 'error' : 'loading',
    isStale: data !== undefined && (error !== null || data.freshness === 'stale'),
    ageMs: data ? data.servedAtMs - data.asOfMs + elapsedMs : null,
    isFetching,
    refetch,
  };
}

/** Why the last read of a key failed; stays while it is tried again, `null` once there is an answer. */
export function useLastError(
  { error, isSuccess, isPlaceholderData }: UseQueryResult<unknown, PublicError>,
  queryKey: readonly unknown[],
): PublicError | null {
  const failed = useRef<[hash: string, PublicError]>(null);
  const hash = hashKey(queryKey);
  if (error) failed.current = [hash, error];
  else if ((isSuccess && !isPlaceholderData) || failed.current?.[0] !== hash) failed.current = null;
  return failed.current?.[1] ?? null;
}

/** Time since an instant of this browser's clock, in steps of ten seconds; 0 in the first render and never negative. */
function useElapsedMs(sinceMs: number): number {
  const [nowMs, setNowMs] = useState(0);
  useEffect(() => {
    const tick = () => setNowMs(Date.now());
    if (sinceMs && Date.now() - sinceMs > 1_000) tick();
    const timer = setInterval(tick, 10_000);
    return () => clearInterval(timer);
  }, [sinceMs]);
  return sinceMs ? Math.max(0, nowMs - sinceMs) : 0;
}
