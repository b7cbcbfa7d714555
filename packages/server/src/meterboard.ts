import Stripe from 'stripe';
import { type ConfigurableOptions, optionError, resolveConfiguration } from './configuration.ts';
import type { BillingGateway } from './gateway.ts';
import { memoiseGateway } from './gateways/memoise-gateway.ts';
import { createStripeGateway } from './gateways/stripe/index.ts';
import { createHandler, refuse } from './http/handler.ts';
import { readRequestFacts } from './http/request-facts.ts';
import type { Identify, Identity } from './identity.ts';
import { consoleLogger, type Logger } from './logger.ts';
import { createMeterboardCaller, type MeterboardRouter, meterboardRouter } from './router/index.ts';
import type { MeterboardContext } from './router/init.ts';

/** A secret key, with any setting of Stripe's own client; or the host's client, which is then used as it is. */
export type StripeOptions = ({ secretKey: string | undefined } & Stripe.StripeConfig) | { client: Stripe };

interface HostOptions extends ConfigurableOptions {
  /** Who sends this request? The customer comes from here and from nowhere else. */
  identify: Identify;
  /** The clock, Unix ms. Default `Date.now`. */
  nowMs?: () => number;
  /** Default: the console. */
  logger?: Logger;
}

/** The host's answers and wishes, with Stripe as the provider. */
export interface MeterboardOptions extends HostOptions {
  stripe: StripeOptions;
}

/** The same with another provider. */
export interface GatewayMeterboardOptions extends HostOptions {
  gateway: BillingGateway;
}

/** Procedures as functions, for the customer it was made for. Rejections suit the contract's `toBillingError()`. */
export type MeterboardCaller = ReturnType<typeof createMeterboardCaller>;

/** A running Meterboard. `StripeClient` is `undefined` where a gateway was given. */
export interface Meterboard<StripeClient = Stripe> {
  basePath: string;
  /** Answers everything below `basePath`. Never rejects. */
  handler(request: Request): Promise<Response>;
  router: MeterboardRouter;
  /** For server code that knows its customer: no HTTP, no session. */
  createCaller(identity: Identity): MeterboardCaller;
  /** The client in use: the host's very own instance where it gave one. */
  stripe: StripeClient;
  /** Refuses new requests and resolves when those under way have been answered. */
  close(): Promise<void>;
}

/**
 * The whole server side: reads Stripe (or any `BillingGateway`) for the customer that `identify` names, and serves
 * it to the browser. Throws an `Error` that says what to change when an option cannot work; does not call the
 * provider.
 */
export function createMeterboard(options: MeterboardOptions): Meterboard;
export function createMeterboard(options: GatewayMeterboardOptions): Meterboard<undefined>;
export function createMeterboard(
  options: HostOptions & { stripe?: StripeOptions; gateway?: BillingGateway },
): Meterboard<Stripe | undefined> {
  const configuration = resolveConfiguration(options);
  const stripe = options.stripe ? resolveStripe(options.stripe) : undefined;
  const gateway = resolveGateway(stripe, options.gateway);
  const { identify, nowMs = Date.now, logger = consoleLogger } = options;
  if (typeof identify !== 'function') {
    throw optionError(
      'identify is missing.',
      'Only the host knows whose session a request carries.',
      'Pass identify: async (request) => ({ customerId }) or null for nobody.',
    );
  }

  const createContext = (ask: () => Promise<Identity | null>, request: Request | null): MeterboardContext => {
    let asked: Promise<Identity | null> | undefined;
    return {
      configuration,
      gateway: memoiseGateway(gateway, request ? { signal: request.signal } : {}),
      freshGateway: gateway,
      identify: () => {
        asked ??= ask().then(checkIdentity);
        return asked;
      },
      request: request && readRequestFacts(request, configuration.allowedOrigins),
      startedAtMs: nowMs(),
      nowMs,
      logger,
    };
  };

  const { basePath } = configuration;
  const answer = createHandler({
    basePath,
    createContext: (request) => createContext(async () => identify(request), request),
    logger,
  });
  const underWay = new Set<Promise<Response>>();
  let isClosed = false;

  return {
    basePath,
    router: meterboardRouter,
    stripe,
    async handler(request) {
      if (isClosed) return refuse(503, 'internal', 'The server is shutting down.');
      const answering = answer(request);
      underWay.add(answering);
      try {
        return await answering;
      } finally {
        underWay.delete(answering);
      }
    },
    createCaller: (identity) => createMeterboardCaller(() => createContext(async () => identity, null)),
    async close() {
      isClosed = true;
      await Promise.all(underWay);
    },
  };
}

/** A host that answers without a customer has a bug: nobody's data is shown then. */
function checkIdentity(identity: Identity | null): Identity | null {
  const known = identity ?? null;
  if (known === null) return null;
  if (typeof known.customerId === 'string' && known.customerId !== '') return known;
  throw new Error(
    'identify() answered without a customerId. Every figure belongs to a customer. Answer { customerId } or null.',
  );
}

function resolveGateway(stripe: Stripe | undefined, gateway: BillingGateway | undefined): BillingGateway {
  if (stripe && !gateway) return createStripeGateway(stripe);
  if (gateway && !stripe) return gateway;
  throw optionError(
    stripe ? 'both stripe and gateway are given.' : 'neither stripe nor gateway is given.',
    'There is one billing provider.',
    'Pass stripe: { secretKey }, or stripe: { client }, or a gateway of your own.',
  );
}

function resolveStripe(options: StripeOptions): Stripe {
  if ('client' in options) {
    if (typeof options.client?.billing?.meters?.list === 'function') return options.client;
    throw optionError(
      'stripe.client is not a Stripe client with billing meters.',
      'Everything is read through it.',
      'Pass new Stripe(secretKey) of the stripe package, version 23 or newer.',
    );
  }
  const { secretKey, ...config } = options;
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
