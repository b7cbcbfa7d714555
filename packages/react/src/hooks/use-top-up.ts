'use client';
import type { Money, PublicError, TopUpPackages, TopUpStart } from '@meterboard/contract';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { localError, readError } from '../provider/read-error.ts';
import { type AttemptScope, attemptFor, endAttempt, nameAttempt } from '../top-up/attempts.ts';
import { returnUrl } from '../top-up/return-url.ts';
import type { TopUp, TopUpOrder } from '../top-up/top-up.ts';
import { follow } from './follow.ts';
import { useFollowedTopUp } from './use-followed-top-up.ts';

function isOfTheWeb(url: string): boolean {
  return /^https?:$/.test(new URL(url, location.href).protocol);
}

/** Paid by the looks of it, now or before. */
function isPaid({ state }: TopUpStart): boolean {
  return !/^(open|requires_action|processing|expired|canceled)$/.test(state);
}

/**
 * Buying credits, from the click to the risen balance: charges the saved card or opens the payment page, recognises
 * the return from it, waits for the credit and reads balances again when it is there.
 */
export function useTopUp(): TopUp {
  const { client, queryClient, session, tell } = useMeterboard();
  const followed = useFollowedTopUp();
  const isBusy = useRef(false);
  const wanted = useRef<TopUpOrder>(null);

  const readOffer = () =>
    session.read({ name: 'topUps', call: () => client.topUps.packages.query(undefined) });

  async function startOnce(order: TopUpOrder, scope: AttemptScope): Promise<TopUpStart> {
    const shown = scope.sessionKey;
    try {
      const { packageId, amountMinor, payWith } = order;
      const started = await client.topUps.start.mutate({
        ...(packageId === undefined ? { amountMinor } : { packageId }),
        attemptId: attemptFor(scope),
        payWith,
        returnUrl: returnUrl(),
      });
      if (started.sessionKey !== shown) {
        session.switchTo(started.sessionKey);
        // A page that is not open yet need not be paid; what was charged is theirs who is signed in, and is shown.
        if (started.state === 'open') throw localError('conflict');
      }
      nameAttempt(scope, started.topUpId);
      if (started.url && !isOfTheWeb(started.url)) throw localError('internal');
      return started;
    } catch (cause) {
      const error = readError(cause);
      if (error.code === 'conflict') endAttempt(scope);
      if (error.code === 'not_signed_in') session.switchTo('', true);
      throw error;
    }
  }

  const purchase = useMutation<TopUpStart, PublicError, TopUpOrder>(
    {
      networkMode: 'always',
      mutationFn: async (order) => {
        const sessionKey = session.key() || (await readOffer()).sessionKey;
        const { packageId, amountMinor } = order;
        const scope = {
          sessionKey,
          offer: packageId === undefined ? `amount:${amountMinor}` : `package:${packageId}`,
        };
        const started = await startOnce(order, scope);
        if (started.state !== 'expired' && started.state !== 'canceled') return started;
        // It ended without a charge while nobody looked: the click is a new purchase.
        endAttempt(scope);
        return startOnce(order, scope);
      },
      onSuccess(started, order) {
        const { url, topUpId, state, declined, clientSecret } = started;
        const { packageId = null, payWith = 'hosted_page' } = order;
        tell({ type: 'started', topUpId, packageId, payWith });
        if (declined) tell({ type: 'declined', topUpId, reason: declined });
        if (state === 'open' && (declined || clientSecret)) return;
        if (state === 'open' && url) {
          if (wanted.current === order) location.assign(url);
          return;
        }
        const offer = queryClient.getQueryData<TopUpPackages>(session.keyOf(session.key(), 'topUps'));
        follow(queryClient, {
          topUpId,
          state: state === 'open' ? undefined : state,
          credit: creditOf(order, offer),
          foundPaidBy: isPaid(started) ? payWith : undefined,
          startedAtMs: Date.now(),
        });
      },
      onError: ({ code }) => tell({ type: 'failed', code }),
      onSettled() {
        isBusy.current = false;
      },
    },
    queryClient,
  );

  const { reset, isPending, data = null, variables: order = null, error } = purchase;
  const isHere = data?.state === 'open' && (data.declined !== null || data.clientSecret !== null);
  const isLeaving = data?.state === 'open' && data.url !== null && !isHere;
  useEffect(() => {
    const onShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) reset();
    };
    addEventListener('pageshow', onShow);
    return () => removeEventListener('pageshow', onShow);
  }, [reset]);

  const cancel = () => {
    if (isLeaving) stop();
    wanted.current = null;
    isBusy.current = false;
    reset();
  };
  return {
    ...followed,
    phase:
      isPending || isLeaving
        ? 'starting'
        : isHere
          ? data.declined
            ? 'declined'
            : 'embedded'
          : followed.phase,
    order,
    next: data,
    error,
    start(next) {
      if (isBusy.current || isLeaving) return;
      isBusy.current = true;
      wanted.current = next;
      purchase.mutate(next);
    },
    goOn(url) {
      if (isOfTheWeb(url)) location.assign(url);
    },
    complete() {
      if (data) follow(queryClient, { topUpId: data.topUpId });
      cancel();
    },
    cancel,
    dismiss() {
      cancel();
      follow(queryClient, null);
    },
  };
}

/** What an order adds, by the offer on the screen. An amount of one's own is credited one to one. */
function creditOf(
  { packageId, amountMinor }: TopUpOrder,
  offer: TopUpPackages | undefined,
): Money | undefined {
  if (packageId !== undefined) return offer?.packages.find((one) => one.packageId === packageId)?.credit;
  const currency = offer?.custom?.minimum.currency;
  return currency !== undefined && amountMinor !== undefined ? { amountMinor, currency } : undefined;
}
