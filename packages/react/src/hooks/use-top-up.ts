'use client';
import type { PublicError, TopUpStart, TopUpStatus } from '@meterboard/contract';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useMeterboard, useSessionKey } from '../provider/meterboard-context.ts';
import { localError, readError } from '../provider/read-error.ts';
import { attemptFor, endAttempt, keepReturned, returnUrl, takeReturned } from '../top-up/attempts.ts';
import type { TopUp } from '../top-up/top-up.ts';
import { readOptions } from './read-options.ts';
import { useLastError } from './use-resource.ts';

const phases = {
  open: 'unpaid',
  processing: 'processing',
  paid: 'arriving',
  granted: 'granted',
  expired: 'ended',
  canceled: 'ended',
} as const;

const slowAfterPolls = 12;
const slowestMs = 20_000;

/** Milliseconds until the next look at a purchase: 1 s at first, then rarer, at most 20 s. */
export function pollDelayMs(polls: number): number {
  return Math.min(1_000 * 1.3 ** Math.max(0, polls - 1), slowestMs);
}

function isFinal({ state }: TopUpStatus): boolean {
  return state === 'granted' || state === 'expired' || state === 'canceled';
}

/**
 * Buying credits, from the click to the risen balance: opens the payment page, recognises the return from it,
 * waits for the credit and reads balances again when it is there.
 */
export function useTopUp(): TopUp {
  const { client, queryClient, session } = useMeterboard();
  const sessionKey = useSessionKey();
  const returnedKey = ['meterboard-returned'];
  const returned = useQuery<string | null>(
    {
      queryKey: returnedKey,
      queryFn: takeReturned,
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: Number.POSITIVE_INFINITY,
      networkMode: 'always',
    },
    queryClient,
  );
  const topUpId = returned.data ?? null;
  const follow = (id: string | null) => {
    keepReturned(id);
    queryClient.setQueryData(returnedKey, id);
  };

  const settle = (status: TopUpStatus) => {
    if (status.state === 'open' || status.state === 'processing') return;
    endAttempt(status.packageId);
    if (isFinal(status)) keepReturned(null);
    session.renew();
    void queryClient.invalidateQueries({
      predicate: ({ queryKey: [kit, owner, name] }) =>
        kit === topUpKey[0] && owner === session.key() && name !== 'topUp',
    });
  };
  const topUpKey = session.keyOf(sessionKey, 'topUp', topUpId);
  const poll = useQuery<TopUpStatus, PublicError>(
    {
      queryKey: topUpKey,
      queryFn: async ({ queryKey }) => {
        const before = queryClient.getQueryData<TopUpStatus>(queryKey)?.state;
        try {
          const status = await session.read({
            name: 'topUp',
            input: topUpId,
            call: () => client.topUps.status.query({ topUpId: topUpId ?? '' }),
          });
          if (status.state !== before) settle(status);
          return status;
        } catch (error) {
          if (readError(error).code === 'not_found') keepReturned(null);
          throw error;
        }
      },
      enabled: topUpId !== null,
      ...readOptions,
      staleTime: ({ state: { data } }) => (data && isFinal(data) ? Number.POSITIVE_INFINITY : 1_000),
      // Left unpaid for long, only a return to the page asks again.
      refetchInterval: ({ state: { data, error, dataUpdateCount, errorUpdateCount } }) =>
        error?.code === 'not_found' ||
        (data && (isFinal(data) || (data.state === 'open' && dataUpdateCount > slowAfterPolls)))
          ? false
          : error && !error.retryable
            ? slowestMs
            : pollDelayMs(dataUpdateCount + errorUpdateCount),
    },
    queryClient,
  );
  const { data: topUp } = poll;
  const state = queryClient.getQueryState(topUpKey);
  const polls = state ? state.dataUpdateCount + state.errorUpdateCount : 0;
  const lookupError = useLastError(poll, topUpKey);
  const isLost = lookupError?.code === 'not_found';
  const isWaiting = !topUp || (topUp.state !== 'open' && !isFinal(topUp));

  const wanted = useRef<string>(null);
  const purchase = useMutation<TopUpStart, PublicError, string>(
    {
      networkMode: 'always',
      mutationFn: async (packageId) => {
        const shown = session.key();
        try {
          const input = { packageId, attemptId: attemptFor(packageId), returnUrl: returnUrl() };
          const started = await client.topUps.start.mutate(input);
          if (started.sessionKey !== shown) session.switchTo(started.sessionKey);
          if (shown && started.sessionKey !== shown) throw localError('conflict');
          if (started.url && !/^https?:$/.test(new URL(started.url, location.href).protocol))
            throw localError('internal');
          return started;
        } catch (cause) {
          const error = readError(cause);
          if (error.code === 'conflict') endAttempt(packageId);
          if (error.code === 'not_signed_in') session.switchTo('', true);
          throw error;
        }
      },
      onSuccess({ url, topUpId }, packageId) {
        if (!url) follow(topUpId);
        else if (wanted.current === packageId) location.assign(url);
      },
    },
    queryClient,
  );

  const { reset, isPending, isSuccess, data } = purchase;
  const isLeaving = isSuccess && data.url !== null;
  useEffect(() => {
    const onShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) reset();
    };
    addEventListener('pageshow', onShow);
    return () => removeEventListener('pageshow', onShow);
  }, [reset]);

  const isStarting = isPending || isLeaving;
  const cancel = () => {
    if (isLeaving) stop();
    wanted.current = null;
    reset();
  };
  return {
    phase: isStarting
      ? 'starting'
      : !topUpId
        ? 'idle'
        : topUp
          ? phases[topUp.state]
          : isLost
            ? 'idle'
            : 'checking',
    topUpId,
    topUp,
    isSlow: isWaiting && !isLost && (polls > slowAfterPolls || lookupError?.retryable === false),
    error: purchase.error,
    start(packageId) {
      if (isStarting) return;
      wanted.current = packageId;
      purchase.mutate(packageId);
    },
    cancel,
    dismiss() {
      cancel();
      follow(null);
    },
  };
}
