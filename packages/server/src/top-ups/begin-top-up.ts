import { BillingError, type TopUpStartInput } from '@meterboard/contract';
import { sql } from 'kysely';
import type { RawSubscription } from '../gateway.ts';
import type { Queryable } from '../store/store.ts';
import { nextLookMs } from './look-again.ts';
import { type ChosenOffer, canUseCredits, chooseOffer } from './offer.ts';
import { needTopUps, type TopUpParts } from './parts.ts';
import { type Actor, insertTopUp, type Purchase, readPurchase, type TopUpRow } from './rows.ts';
import { topUpIdOf } from './top-up-id.ts';
import type { ResolvedTopUps } from './top-up-options.ts';

/** The most purchases that one customer may have begun and not paid within a day: a brake on card testing. */
export const maxOpenTopUps = 10;

/** The most charges of saved cards within an hour that were not paid. */
export const maxFailedCharges = 5;

const hourMs = 3_600_000;

/** Everything a purchase needs to begin. */
export interface BeginTopUp {
  options: ResolvedTopUps;
  customerId: string;
  actor: Actor;
  /** The host's name for who clicks; `null`: it names nobody. */
  actorName: string | null;
  input: TopUpStartInput;
  /** Asks the provider for the customer's subscriptions. */
  listSubscriptions(): Promise<RawSubscription[]>;
}

/**
 * The purchase that this attempt stands for: a new row, or the one that it made before, however often and concurrently it is called.
 * Rejects with `top_up_disabled` (nothing could use the credits, or too many others are open), `unknown_package`, `invalid_input`,
 * or `conflict` when the attempt already stands for something else.
 */
export async function beginTopUp(parts: TopUpParts, begin: BeginTopUp): Promise<Purchase> {
  const { options, customerId, input } = begin;
  const way = input.payWith ?? options.payWith.find((one) => one !== 'saved_card') ?? 'hosted_page';
  // The hosted page is the way out where a card or an embedded page does not work.
  if (way !== 'hosted_page' && !options.payWith.includes(way)) {
    throw new BillingError('invalid_input', { field: 'payWith', message: 'This way to pay is not offered.' });
  }
  const offer = chooseOffer(options, input);
  const topUpId = topUpIdOf(customerId, input.attemptId);
  const known = await readPurchase(parts.db, topUpId);
  if (known) return assertSame(known, offer);

  if (!canUseCredits(await begin.listSubscriptions(), offer.credit.currency))
    throw unusable(offer.credit.currency);
  const atMs = parts.nowMs();
  const { price, credit } = offer;
  await insertTopUp(
    parts.db,
    (transaction) => assertFewOpen(transaction, customerId, atMs),
    {
      top_up_id: topUpId,
      livemode: needTopUps(parts.gateway).livemode ?? false,
      customer_id: customerId,
      actor: begin.actorName,
      package_id: offer.packageId,
      label: offer.label,
      pay_with: way,
      price_minor: price.amountMinor,
      price_currency: price.currency,
      credit_minor: credit.amountMinor,
      credit_currency: credit.currency,
      category: offer.category,
      expires_after_months: offer.expiresAfterMonths,
      priority: offer.priority,
      state: 'created',
      declined: null,
      paid_at_ms: null,
      charged_minor: null,
      covers_used_minor: null,
      stuck: null,
      look_at_ms: nextLookMs('created', 0, atMs),
      created_at_ms: atMs,
      updated_at_ms: atMs,
    },
    { actor: begin.actor, atMs },
  );
  const made = await readPurchase(parts.db, topUpId);
  if (!made) throw new Error(`top-up ${topUpId} is gone right after it was written`);
  return assertSame(made, offer);
}

/** Under another package table the same attempt may have become something else: then it is not that purchase any more. */
function assertSame(purchase: Purchase, offer: ChosenOffer): Purchase {
  const { row } = purchase;
  const isSame =
    row.package_id === offer.packageId &&
    isEqual(row.price_minor, row.price_currency, offer.price) &&
    isEqual(row.credit_minor, row.credit_currency, offer.credit);
  if (!isSame) throw new BillingError('conflict', { field: 'attemptId' });
  return purchase;
}

function isEqual(minor: TopUpRow['price_minor'], currency: string, money: ChosenOffer['price']): boolean {
  return minor === money.amountMinor && currency === money.currency;
}

async function assertFewOpen(transaction: Queryable, customerId: string, atMs: number): Promise<void> {
  await queueUp(transaction, customerId);
  const { count } = await transaction
    .selectFrom('top_ups')
    .select((expression) => expression.fn.countAll<number | string>().as('count'))
    .where('customer_id', '=', customerId)
    .where('state', 'in', ['created', 'open', 'requires_action', 'processing'])
    .where('created_at_ms', '>', atMs - 24 * hourMs)
    .executeTakeFirstOrThrow();
  if (Number(count) < maxOpenTopUps) return;
  throw new BillingError('top_up_disabled', {
    message: `${maxOpenTopUps} payments of this account are still open. Complete one of them, or try again tomorrow when they have expired.`,
    limit: `at most ${maxOpenTopUps} open payments`,
  });
}

/**
 * Rejects with `top_up_disabled` while too many charges of the customer's cards came to nothing: they can still use the payment page.
 * Counts what is planned, so that many at once are no way around it.
 */
export async function assertFewCharges(
  transaction: Queryable,
  customerId: string,
  atMs: number,
): Promise<void> {
  await queueUp(transaction, customerId);
  const charges = await transaction
    .selectFrom('top_up_payments')
    .innerJoin('top_ups', 'top_ups.top_up_id', 'top_up_payments.top_up_id')
    .select('top_up_payments.created_at_ms as atMs')
    .where('top_ups.customer_id', '=', customerId)
    .where('top_ups.paid_at_ms', 'is', null)
    .where('top_up_payments.kind', '=', 'charge')
    .where('top_up_payments.created_at_ms', '>', atMs - hourMs)
    .orderBy('top_up_payments.created_at_ms')
    .execute();
  const [first] = charges;
  if (!first || charges.length < maxFailedCharges) return;
  throw new BillingError('top_up_disabled', {
    message: 'The saved card was declined too often. Use the payment page, or try again in an hour.',
    limit: `at most ${maxFailedCharges} declined charges an hour`,
    retryAfterMs: first.atMs + hourMs - atMs,
  });
}

/** One after the other per customer, until the transaction ends: what is counted stays true until it is written. */
async function queueUp(transaction: Queryable, customerId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${customerId}, 0))`.execute(transaction);
}

function unusable(currency: string): BillingError {
  return new BillingError('top_up_disabled', {
    message: `Top-ups are not available: no active subscription of this account bills usage in ${currency.toUpperCase()}, so nothing could use the credits.`,
  });
}
