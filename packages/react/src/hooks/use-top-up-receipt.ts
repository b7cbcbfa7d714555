'use client';
import type { PublicError, TopUpReceipt } from '@meterboard/contract';
import { useMutation } from '@tanstack/react-query';
import { useMeterboard } from '../provider/meterboard-context.ts';

export interface TopUpReceiptRequest {
  /** `blocked`: the link is there, and the browser let no page open; it has to be clicked. */
  state: 'idle' | 'loading' | 'failed' | 'none' | 'blocked';
  url: string | null;
  /** Asks for the receipt and opens it in a page of its own. */
  open: () => void;
}

/** https, or http on this machine (the simulator), as the server lets addresses out. */
const safeReceipt = /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/])/;

/** The receipt of one purchase, asked for when it is wanted: such links expire. */
export function useTopUpReceipt(topUpId: string): TopUpReceiptRequest {
  const { client, queryClient, session } = useMeterboard();
  const { data, isPending, error, mutate } = useMutation<
    { url: string | null; opened: boolean },
    PublicError
  >(
    {
      networkMode: 'always',
      mutationFn: async () => {
        const { url } = await session.read<TopUpReceipt>({
          name: 'receipt',
          input: topUpId,
          call: () => client.topUps.receipt.query({ topUpId }),
        });
        if (!url || !safeReceipt.test(url)) return { url: null, opened: false };
        const page = window.open(url, '_blank');
        if (page) page.opener = null;
        return { url, opened: page !== null };
      },
    },
    queryClient,
  );
  return {
    state: isPending
      ? 'loading'
      : error
        ? 'failed'
        : !data || data.opened
          ? 'idle'
          : data.url
            ? 'blocked'
            : 'none',
    url: data?.url ?? null,
    open: () => mutate(),
  };
}
