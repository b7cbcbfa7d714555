import type { TopUpNextStep, TopUpRecord, TopUpState } from '@meterboard/contract';
import type { TopUpRowState } from '../store/tables.ts';
import type { TopUpRow } from './rows.ts';
import type { Settled } from './settle-top-up.ts';

/** What customers are told of the finer states. */
const publicStates: Record<TopUpRowState, TopUpState> = {
  created: 'open',
  open: 'open',
  requires_action: 'requires_action',
  processing: 'processing',
  paid: 'paid',
  granting: 'paid',
  granted: 'granted',
  partially_refunded: 'partially_refunded',
  refunded: 'refunded',
  disputed: 'disputed',
  expired: 'expired',
  canceled: 'canceled',
};

/** A purchase as it crosses the wire. */
export function describeTopUp(row: TopUpRow): TopUpRecord {
  return {
    topUpId: row.top_up_id,
    packageId: row.package_id,
    label: row.label,
    state: publicStates[row.state],
    payWith: row.pay_with,
    price: { amountMinor: row.price_minor, currency: row.price_currency },
    credit: { amountMinor: row.credit_minor, currency: row.credit_currency },
    credited: { amountMinor: row.credited_minor, currency: row.credit_currency },
    category: row.category,
    expiresAfterMonths: row.expires_after_months,
    createdAtMs: row.created_at_ms,
    paidAtMs: row.paid_at_ms,
  };
}

/** How it goes on. Only a page that can be paid is told. */
export function describeNextStep({ purchase: { row }, payment }: Settled): TopUpNextStep {
  const state = publicStates[row.state];
  const isOpen = (state === 'open' || state === 'requires_action') && payment?.state === 'open';
  return {
    state,
    url: isOpen ? payment.url : null,
    clientSecret: isOpen ? payment.clientSecret : null,
    declined: state === 'open' || state === 'requires_action' ? row.declined : null,
  };
}
