import { BillingError } from '@meterboard/contract';
import Big from 'big.js';
import type { BillingGateway, Page, RawInvoice, RawMeter, RawUsageRow, UsageWindow } from '../gateway.ts';
import { createMemoryTopUps } from './memory-top-ups.ts';
import type { MemoryCustomer, MemoryEvent, MemoryWorld } from './memory-world.ts';

const groupMs = { hour: 3_600_000, day: 86_400_000 };

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
