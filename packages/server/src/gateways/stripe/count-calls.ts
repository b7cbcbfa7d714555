import type Stripe from 'stripe';
import type { ProviderCalls } from '../../cache/provider-calls.ts';

/** What dashboards are made of. Everything else belongs to purchases, events and set-up, and is never refused. */
const readings: ReadonlySet<string> = new Set([
  'billing.meters.list',
  'billing.meters.listEventSummaries',
  'billing.creditGrants.list',
  'billing.creditBalanceTransactions.list',
  'subscriptions.list',
  'subscriptionItems.list',
  'customers.retrieve',
  'prices.retrieve',
  'invoices.list',
  'invoices.retrieve',
  'invoices.listLineItems',
  'invoices.createPreview',
]);

/**
 * The same client, each of whose calls is counted and waits for its turn; every page of a list is a call. The host's
 * own use of the client is not touched. Not seen: what Stripe's client repeats by itself after a lost connection.
 */
export function countStripeCalls(stripe: Stripe, calls: ProviderCalls): Stripe {
  return wrap(stripe, [], calls) as Stripe;
}

type Method = (...parameters: unknown[]) => unknown;

function wrap(target: object, path: readonly string[], calls: ProviderCalls): object {
  const known = new Map<string, unknown>();
  return new Proxy(target, {
    get(inner, name) {
      const value: unknown = Reflect.get(inner, name);
      if (typeof name !== 'string' || name.startsWith('_') || name === 'webhooks') return value;
      if (known.has(name)) return known.get(name);
      const here = [...path, name];
      let wrapped = value;
      if (typeof value === 'function') {
        const method = (value as Method).bind(inner);
        wrapped = path.length === 0 ? method : callable(method, here.join('.'), calls);
      } else if (typeof value === 'object' && value !== null) wrapped = wrap(value, here, calls);
      known.set(name, wrapped);
      return wrapped;
    },
  });
}

function callable(method: Method, endpoint: string, calls: ProviderCalls): Method {
  const verb = endpoint.split('.').at(-1) ?? '';
  const call = {
    endpoint,
    method: /^(list|retrieve|search)/.test(verb) ? 'GET' : 'POST',
    isReading: readings.has(endpoint),
  } as const;
  const make = async (parameters: unknown[]) =>
    calls.make(call, async () => method(...parameters) as Promise<unknown>);
  return /^list/.test(verb)
    ? (...parameters) => createList(make, parameters)
    : (...parameters) => make(parameters);
}

interface ListPage {
  data: { id: string }[];
  has_more?: boolean;
  next_page_url?: string | null;
}

/** A list as the SDK has it: a promise of its first page that can also be walked to its end. Asked when it is used. */
function createList(make: (parameters: unknown[]) => Promise<unknown>, parameters: unknown[]) {
  let first: Promise<unknown> | undefined;
  const ask = () => {
    first ??= make(parameters);
    return first;
  };
  async function* walk() {
    let page = (await ask()) as ListPage;
    for (;;) {
      yield* page.data;
      const cursor = nextOf(page);
      if (!cursor) return;
      page = (await make(withCursor(parameters, cursor))) as ListPage;
    }
  }
  return {
    // biome-ignore lint/suspicious/noThenProperty: a list of the SDK is a promise.
    then: (...handlers: Parameters<Promise<unknown>['then']>) => ask().then(...handlers),
    catch: (handler: (error: unknown) => unknown) => ask().catch(handler),
    finally: (handler: () => void) => ask().finally(handler),
    [Symbol.asyncIterator]: walk,
    async autoPagingToArray({ limit }: { limit: number }) {
      const items: unknown[] = [];
      for await (const item of walk()) {
        items.push(item);
        if (items.length === limit) break;
      }
      return items;
    },
  };
}

/** Version 1 goes on after the last id; version 2 names the next page in an address. */
function nextOf(page: ListPage): Record<string, string> | null {
  if (page.has_more) {
    const last = page.data.at(-1);
    return last ? { starting_after: last.id } : null;
  }
  if (!page.next_page_url) return null;
  const token = new URL(page.next_page_url, 'https://api.stripe.com').searchParams.get('page');
  return token === null ? null : { page: token };
}

/** The parameters stand last, after the ids of the path. */
function withCursor(parameters: unknown[], cursor: Record<string, string>): unknown[] {
  const last = parameters.at(-1);
  const hasOwn = typeof last === 'object' && last !== null;
  return hasOwn ? [...parameters.slice(0, -1), { ...last, ...cursor }] : [...parameters, cursor];
}
