'use client';
import type { PublicError, TopUpState, TopUpStatus } from '@meterboard/contract';
import { useQuery } from '@tanstack/react-query';
import { useMeterboard, useSessionKey } from '../provider/meterboard-context.ts';
import { readError } from '../provider/read-error.ts';
import { endAttemptOf } from '../top-up/attempts.ts';
import { keepReturned } from '../top-up/returned.ts';
import { tellState } from '../top-up/tell-once.ts';
import type { TopUp, TopUpPhase } from '../top-up/top-up.ts';
import { readOptions } from './read-options.ts';
import { type Followed, useFollowed } from './use-followed.ts';
import { useLastError } from './use-resource.ts';

const phases: Record<TopUpState, TopUpPhase> = {
  open: 'unpaid',
  requires_action: 'requires_action',
  processing: 'processing',
  paid: 'arriving',
  granted: 'granted',
  partially_refunded: 'partly_refunded',
  refunded: 'refunded',
  disputed: 'disputed',
  expired: 'ended',
  canceled: 'ended',
};

/** A payment that was known for so long when it was started again is not the one that was just made. */
const paidLongBeforeMs = 60_000;

const slowAfterPolls = 12;
const slowestMs = 20_000;

/** Milliseconds until the next look at a purchase: 1 s at first, then rarer, at most 20 s. */
export function pollDelayMs(polls: number): number {
  return Math.min(1_000 * 1.3 ** Math.max(0, polls - 1), slowestMs);
}

/** It is the customer's turn: nothing changes while nobody acts. */
function isTheirTurn(state: TopUpState): boolean {
  return state === 'open' || state === 'requires_action';
}

/** Nothing more to wait for. */
function isFinal(state: TopUpState): boolean {
  return !isTheirTurn(state) && state !== 'processing' && state !== 'paid';
}

/** The purchase that is being followed, from the first look to the credit; reads balances again on every step. */
export function useFollowedTopUp(): Omit<
  TopUp,
  'order' | 'next' | 'error' | 'start' | 'goOn' | 'complete' | 'cancel' | 'dismiss'
> {
  const { client, queryClient, session, tell } = useMeterboard();
  const sessionKey = useSessionKey();
  const followed = useFollowed();
  const topUpId = followed?.topUpId ?? null;

  const settle = (status: TopUpStatus) => {
    tellState(tell, status);
    if (isTheirTurn(status.state) || status.state === 'processing') return;
    endAttemptOf(status.topUpId);
    if (isFinal(status.state)) keepReturned(null);
    session.renew();
    void queryClient.invalidateQueries({
      predicate: ({ queryKey: [kit, owner, name] }) =>
        kit === key[0] && owner === session.key() && name !== 'topUp',
    });
  };
  const key = session.keyOf(sessionKey, 'topUp', topUpId);
  const poll = useQuery<TopUpStatus, PublicError>(
    {
      queryKey: key,
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
      staleTime: ({ state: { data } }) => (data && isFinal(data.state) ? Number.POSITIVE_INFINITY : 1_000),
      // Left unpaid for long, only a return to the page asks again.
      refetchInterval: ({ state: { data, error, dataUpdateCount, errorUpdateCount } }) =>
        error?.code === 'not_found' ||
        (data && (isFinal(data.state) || (isTheirTurn(data.state) && dataUpdateCount > slowAfterPolls)))
          ? false
          : error && !error.retryable
            ? slowestMs
            : pollDelayMs(dataUpdateCount + errorUpdateCount),
    },
    queryClient,
  );
  const { data: topUp } = poll;
  const { dataUpdateCount = 0, errorUpdateCount = 0 } = queryClient.getQueryState(key) ?? {};
  const lookupError = useLastError(poll, key);
  const isLost = lookupError?.code === 'not_found';
  const state = topUp?.state ?? followed?.state;
  const isWaiting = state === undefined || state === 'processing' || state === 'paid';
  const isOld = dataUpdateCount + errorUpdateCount > slowAfterPolls;
  return {
    phase: !topUpId || (isLost && !topUp) ? 'idle' : state ? phases[state] : 'checking',
    topUpId,
    topUp,
    credit: topUp?.credit ?? followed?.credit ?? null,
    wasPaidBefore: wasPaidBefore(followed ?? {}, topUp, poll.dataUpdatedAt),
    isSlow: topUpId !== null && isWaiting && !isLost && (isOld || lookupError?.retryable === false),
  };
}

/** Whether the start that found it paid did not pay it. Differences are taken on one clock each, the server's and the browser's. */
function wasPaidBefore(
  { foundPaidBy, startedAtMs = 0 }: Partial<Followed>,
  topUp: TopUpStatus | undefined,
  readAtMs: number,
): boolean {
  if (foundPaidBy === undefined) return false;
  // Only a card can be charged by the very start that says so.
  if (foundPaidBy !== 'saved_card') return true;
  if (!topUp) return false;
  const { payWith, paidAtMs, servedAtMs } = topUp;
  const agoMs = paidAtMs === null ? 0 : servedAtMs - paidAtMs - (readAtMs - startedAtMs);
  return payWith !== 'saved_card' || agoMs > paidLongBeforeMs;
}
