import { BillingError } from '@meterboard/contract';
import type Stripe from 'stripe';

/** How old a signature may be: Stripe's own default, which keeps a recorded delivery from being sent again later. */
const toleranceSec = 300;

/** What a delivery is held against. */
export interface SignedDelivery {
  body: Uint8Array;
  signature: string | null;
  secrets: readonly string[];
  nowMs: number;
}

/**
 * The text of a delivery that one of the secrets signed within the last five minutes of `nowMs`. Rejects with
 * `invalid_input` and words for the operator, which hold nothing secret.
 */
export async function verifyDelivery(stripe: Stripe, delivery: SignedDelivery): Promise<string> {
  const { signature, secrets, nowMs } = delivery;
  if (signature === null || signature === '') {
    throw refusal(
      'The request has no Stripe-Signature header. It does not come from Stripe, or something in between removed it.',
    );
  }
  const text = new TextDecoder().decode(delivery.body);
  if (text === '') {
    throw refusal('The request has no body. Stripe always sends one: something in between has read it.');
  }
  let refused: unknown;
  for (const secret of secrets) {
    try {
      await verify(stripe, { text, signature, secret, tolerance: toleranceSec, nowMs });
      return text;
    } catch (error) {
      refused = error;
    }
    if (await fitsButIsOld(stripe, { text, signature, secret, nowMs })) {
      throw refusal(
        `The signature fits and is older than ${toleranceSec} seconds. Is the clock of this machine right?`,
        refused,
      );
    }
  }
  throw refusal(
    'No signing secret fits. Each destination has a secret of its own: are those of both among webhooks.secrets? A body that is not passed on byte for byte fits none either.',
    refused,
  );
}

interface Check {
  text: string;
  signature: string;
  secret: string;
  nowMs: number;
}

async function verify(stripe: Stripe, check: Check & { tolerance: number }): Promise<void> {
  const { text, signature, secret, tolerance, nowMs } = check;
  const helper = stripe.webhooks.signature;
  if (!helper) throw new Error("The Stripe client has no webhooks.signature. Use the package's own client.");
  await helper.verifyHeaderAsync(text, signature, secret, tolerance, undefined, nowMs);
}

/** A tolerance of 0 lets any age pass. */
async function fitsButIsOld(stripe: Stripe, check: Check): Promise<boolean> {
  try {
    await verify(stripe, { ...check, tolerance: 0 });
    return true;
  } catch {
    return false;
  }
}

/** A delivery that is not taken, in words that the operator reads in Stripe's dashboard and in the log. */
export function refusal(message: string, cause?: unknown): BillingError {
  return new BillingError('invalid_input', { message, answered: true, ...(cause ? { cause } : {}) });
}
