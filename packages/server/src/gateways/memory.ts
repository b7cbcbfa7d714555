import { BillingError } from '@meterboard/contract';
import Big from 'big.js';
import type {
  BillingGateway,
  Page,
  RawCreditGrant,
  RawCreditTransaction,
  RawDocument,
  RawInvoice,
  RawMeter,
  RawPrice,
  RawSavedCard,
  RawSubscription,
  RawTopUpPayment,
  RawUsageRow,
  UsageWindow,
} from '../gateway.ts';
import { createMemoryTopUps } from './memory-top-ups.ts';

/** One report of usage. */
export interface MemoryEvent {
  eventName: string;
  atMs: number;
  /** Decimal string. */
  quantity: string;
}

/** What is known of one customer. */
export interface MemoryCustomer {
  events: MemoryEvent[];
  subscriptions: RawSubscription[];
  grants: RawCreditGrant[];
  transactions: RawCreditTransaction[];
  drafts: RawDocument[];
  /** At most one per subscription. */
  previews: RawDocument[];
  /** Newest first. */
  invoices: RawInvoice[];
  /** Newest first. Change one to say that it is paid, declined, refunded … */
  payments: RawTopUpPayment[];
  savedCard: RawSavedCard | null;
}

/** All that a memory gateway reads and writes. Change it to change what the gateway answers. */
export interface MemoryWorld {
  nowMs(): number;
  meters: RawMeter[];
  prices: RawPrice[];
  customers: Record<string, MemoryCustomer>;
}

const groupMs = { hour: 3_600_000, day: 86_400_000 };

/** A customer without anything; fill in what a test is about. */
export function createMemoryCustomer(known: Partial<MemoryCustomer> = {}): MemoryCustomer {
  return {
    events: [],
    subscriptions: [],
    grants: [],
    transactions: [],
    drafts: [],
    previews: [],
    invoices: [],
    payments: [],
    savedCard: null,
    ...known,
  };
}

/** A gateway over plain data, for tests and prototypes. Aggregates events; prices and bills nothing itself. */
export function createMemoryGateway(world: MemoryWorld): BillingGateway {
  function find(customerId: string): MemoryCustomer {
    const customer = Object.hasOwn(world.customers, customerId) ? world.customers[customerId] : undefined;
    if (!customer) throw new BillingError('customer_not_found');
    return customer;
  }

  return {
    listMeters: async () => world.meters,
    async listUsage({ meterId, customerId, window }) {
      const meter = world.meters.find((known) => known.meterId === meterId);
      if (!meter) throw new BillingError('provider_rejected', { cause: new Error(`no meter ${meterId}`) });
      const events = find(customerId).events.filter(({ eventName }) => eventName === meter.eventName);
      return aggregate(events, meter.aggregation, window);
    },
    listSubscriptions: async (customerId) =>
      find(customerId).subscriptions.toSorted((a, b) => a.createdAtMs - b.createdAtMs),
    async getPrice(priceId) {
      const price = world.prices.find((known) => known.priceId === priceId);
      if (!price) throw new BillingError('provider_rejected', { cause: new Error(`no price ${priceId}`) });
      return price;
    },
    listCreditGrants: async (customerId) => find(customerId).grants,
    listCreditTransactions: async (customerId) => find(customerId).transactions,
    listDrafts: async (customerId) => find(customerId).drafts,
    previewInvoice: async ({ customerId, subscriptionId }) =>
      find(customerId).previews.find((preview) => preview.subscriptionId === subscriptionId) ?? null,
    listInvoices: async ({ customerId, limit, cursor }) => pageOf(find(customerId).invoices, limit, cursor),
    topUps: createMemoryTopUps(find, world.nowMs, () => Object.values(world.customers)),
  };
}

function aggregate(
  events: MemoryEvent[],
  aggregation: RawMeter['aggregation'],
  window: UsageWindow,
): RawUsageRow[] {
  const { startMs, endMs, grouping } = window;
  const inside = events
    .filter(({ atMs }) => atMs >= startMs && atMs < endMs)
    .toSorted((a, b) => a.atMs - b.atMs);
  if (grouping === 'none') return [{ startMs, endMs, quantity: fold(inside, aggregation) }];
  const size = groupMs[grouping];
  const groups = Map.groupBy(inside, ({ atMs }) => Math.floor(atMs / size) * size);
  return [...groups].map(([groupStartMs, group]) => ({
    startMs: groupStartMs,
    endMs: groupStartMs + size,
    quantity: fold(group, aggregation),
  }));
}

function fold(events: MemoryEvent[], aggregation: RawMeter['aggregation']): string {
  if (aggregation === 'count') return String(events.length);
  if (aggregation === 'last') return events.at(-1)?.quantity ?? '0';
  return events.reduce((sum, { quantity }) => sum.plus(quantity), new Big(0)).toFixed();
}

function pageOf(invoices: RawInvoice[], limit: number, cursor: string | null): Page<RawInvoice> {
  const before = cursor === null ? -1 : invoices.findIndex(({ invoiceId }) => invoiceId === cursor);
  if (cursor !== null && before < 0) throw new BillingError('not_found', { field: 'cursor' });
  const items = invoices.slice(before + 1, before + 1 + limit);
  const hasMore = before + 1 + limit < invoices.length;
  return { items, nextCursor: hasMore ? (items.at(-1)?.invoiceId ?? null) : null };
}
