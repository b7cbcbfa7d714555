import type { TimeSpan } from '@meterboard/contract';
import Big from 'big.js';

/** Stripe's seconds as ours. Throws when an answer has no such instant: its API version is not the SDK's. */
export function fromSec(seconds: number | null | undefined, what: string): number {
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) throw unknownShape(what);
  return seconds * 1000;
}

export function fromOptionalSec(seconds: number | null, what: string): number | null {
  return seconds === null ? null : fromSec(seconds, what);
}

export function fromPeriod(period: { start: number; end: number }): TimeSpan {
  return { startMs: fromSec(period.start, 'period.start'), endMs: fromSec(period.end, 'period.end') };
}

/** A number or `Stripe.Decimal` as a plain decimal string. */
export function fromDecimal(decimal: number | { toString(): string }): string {
  return new Big(decimal.toString()).toFixed();
}

/** An amount in minor units. Throws where Stripe sends none. */
export function fromMinor(amount: number | null | undefined, what: string): number {
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount)) throw unknownShape(what);
  return amount;
}

/** The id of something that may have been expanded. */
export function idOf(reference: string | { id: string }): string {
  return typeof reference === 'string' ? reference : reference.id;
}

/** An answer that this version does not understand. The gateway makes `provider_rejected` of it. */
export function unknownShape(what: string): Error {
  return new Error(`Stripe's answer has no usable ${what}. Is the client's API version the one of its SDK?`);
}

/** Pages that browsers may open: https, or http on this machine (the simulator). Anything else is left out. */
export function safeUrl(url: string | null | undefined): string | null {
  if (!url || !URL.canParse(url)) return null;
  const { protocol, hostname } = new URL(url);
  const isLocal = hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]';
  return protocol === 'https:' || (protocol === 'http:' && isLocal) ? url : null;
}
