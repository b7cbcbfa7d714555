import { optionError } from '../option-error.ts';

/** What the host says about the provider's events. */
export interface WebhookOptions {
  /**
   * The signing secrets of all destinations that send here: one each for snapshot and thin events, and both the old
   * and the new one while one is being rolled. Empty entries (variables that are not set yet) count as left out.
   */
  secrets: readonly (string | undefined)[];
  /** For how many days events are kept, 1 to 400. Default 90. What could not be handled is kept for 400. */
  keepDays?: number;
}

/** The options, checked. Without secrets nothing is listened to. */
export interface WebhookSettings {
  secrets: readonly string[];
  keepDays: number;
}

export const defaultKeepDays = 90;

/** For how long events are kept that still want handling. */
export const maxKeepDays = 400;

/** Checks the host's options. Throws an `Error` that says what is wrong, why, and how to put it right. */
export function checkWebhooks(options: WebhookOptions | undefined): WebhookSettings {
  const { secrets = [], keepDays = defaultKeepDays } = options ?? {};
  if (!Array.isArray(secrets)) {
    throw optionError(
      'webhooks.secrets is no list.',
      'Each destination signs with a secret of its own, and there are two.',
      'Pass secrets: [process.env.STRIPE_WEBHOOK_SECRET, process.env.STRIPE_THIN_WEBHOOK_SECRET].',
    );
  }
  if (!(Number.isInteger(keepDays) && keepDays >= 1 && keepDays <= maxKeepDays)) {
    throw optionError(
      `webhooks.keepDays is ${JSON.stringify(keepDays)}.`,
      'Events are forgotten after so many whole days.',
      `Use an integer from 1 to ${maxKeepDays}, or leave it out for ${defaultKeepDays}.`,
    );
  }
  const given: string[] = secrets.filter((secret) => secret !== undefined && secret !== '');
  for (const [index, secret] of given.entries()) checkSecret(secret, `webhooks.secrets[${index}]`);
  return { secrets: [...new Set(given)], keepDays };
}

/** The secret itself stands in no message. */
function checkSecret(secret: unknown, option: string): void {
  if (typeof secret !== 'string') {
    throw optionError(`${option} is no text.`, 'Signatures are checked with it.', whereToFindIt);
  }
  if (/[\s"'`]/.test(secret)) {
    throw optionError(
      `${option} has white space or quotes in it.`,
      'No signature fits such a secret, and every event would be refused.',
      'Take the value as it is, without the quotes or the line break around it.',
    );
  }
  if (/^(sk|rk|pk)_/.test(secret)) {
    throw optionError(`${option} is an API key.`, 'Events are signed with another secret.', whereToFindIt);
  }
  if (!/^whsec_./.test(secret)) {
    throw optionError(
      `${option} does not begin with whsec_.`,
      'Signing secrets of Stripe do.',
      whereToFindIt,
    );
  }
}

const whereToFindIt =
  "Use the signing secret of the destination, from the Stripe dashboard under Developers → Webhooks, or the one that 'npx meterboard setup' prints.";
