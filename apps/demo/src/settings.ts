import { parseArgs } from 'node:util';

/** How the demo was started. */
export interface DemoSettings {
  /** 0 takes any free port. */
  port: number;
  /** Freezes the simulated clock; `undefined` lets it run from now. */
  frozenAtMs: number | undefined;
  /** A test-mode key: the demo then reads that Stripe account instead of the simulator. */
  stripeSecretKey: string | undefined;
  /** Another address for that account's API, such as a simulator that stands in for it. */
  stripeApiBase: URL | undefined;
  /** Signing secrets of that account's event destinations; none: what events would tell is found by sweeps. */
  webhookSecrets: readonly string[];
}

/** A start-up problem with words for the person at the terminal; needs no stack. */
export class SettingsError extends Error {}

/** Reads `--now`, `PORT`, `STRIPE_SECRET_KEY`, `STRIPE_API_BASE` and `STRIPE_WEBHOOK_SECRETS` (with commas). Throws a `SettingsError` that names the one at fault. */
export function readSettings(args: string[], env: Record<string, string | undefined>): DemoSettings {
  return {
    port: readPort(env.PORT),
    frozenAtMs: readNow(args),
    stripeSecretKey: readKey(env.STRIPE_SECRET_KEY),
    stripeApiBase: readApiBase(env.STRIPE_API_BASE),
    webhookSecrets: (env.STRIPE_WEBHOOK_SECRETS ?? '').split(',').filter((secret) => secret !== ''),
  };
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return 3000;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new SettingsError(`PORT is "${text}". Set it to a number from 0 to 65535 (0 takes any free port).`);
  }
  return port;
}

function readNow(args: string[]): number | undefined {
  let now: string | undefined;
  try {
    now = parseArgs({ args, options: { now: { type: 'string' } } }).values.now;
  } catch (error) {
    throw new SettingsError(
      `${error instanceof Error ? error.message : error}\nUsage: npm run demo -- [--now 2026-11-22T12:00:00Z]`,
    );
  }
  if (now === undefined) return undefined;
  const nowMs = Date.parse(now);
  if (Number.isNaN(nowMs)) {
    throw new SettingsError(`--now is "${now}". Give an ISO time such as 2026-11-22T12:00:00Z.`);
  }
  return nowMs;
}

function readKey(key: string | undefined): string | undefined {
  if (key === undefined || key === '') return undefined;
  if (/^(sk|rk)_live_/.test(key)) {
    throw new SettingsError(
      'STRIPE_SECRET_KEY holds a live key. The demo refuses to touch real money: use a test key (sk_test_…), or unset the variable to use the simulator.',
    );
  }
  if (!/^(sk|rk)_test_[A-Za-z0-9]+$/.test(key)) {
    throw new SettingsError(
      'STRIPE_SECRET_KEY is not a Stripe test key (those begin with sk_test_). Correct it, or unset it to use the simulator.',
    );
  }
  return key;
}

function readApiBase(address: string | undefined): URL | undefined {
  if (address === undefined || address === '') return undefined;
  const url = URL.parse(address);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new SettingsError(
    `STRIPE_API_BASE is "${address}". Give an http(s) address such as http://127.0.0.1:12111, or unset it.`,
  );
}
