import { BillingError, type Freshness, type Measured, type Source } from '@meterboard/contract';
import { initTRPC } from '@trpc/server';
import type { ReadingScope } from '../cache/provider.ts';
import type { ReadingFacts } from '../cache/reading.ts';
import type { Configuration } from '../configuration.ts';
import { type Identity, isAllowed, type Permission } from '../identity.ts';
import type { Logger } from '../logger.ts';
import { sessionKeyOf } from '../session-key.ts';
import type { SettleParts } from '../top-ups/reading.ts';
import { logFailure, toExpectedError, toTrpcError } from './errors.ts';

/** What a request brings besides its session. `null` where server code calls without one. */
export interface RequestFacts {
  /** The origins that are the page's own: where a payment page may return to. */
  ownOrigins: readonly string[];
  /** Whether the request comes from the host's own pages, or from no page at all. */
  mayMutate: boolean;
  /** Sent by POST, as everything that changes something is, and questions that are too long for an address. */
  isPost: boolean;
}

/** What every procedure of one request works with. */
export interface MeterboardContext {
  configuration: Configuration;
  /** A part of the request with an age of its own: what it reads, the other parts read too, once. */
  openScope(): ReadingScope;
  /** What work on purchases needs: opens the store. */
  openTopUps(): Promise<SettleParts>;
  /** How old the dashboard is that this request was answered with; `null`: none, or one that should be made anew. */
  readonly answered: ReadingFacts | null;
  noteAnswered(facts: ReadingFacts | null): void;
  /** Asks the host once per request. */
  identify(): Promise<Identity | null>;
  request: RequestFacts | null;
  /** Aborted when nobody waits for the answer any more; `null` where server code calls. */
  signal: AbortSignal | null;
  /** The attempts of top-ups that this request has begun. */
  topUpAttempts: Set<string>;
  /** What closing the kit waits for. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** When the request began. */
  startedAtMs: number;
  nowMs(): number;
  logger: Logger;
}

/** The context once the session is known. */
export interface CustomerContext extends MeterboardContext, ReadingScope {
  identity: Identity;
  customerId: string;
  sessionKey: string;
}

const t = initTRPC.context<MeterboardContext>().create({
  /** Public words and codes only: no stack, no cause. Ours stands at `error.data.billing`. */
  errorFormatter({ shape, error, path }) {
    const billing = toExpectedError(error).toPublicError();
    const { code, httpStatus } = shape.data;
    return { message: billing.message, code: shape.code, data: { code, httpStatus, path, billing } };
  },
});

export const { router, createCallerFactory } = t;

const untilAnswered = t.middleware(({ ctx, next }) => ctx.during(() => next()));

/** Turns whatever was thrown into an expected error with the right status, and tells the log. */
const withExpectedErrors = t.middleware(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok) return result;
  const expected = toExpectedError(result.error);
  logFailure(ctx, expected, path);
  return { ...result, error: toTrpcError(expected) };
});

function withCustomer(permission: Permission) {
  return t.middleware(async ({ ctx, type, next }) => {
    if (ctx.request && !ctx.request.mayMutate && (type !== 'query' || ctx.request.isPost)) {
      throw new BillingError('not_allowed', { message: 'This request came from another site.' });
    }
    const identity = await ctx.identify();
    if (identity === null) throw new BillingError('not_signed_in');
    if (!isAllowed(identity, 'view') || !isAllowed(identity, permission))
      throw new BillingError('not_allowed');
    const { customerId } = identity;
    return next({ ctx: { identity, customerId, sessionKey: sessionKeyOf(customerId), ...ctx.openScope() } });
  });
}

/** For the customer of the session, with the permission. Rejects with `not_signed_in` or `not_allowed`. */
export function customerProcedure(permission: Permission) {
  return t.procedure.use(untilAnswered).use(withExpectedErrors).use(withCustomer(permission));
}

/** What an answer says about itself: as old as its oldest reading, and stale where one could not be read anew. */
export function measure(ctx: CustomerContext, source: Source, freshness: Freshness = 'live'): Measured {
  const oldest = ctx.ledger.oldest();
  return {
    sessionKey: ctx.sessionKey,
    asOfMs: Math.min(ctx.startedAtMs, oldest?.readAtMs ?? ctx.startedAtMs),
    servedAtMs: ctx.nowMs(),
    source,
    freshness: oldest?.isStale ? 'stale' : freshness,
  };
}
