import type { TopUpState } from '@meterboard/contract';

export const topUpHistoryWords = {
  history: 'Top-ups',
  historyEmpty: 'Credits that you buy are listed here, with their receipts.',
  purchase: 'Purchase',
  paidAmount: 'Paid',
  creditedAmount: 'Credited',
  state: 'State',
  topUpState: {
    open: 'Not paid',
    requires_action: 'To be confirmed',
    processing: 'Processing',
    paid: 'Arriving',
    granted: 'Credited',
    partially_refunded: 'Partly refunded',
    refunded: 'Refunded',
    disputed: 'Disputed',
    expired: 'Expired',
    canceled: 'Canceled',
  } satisfies Record<TopUpState, string>,
  receipt: 'Receipt',
  receiptOf: (label: string, day: string) => `${label}, ${day}`,
  receiptLoading: 'Opening…',
  receiptNone: 'no receipt',
  receiptFailed: 'Receipt failed, try again',
  receiptReady: 'Open receipt',
};
