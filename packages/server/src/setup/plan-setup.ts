import type { EventGateway, NewEventDestination, RawEventDestination, RawMeter } from '../gateway.ts';

/** What is there, and what the host wants. */
export interface SetupFacts {
  /** Where the provider shall send events to. */
  url: string;
  basePath: string;
  wantedTypes: EventGateway['wantedTypes'];
  destinations: readonly RawEventDestination[];
  /** The provider's. */
  meters: readonly RawMeter[];
  /** The event names in the host's settings. */
  meterNames: readonly string[];
  /** What is sold, and in which currency its credits are. */
  packages: readonly { id: string; credit: { currency: string } }[];
  /** Active prices that meters feed; `null`: not known. */
  meteredPrices: readonly { meterId: string | null; currency: string }[] | null;
}

/** One line of the plan. `problem`: something that only the operator can put right. */
export type SetupStep =
  | { kind: 'create'; words: string; destination: NewEventDestination }
  | { kind: 'update'; words: string; destinationId: string; payload: Payload; types: readonly string[] }
  | { kind: 'ok' | 'problem'; words: string };

type Payload = RawEventDestination['payload'];

/**
 * What has to be done at the provider, destinations first. Changes nothing that is there beyond adding event types
 * and enabling; plans no destination for an address that cannot work.
 */
export function planSetup(facts: SetupFacts): SetupStep[] {
  return [...planDestinations(facts), ...checkMeters(facts), ...checkPackages(facts)];
}

function planDestinations(facts: SetupFacts): SetupStep[] {
  const wrong = problemOf(facts);
  if (wrong !== null) return [{ kind: 'problem', words: wrong }];
  return (['snapshot', 'thin'] as const).flatMap((payload) => planDestination(facts, payload));
}

/** Why no events can be sent there, or `null`. */
function problemOf({ url, basePath }: SetupFacts): string | null {
  if (!URL.canParse(url)) return `${JSON.stringify(url)} is no address. Use a whole one, with https://.`;
  const { protocol, hostname, pathname, username, password } = new URL(url);
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback)) {
    return `${url} is not https. Events name customers and payments: only this machine may be sent to in the clear.`;
  }
  if (username !== '' || password !== '') return 'The address holds a name or a password. Leave them out.';
  const path = `${basePath}/webhooks/stripe`;
  if (pathname.endsWith(path)) return null;
  return `${url} does not end in ${path}, which is where this app takes events.`;
}

function planDestination({ url, wantedTypes, destinations }: SetupFacts, payload: Payload): SetupStep[] {
  const wanted = wantedTypes[payload];
  const same = destinations
    .filter((known) => known.payload === payload && isSame(known.url, url))
    .toSorted((a, b) => missingFrom(a, wanted).length - missingFrom(b, wanted).length)
    .toSorted((a, b) => Number(b.enabled) - Number(a.enabled));
  const [found, ...others] = same;
  if (!found) {
    const name = `Meterboard (${payload} events)`;
    const words = `Make a destination for ${wanted.length} types of ${payload} events at ${url}.`;
    return [{ kind: 'create', words, destination: { name, url, payload, types: wanted } }];
  }
  return [
    describeFound(found, wanted),
    ...others.map((other): SetupStep => {
      const words = `${other.destinationId} sends ${payload} events to the same address. It is left alone; events of both come twice.`;
      return { kind: 'problem', words };
    }),
    ...warnOfInvoices(found),
  ];
}

function describeFound(found: RawEventDestination, wanted: readonly string[]): SetupStep {
  const { destinationId, payload, enabled } = found;
  const missing = missingFrom(found, wanted);
  if (enabled && missing.length === 0) {
    return { kind: 'ok', words: `${destinationId} sends all wanted ${payload} events.` };
  }
  const changes = [
    ...(enabled ? [] : ['enable it']),
    ...(missing.length === 0 ? [] : [`add ${missing.join(', ')}`]),
  ];
  return {
    kind: 'update',
    words: `Change ${destinationId} (${payload} events): ${changes.join('; ')}.`,
    destinationId,
    payload,
    types: [...found.types, ...missing],
  };
}

function warnOfInvoices({ destinationId, types }: RawEventDestination): SetupStep[] {
  if (!types.includes('invoice.created') && !types.includes('*')) return [];
  const words = `${destinationId} sends invoice.created. Stripe waits up to 72 hours for its answer before it finalises an invoice: an app that is down delays bills. The kit has no use for that type.`;
  return [{ kind: 'problem', words }];
}

function missingFrom({ types }: RawEventDestination, wanted: readonly string[]): string[] {
  if (types.includes('*')) return [];
  return wanted.filter((type) => !types.includes(type));
}

function isSame(one: string, other: string): boolean {
  return URL.canParse(one) && new URL(one).href === new URL(other).href;
}

function checkMeters({ meters, meterNames, meteredPrices }: SetupFacts): SetupStep[] {
  return meterNames.map((eventName) => {
    const known = meters.filter((meter) => meter.eventName === eventName);
    const active = known.filter((meter) => meter.active);
    const hasPrice = active.some(({ meterId }) => meteredPrices?.some((price) => price.meterId === meterId));
    if (known.length === 0) {
      return {
        kind: 'problem',
        words: `There is no meter with the event name '${eventName}'. Make it, or correct meters.`,
      };
    }
    if (active.length === 0) {
      return { kind: 'problem', words: `The meter of '${eventName}' is not active: usage is not counted.` };
    }
    if (meteredPrices !== null && !hasPrice) {
      return {
        kind: 'problem',
        words: `No active price bills the meter of '${eventName}': its usage costs nothing.`,
      };
    }
    return { kind: 'ok', words: `The meter of '${eventName}' is active.` };
  });
}

function checkPackages({ packages, meteredPrices }: SetupFacts): SetupStep[] {
  if (meteredPrices === null) return [];
  const billed = new Set(meteredPrices.map(({ currency }) => currency));
  return packages.map(({ id, credit: { currency } }) =>
    billed.has(currency)
      ? { kind: 'ok', words: `Top-up package '${id}' credits ${currency}, in which usage is billed.` }
      : {
          kind: 'problem',
          words: `Top-up package '${id}' credits ${currency}, and no active metered price bills in it: nothing could be paid with it.`,
        },
  );
}
