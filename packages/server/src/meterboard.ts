import { setTimeout } from 'node:timers/promises';
import Stripe from 'stripe';
import { isBuildPhase } from './build-phase.ts';
import { createAnswers } from './cache/answers.ts';
import { countGatewayCalls } from './cache/count-gateway-calls.ts';
import { createProvider, type MeterboardStats, type ProviderParts } from './cache/provider.ts';
import type { ReadingFacts } from './cache/reading.ts';
import { findRealTime } from './cache/real-time.ts';
import { type ConfigurableOptions, type Configuration, resolveConfiguration } from './configuration.ts';
import { createDurableCore, type SweepReport } from './durable-core.ts';
import type { BillingGateway, EventGateway } from './gateway.ts';
import { limitGateway } from './gateways/limit-gateway.ts';
import { createStripeGateway } from './gateways/stripe/index.ts';
import { addressOf, livemodeOf, type StripeClient } from './gateways/stripe/stripe-client.ts';
import { type Bonus, type BonusInput, giveBonus, revokeBonus } from './grants/bonus.ts';
import { withCors } from './http/cors.ts';
import { createHandler } from './http/handler.ts';
import { withReadyBodies } from './http/ready-body.ts';
import { refuse } from './http/refuse.ts';
import { readRequestFacts } from './http/request-facts.ts';
import type { Identify, Identity } from './identity.ts';
import { consoleLogger, createSafeLogger, type Logger } from './logger.ts';
import { createOperate } from './operate.ts';
import { isLoadingForCommand } from './operator/loading.ts';
import { optionError } from './option-error.ts';
import { createMeterboardCaller, type MeterboardRouter, meterboardRouter } from './router/index.ts';
import type { MeterboardContext } from './router/init.ts';
import { chooseStore } from './store/choose-store.ts';
import type { Store } from './store/store.ts';
import { eraseCustomer } from './top-ups/erase-customer.ts';
import { createEventReceiver } from './webhooks/receive-event.ts';

/** A secret key, with any setting of Stripe's own client; or the host's client, which is then used as it is. */
export type StripeOptions<Client extends StripeClient = Stripe> =
  | ({ secretKey: string | undefined } & Stripe.StripeConfig)
  | { client: Client };

interface HostOptions extends ConfigurableOptions {
  /** Who sends this request? The customer comes from here and from nowhere else. */
  identify: Identify;
  /** The clock, Unix ms. Default `Date.now`. */
  nowMs?: () => number;
  /** Default: the console. */
  logger?: Logger;
  /**
   * Where purchases, events and jobs are kept. Needed where `topUps` or `webhooks` are given. Default: the embedded
   * database in `.meterboard`, outside of production; there a store has to be named.
   */
  store?: Store;
}

/** The host's answers and wishes, with Stripe as the provider. */
export interface MeterboardOptions<Client extends StripeClient = Stripe> extends HostOptions {
  stripe: StripeOptions<Client>;
}

/** The same with another provider. */
export interface GatewayMeterboardOptions extends HostOptions {
  gateway: BillingGateway;
}

/** Procedures as functions, for the customer it was made for. Rejections suit the contract's `toBillingError()`. */
export type MeterboardCaller = ReturnType<typeof createMeterboardCaller>;

/** A running Meterboard. `Client` is `undefined` where a gateway was given. */
export interface Meterboard<Client = Stripe> {
  basePath: string;
  /** Answers everything below `basePath`. Never rejects. */
  handler(request: Request): Promise<Response>;
  router: MeterboardRouter;
  /** What `router` needs for a request, where a host mounts it in a tRPC server of its own. */
  createContext(request: Request): MeterboardContext;
  /** For server code that knows its customer: no HTTP, no session. */
  createCaller(identity: Identity): MeterboardCaller;
  /** The client in use: the host's very own instance where it gave one. */
  stripe: Client;
  /**
   * Takes background work in this process until `close()`: handles events, settles purchases, sweeps for what was missed. Call
   * it once in a long-running server, or run `npx meterboard worker` apart. Without a store there is nothing to do.
   */
  start(): Promise<void>;
  /**
   * Looks for what no event told of. For hosts without a long-running process: call it on a schedule, as often as you like; events
   * that were never delivered are asked for once an hour at most.
   */
  sweep(): Promise<SweepReport>;
  /** The host's own credits: bonuses, goodwill, corrections. */
  credits: {
    /** Gives credits, once per customer and key. Rejects with `BillingError`s: `invalid_input`, `conflict`, `customer_not_found`. */
    grant(bonus: BonusInput): Promise<Bonus>;
    /** Takes back what is unused of a bonus. Rejects with `not_found` where there is none. */
    revoke(bonus: { customerId: string; key: string; reason: string }): Promise<Bonus>;
  };
  /**
   * Forgets who bought: sums and dates stay, names and ids of the customer go, open payment pages are closed. Rejects with a
   * `BillingError`, and erases nothing, while one of these cannot be closed.
   */
  eraseCustomer(customerId: string): Promise<{ erased: number }>;
  /** Carries out a command of `npx meterboard`. Rejects with words for the operator. */
  operate(command: string, input: unknown): Promise<unknown>;
  /** Calls to the provider and what memory answered, since this process started. */
  stats(): MeterboardStats;
  /** Where things are kept; `folder` of the embedded database. */
  store: { kind: Store['kind']; folder?: string };
  /** Refuses new requests and resolves when those under way, and calls of server code, are answered, or after `timeoutMs` (10,000). */
  close(options?: { timeoutMs?: number }): Promise<void>;
}

/**
 * The whole server side: reads Stripe (or any `BillingGateway`) for the customer that `identify` names, and serves
 * it to the browser. Throws an `Error` that says what to change when an option cannot work; does not call the
 * provider.
 */
export function createMeterboard<Client extends StripeClient = Stripe>(
  options: MeterboardOptions<Client>,
): Meterboard<Client>;
export function createMeterboard(options: GatewayMeterboardOptions): Meterboard<undefined>;
export function createMeterboard(
  options: HostOptions & { stripe?: StripeOptions<StripeClient>; gateway?: BillingGateway },
): Meterboard<StripeClient | undefined> {
  const configuration = resolveConfiguration(options);
  const stripe = options.stripe ? resolveStripe(options.stripe) : undefined;
  const { identify, nowMs = Date.now } = options;
  const logger = createSafeLogger(options.logger ?? consoleLogger);
  const hasStore = needsStore(configuration) || options.store !== undefined;
  const store = needsStore(configuration) ? chooseStore(options.store) : (options.store ?? noStore);
  const provider = createProvider({
    configuration,
    ...chooseGateway(stripe, options.gateway, logger),
    store: hasStore ? { isShared: store.kind === 'postgres', openDb: () => core.openDb() } : null,
    nowMs,
    realTime: findRealTime(options),
    logger,
  });
  const { gateway } = provider;
  if (typeof identify !== 'function') {
    throw optionError(
      'identify is missing.',
      'Only the host knows whose session a request carries.',
      'Pass identify: async (request) => ({ customerId }) or null for nobody.',
    );
  }

  const operate: Operate = (command, input) => operateHere(command, input);
  const core = createDurableCore({
    configuration,
    gateway,
    invalidate: provider.invalidate,
    store,
    operate,
    nowMs,
    logger,
  });
  const operateHere = createOperate({ configuration, gateway, core, logger });

  const underWay = new Set<Promise<unknown>>();
  async function during<T>(work: () => Promise<T>): Promise<T> {
    const working = work();
    underWay.add(working);
    try {
      return await working;
    } finally {
      underWay.delete(working);
    }
  }

  const createContext = (ask: () => Promise<Identity | null>, request: Request | null): MeterboardContext => {
    let asked: Promise<Identity | null> | undefined;
    let answered: ReadingFacts | null = null;
    const signal = request?.signal ?? null;
    const direct = once(() => limitGateway(gateway, signal ? { signal } : {}));
    const openScope = once(() => provider.openRequest(signal, direct()));
    const facts = once(() => request && readRequestFacts(request, configuration.allowedOrigins));
    return {
      configuration,
      openScope: () => openScope()(),
      openTopUps: () => core.openTopUps(direct()),
      identify: () => {
        asked ??= Promise.all([ask(), provider.catchUp()]).then(([identity]) => checkIdentity(identity));
        return asked;
      },
      get answered() {
        return answered;
      },
      noteAnswered: (facts) => {
        answered = facts;
      },
      get request() {
        return facts();
      },
      signal,
      topUpAttempts: new Set(),
      during,
      startedAtMs: nowMs(),
      nowMs,
      logger,
    };
  };

  const { basePath, allowedOrigins } = configuration;
  const contextOf = (request: Request) => createContext(async () => identify(request), request);
  const answer = createHandler({
    basePath,
    createContext: contextOf,
    logger,
    answers: provider.cache && createAnswers(provider.cache, nowMs),
    ...(gateway.events ? { receiveEvent: receiverOf(gateway.events) } : {}),
  });
  function receiverOf(events: EventGateway) {
    return createEventReceiver({
      events,
      secrets: configuration.webhooks.secrets,
      livemode: gateway.topUps?.livemode ?? null,
      openInbox: core.openInbox,
      nowMs,
      logger,
    });
  }
  let isClosed = false;

  return {
    basePath,
    router: meterboardRouter,
    stripe,
    createContext: contextOf,
    handler: withReadyBodies(
      withCors(async (request) => {
        if (isClosed) return refuse(503, 'provider_unavailable', 'The server is shutting down. Try again.');
        return during(() => answer(request));
      }, allowedOrigins),
    ),
    createCaller: (identity) => createMeterboardCaller(() => createContext(async () => identity, null)),
    // A module that begins work as it is loaded would do so in every command that loads it.
    start: async () => (isLoadingForCommand() || !hasStore ? undefined : core.start()),
    sweep: () => (hasStore ? during(() => core.sweep()) : Promise.resolve(nothingSwept)),
    credits: {
      grant: (bonus) => during(async () => giveBonus(await core.openTopUps(), bonus)),
      revoke: (bonus) => during(async () => revokeBonus(await core.openTopUps(), bonus)),
    },
    eraseCustomer: (customerId) => during(async () => eraseCustomer(await core.openTopUps(), customerId)),
    operate,
    stats: provider.stats,
    store: {
      kind: core.store.kind,
      ...(core.store.folder === undefined ? {} : { folder: core.store.folder }),
    },
    async close({ timeoutMs = 10_000 } = {}) {
      isClosed = true;
      await Promise.race([Promise.allSettled(underWay), setTimeout(timeoutMs, undefined, { ref: false })]);
      await provider.stop();
      await core.stop({ timeoutMs });
    },
  };
}

/** Made when it is first asked for: an answer that is at hand needs little of a request's context. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

type Operate = (command: string, input: unknown) => Promise<unknown>;

function needsStore({ topUps, webhooks }: Configuration): boolean {
  return topUps !== null || webhooks.secrets.length > 0;
}

const nothingSwept: SweepReport = {
  topUps: { looked: 0, failed: 0 },
  bonuses: { looked: 0, failed: 0 },
  events: null,
};

/** For hosts that sell nothing and listen to nothing: only giving credits would need one. */
const noStore: Store = {
  kind: 'embedded',
  open: () =>
    Promise.reject(
      new Error(
        'createMeterboard: store is missing. Credits are given once, and that has to be remembered. Pass store: postgresStore({ connectionString }) of @meterboard/server/postgres, or embeddedStore() of @meterboard/server/embedded.',
      ),
    ),
};

/** A host that answers without a customer has a bug: nobody's data is shown then. */
function checkIdentity(identity: Identity | null): Identity | null {
  const known = identity ?? null;
  if (known === null) return null;
  if (typeof known.customerId !== 'string' || known.customerId === '') {
    throw new Error(
      'identify() answered without a customerId. Every figure belongs to a customer. Answer { customerId } or null.',
    );
  }
  if (known.permissions === undefined || Array.isArray(known.permissions)) return known;
  throw new Error(
    "identify() answered with permissions that are no list. Nobody's rights can be read from it. Answer an array such as ['view'], or leave permissions out for all of them.",
  );
}

/** Stripe's limits are known; those of another provider are not, so its calls are only counted. */
function chooseGateway(
  stripe: StripeClient | undefined,
  gateway: BillingGateway | undefined,
  logger: Logger,
): Pick<ProviderParts, 'createGateway' | 'account' | 'livemode' | 'isPaced'> {
  if (stripe && !gateway) {
    return {
      createGateway: (calls) => createStripeGateway(stripe, { calls, logger }),
      account: addressOf(stripe),
      livemode: livemodeOf(stripe),
      isPaced: true,
    };
  }
  if (gateway && !stripe) {
    const livemode = gateway.topUps?.livemode ?? null;
    return {
      createGateway: (calls) => countGatewayCalls(gateway, calls),
      account: null,
      livemode,
      isPaced: false,
    };
  }
  throw optionError(
    stripe ? 'both stripe and gateway are given.' : 'neither stripe nor gateway is given.',
    'There is one billing provider.',
    'Pass stripe: { secretKey }, or stripe: { client }, or a gateway of your own.',
  );
}

function resolveStripe(options: StripeOptions<StripeClient>): StripeClient {
  if ('client' in options) {
    if (typeof options.client?.billing?.meters?.list === 'function') return options.client;
    throw optionError(
      'stripe.client is not a Stripe client with billing meters.',
      'Everything is read through it.',
      'Pass new Stripe(secretKey) of the stripe package, version 23 or newer.',
    );
  }
  const { secretKey, ...config } = options;
  if (isBuildPhase() && !secretKey) return new Stripe('sk_test_missing_while_building', config);
  if (secretKey === undefined || secretKey === '') {
    throw optionError(
      'stripe.secretKey is empty.',
      'Nothing can be read from Stripe without it.',
      'Is the environment variable that holds it set?',
    );
  }
  if (!/^(sk|rk)_\w+$/.test(secretKey)) {
    throw optionError(
      'stripe.secretKey is not a secret key.',
      'Publishable keys cannot read usage, and a key with blanks or quotes around it is refused by Stripe.',
      'Use one that begins with sk_ or rk_, from the Stripe dashboard under Developers → API keys.',
    );
  }
  const appInfo = { name: '@meterboard/server', version: '0.1.0' };
  return new Stripe(secretKey, {
    appInfo,
    telemetry: false,
    timeout: 20_000,
    maxNetworkRetries: 2,
    ...config,
  });
}
