import { BillingError } from '@meterboard/contract';
import { type BillingView, bytesOfSet, openBillingView, touchSet } from '../cache/billing-set.ts';
import { createDrawers, type Drawer } from '../cache/drawers.ts';
import type { KeptWindows } from '../cache/kept-windows.ts';
import type { Reading, ReadingLedger } from '../cache/reading.ts';
import { type CacheCounts, createSlot, dropSlot, readSlot, type Slot } from '../cache/shelf.ts';
import { createUsageShelf } from '../cache/usage-shelf.ts';
import type { BillingGateway, TopUpGateway } from '../gateway.ts';
import type { SnapshotGateways } from '../snapshot.ts';

/** For how long readings serve, and how many are kept. */
export interface CacheSettings {
  freshMs: number;
  graceMs: number;
  keepMs: number;
  maxBytes: number;
}

/** Something changed at the provider. What is left out is all of it. */
export interface Touched {
  customerId?: string;
  meterId?: string;
  /**
   * `usage`: events arrived. `billing`: credits, documents or subscriptions. `purchases`: what the store knows of
   * purchases. `definitions`: meters.
   */
  what?: 'usage' | 'billing' | 'purchases' | 'definitions';
}

/** What one request reads: each thing once, however many of its parts ask. */
export interface CachedView {
  /** The view as gateways that note in the ledger how old the readings are. */
  gatewaysFor(ledger: ReadingLedger): Required<SnapshotGateways>;
}

/** What one process remembers of the provider, for all customers, each apart from the others. */
export interface GatewayCache {
  /** For one request, whose writes go through `direct`. When its signal aborts it waits no more; what others wait for goes on. */
  openView(signal: AbortSignal | null, direct: BillingGateway): CachedView;
  /** The next reading of it asks the provider. A report of usage lets it serve for a few seconds more. */
  invalidate(touched: Touched): void;
  /** The same, for what another process did. */
  hear(touched: Touched): void;
  /** The same writes, each of which drops what it changes. */
  watchTopUps(topUps: TopUpGateway): TopUpGateway;
  drawerOf(customerId: string): Drawer;
  weigh(customerId: string): void;
  counts: CacheCounts;
  size(): { customers: number; bytes: number };
}

export interface GatewayCacheParts {
  /** Asked at most once at a time for the same thing. */
  gateway: BillingGateway;
  settings: CacheSettings;
  kept: KeptWindows;
  /** How many times as long as usual readings serve. */
  stretch(): number;
  /** Told of everything that this process drops. */
  onInvalidated(touched: Touched): void;
  nowMs(): number;
}

/** A report of usage becomes visible after so long at the latest, and a busy meter is not read at each of them. */
const touchedMs = 5_000;
const definitionsFreshMs = 600_000;
const priceFreshMs = 86_400_000;
const maxCustomers = 20_000;
const maxPrices = 2_000;

/** A gateway's readings, remembered. See "What is remembered" in the README of this package. */
export function createGatewayCache(parts: GatewayCacheParts): GatewayCache {
  const { gateway, settings, kept, stretch, nowMs } = parts;
  const { freshMs: leastFreshMs, graceMs, keepMs, maxBytes } = settings;
  const counts: CacheCounts = { hits: 0, refreshing: 0, stale: 0, misses: 0, shared: 0, answers: 0 };
  const drawers = createDrawers({ maxBytes, maxCustomers });
  /** As of now: it changes with what is left of the month. */
  const keeping = {
    get freshMs() {
      return leastFreshMs * stretch();
    },
    graceMs,
  };
  const shelf = { nowMs, counts, keepMs };
  const meters = createSlot();
  const prices = new Map<string, Slot>();
  const usage = createUsageShelf({
    ...shelf,
    gateway,
    drawers,
    kept,
    keeping,
    touchedMs,
  });

  const weigh = (customerId: string, drawer: Drawer) =>
    drawers.weigh(customerId, drawer, bytesOfSet(drawer.billing));

  function priceSlot(priceId: string): Slot {
    const slot = prices.get(priceId) ?? createSlot();
    prices.delete(priceId);
    prices.set(priceId, slot);
    const [oldest] = prices.keys();
    if (prices.size > maxPrices && oldest !== undefined) prices.delete(oldest);
    return slot;
  }

  function openView(signal: AbortSignal | null, direct: BillingGateway): CachedView {
    const read = new Map<string, Promise<unknown>>();
    const views = new Map<string, BillingView>();
    const whileWaiting = createWaiting(signal);

    function once<T>(key: string, ask: () => Promise<T>): Promise<T> {
      const known = read.get(key) as Promise<T> | undefined;
      const asked = known ?? ask();
      if (!known) read.set(key, asked);
      return whileWaiting(asked);
    }

    function billingOf(customerId: string): BillingView {
      const known = views.get(customerId);
      if (known) return known;
      const drawer = drawers.of(customerId);
      const billing = {
        nowMs,
        counts,
        keeping,
        keepMs,
        touchedMs,
        onArrival: () => weigh(customerId, drawer),
      };
      const view = openBillingView(billing, drawer);
      views.set(customerId, view);
      return view;
    }

    function gatewaysFor(ledger: ReadingLedger): Required<SnapshotGateways> {
      const facade = (how: 'read' | 'look'): BillingGateway => {
        async function noted<T>(asked: Promise<Reading<T>>): Promise<T> {
          const reading = await asked;
          ledger.note(reading);
          return reading.value;
        }
        function billing<T>(customerId: string, name: string, ask: () => Promise<T>, isWatched = false) {
          const question = { key: name, isWatched, load: ask };
          const view = billingOf(customerId);
          return noted(whileWaiting(view[how](question) as Promise<Reading<T>>));
        }
        return {
          async listMeters() {
            const definitions = {
              freshMs: Math.max(leastFreshMs, definitionsFreshMs),
              graceMs: 10 * definitionsFreshMs,
            };
            const reading = await once('meters', () =>
              readSlot(shelf, meters, definitions, () => gateway.listMeters()),
            );
            ledger.noteDefinition(reading);
            return reading.value;
          },
          async getPrice(priceId) {
            const definitions = { freshMs: priceFreshMs, graceMs: priceFreshMs };
            const reading = await once(`price ${priceId}`, () =>
              readSlot(shelf, priceSlot(priceId), definitions, () => gateway.getPrice(priceId)),
            );
            ledger.noteDefinition(reading);
            return reading.value;
          },
          async listUsage(query, options) {
            const asked = once(`usage ${JSON.stringify(query)}`, () =>
              usage.read(drawers.of(query.customerId), { ...query, isOneOff: options?.isOneOff === true }),
            );
            const rows = await noted(asked);
            const { knownUntilMs, readAtMs } = await asked;
            options?.onRead?.({ knownUntilMs, readAtMs });
            return rows;
          },
          listInvoices: (query) =>
            noted(
              once(`invoices ${JSON.stringify(query)}`, () => {
                const { customerId, limit, cursor } = query;
                const drawer = drawers.of(customerId);
                const slot = drawers.slotOf(drawer, `invoices ${JSON.stringify([limit, cursor])}`);
                const load = () => gateway.listInvoices(query);
                return readSlot(shelf, slot, keeping, load, () => weigh(customerId, drawer));
              }),
            ),
          listSubscriptions: (id) => billing(id, 'subscriptions', () => gateway.listSubscriptions(id), true),
          listDrafts: (id) => billing(id, 'drafts', () => gateway.listDrafts(id), true),
          listCreditTransactions: (id) =>
            billing(id, 'transactions', () => gateway.listCreditTransactions(id), true),
          listCreditGrants: (id) => billing(id, 'grants', () => gateway.listCreditGrants(id)),
          previewInvoice: (query) =>
            billing(query.customerId, `preview ${query.subscriptionId}`, () => gateway.previewInvoice(query)),
          ...(direct.topUps ? { topUps: direct.topUps } : {}),
          ...(direct.events ? { events: direct.events } : {}),
        };
      };
      return {
        first: facade('read'),
        fresh: facade('look'),
        again() {
          for (const view of views.values()) view.again();
          return gatewaysFor(ledger);
        },
      };
    }

    return { gatewaysFor };
  }

  function touch(drawer: Drawer, { what, meterId }: Touched): void {
    drawer.answers.clear();
    drawer.answersVersion += 1;
    if (what === 'purchases') return;
    const isUsage = what === 'usage';
    if (isUsage) touchSet(drawer.billing);
    else drawer.version += 1;
    const mine = meterId === undefined ? 'usage ' : `usage ${JSON.stringify(meterId)} `;
    for (const [question, slot] of drawer.slots) {
      const isOfUsage = question.startsWith('usage ');
      if (isUsage && question.startsWith(mine)) slot.isTouched = true;
      if (what === undefined || (!isUsage && !isOfUsage)) dropSlot(slot);
    }
  }

  function hear(touched: Touched): void {
    const { customerId, what } = touched;
    if (what === undefined || what === 'definitions') {
      dropSlot(meters);
      for (const drawer of drawers.all()) drawer.answers.clear();
      if (what === 'definitions') return;
    }
    if (customerId === undefined) {
      for (const drawer of drawers.all()) touch(drawer, touched);
      return;
    }
    const drawer = drawers.find(customerId);
    if (drawer) touch(drawer, touched);
  }

  function invalidate(touched: Touched): void {
    hear(touched);
    parts.onInvalidated(touched);
  }

  return {
    openView,
    invalidate,
    hear,
    watchTopUps: (topUps) => watchTopUps(topUps, (customerId) => invalidate({ customerId, what: 'billing' })),
    drawerOf: drawers.of,
    weigh: (customerId) => weigh(customerId, drawers.of(customerId)),
    counts,
    size: drawers.size,
  };
}

/** What changes a balance drops it, before and after: a reading that began in between does not count either. */
function watchTopUps(topUps: TopUpGateway, drop: (customerId: string) => void): TopUpGateway {
  async function dropping<T>(customerId: string, write: () => Promise<T>): Promise<T> {
    drop(customerId);
    try {
      return await write();
    } finally {
      drop(customerId);
    }
  }
  return {
    ...topUps,
    createCharge: (charge, options) =>
      dropping(charge.customerId, () => topUps.createCharge(charge, options)),
    createGrant: (grant, options) => dropping(grant.customerId, () => topUps.createGrant(grant, options)),
    endGrant: (query, options) => dropping(query.customerId, () => topUps.endGrant(query, options)),
  };
}

/** Rejects when nobody waits for this request any more; what it asked for goes on, others may wait for it. */
function createWaiting(signal: AbortSignal | null): <T>(asked: Promise<T>) => Promise<T> {
  if (!signal) return (asked) => asked;
  const gone = new Promise<never>((_, reject) => {
    const give = () => reject(new BillingError('provider_unavailable', { cause: signal.reason }));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
  gone.catch(() => undefined);
  return (asked) => Promise.race([gone, asked]);
}
