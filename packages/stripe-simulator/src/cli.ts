import { parseArgs } from 'node:util';
import { type Assumptions, DEFAULT_ASSUMPTIONS } from './assumptions.ts';
import { changeAssumptions } from './control/routes.ts';
import { RATE_LIMIT_PROFILES, type RateLimitProfile } from './protocol/rate-limits.ts';
import { SCENARIOS, type ScenarioName } from './scenarios/index.ts';
import { createSimulator, type Simulator } from './simulator.ts';
import type { Forward } from './webhooks/webhooks.ts';

const HELP = `Usage: stripe-simulator [options]

A stateful, offline double of the Stripe API for usage billing, credits and top-ups.

  --port <number>      Port on 127.0.0.1 (default 12111; 0 picks a free one)
  --scenario <name>    What the account holds at the start: ${SCENARIOS.join(', ')} (default empty)
  --now <ISO 8601>     Freezes the clock at this instant, such as 2026-11-26T09:30:00Z
  --seed <text>        Ids derive from it (default "meterboard")
  --webhook-url <url>        Receives all events as snapshots, signed, without being registered
  --webhook-thin-url <url>   The same for thin events
  --webhook-secret <text>    Signs them (derived from the seed when left out, and printed)
  --assume <name=value>      Chooses where Stripe says nothing, such as decimalMeterValues=false; may be repeated
  --rate-limits <profile>    Enforces Stripe's rate limits: live or sandbox (default off)
  --help               Shows this text

Any API key that starts with sk_test_ is accepted.`;

interface CliOptions {
  help: boolean;
  port: number;
  scenario: ScenarioName;
  nowMs: number | undefined;
  seed: string | undefined;
  forward: Forward[];
  assumptions: Partial<Assumptions>;
  rateLimits: RateLimitProfile;
}

/** What to say when the command line makes no sense. */
class UsageError extends Error {}

/**
 * Runs the command: prints `Stripe simulator ready: <url>` when it answers, and closes on SIGTERM and SIGINT. Bad
 * options and a busy port are said in words and end the process with exit code 1.
 */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    const options = readOptions(argv);
    if (options.help) {
      console.log(HELP);
      return;
    }
    const simulator = await start(options);
    console.log(`Stripe simulator ready: ${simulator.url}`);
    for (const { url, secret } of simulator.webhooks.destinations())
      console.log(`Webhooks go to ${url}, signed with ${secret}`);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        simulator.close().then(() => process.exit(0), fail);
      });
    }
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): void {
  if (error instanceof UsageError) console.error(`stripe-simulator: ${error.message}`);
  else console.error(error);
  process.exitCode = 1;
}

/** Reads the command line. Throws in words for unknown options and unusable values. */
function readOptions(argv: readonly string[]): CliOptions {
  const values = parse(argv);
  const port = Number(values.port ?? '12111');
  if (!/^\d+$/.test(values.port ?? '12111') || port > 65_535) {
    throw new UsageError(`--port must be a number from 0 to 65535, not "${values.port}".`);
  }
  const scenario = SCENARIOS.find((name) => name === (values.scenario ?? 'empty'));
  if (scenario === undefined) {
    throw new UsageError(`--scenario must be one of ${SCENARIOS.join(', ')}, not "${values.scenario}".`);
  }
  return {
    help: values.help ?? false,
    port,
    scenario,
    nowMs: readInstant(values.now),
    seed: values.seed,
    forward: readForward(values),
    assumptions: readAssumptions(values.assume ?? []),
    rateLimits: readRateLimits(values['rate-limits'] ?? 'off'),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string' },
        scenario: { type: 'string' },
        now: { type: 'string' },
        seed: { type: 'string' },
        'webhook-url': { type: 'string' },
        'webhook-thin-url': { type: 'string' },
        'webhook-secret': { type: 'string' },
        assume: { type: 'string', multiple: true },
        'rate-limits': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)} Try --help.`);
  }
}

function readInstant(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const iso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;
  const nowMs = iso.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(nowMs)) {
    throw new UsageError(
      `--now must be an ISO 8601 instant with a zone, such as 2026-11-26T09:30:00Z, not "${text}".`,
    );
  }
  return nowMs;
}

function readForward(values: ReturnType<typeof parse>): Forward[] {
  const secret = values['webhook-secret'];
  const forward: Forward[] = [];
  for (const [option, payload] of [
    ['webhook-url', 'snapshot'],
    ['webhook-thin-url', 'thin'],
  ] as const) {
    const url = values[option];
    if (url === undefined) continue;
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new UsageError(`--${option} must be an http(s) URL, not "${url}".`);
    forward.push({ url, payload, ...(secret === undefined ? {} : { secret }) });
  }
  if (secret !== undefined && forward.length === 0)
    throw new UsageError('--webhook-secret needs --webhook-url or --webhook-thin-url.');
  return forward;
}

function readAssumptions(given: readonly string[]): Partial<Assumptions> {
  const entries = given.map((text): [string, unknown] => {
    const [, name = '', value = ''] = /^(\w+)=(true|false|\d{1,15}(?:\.\d{1,9})?|[a-z]+)$/.exec(text) ?? [];
    if (name === '')
      throw new UsageError(`--assume takes name=value with true, false, a number or a word, not "${text}".`);
    if (/\d/.test(value)) return [name, Number(value)];
    return [name, value === 'true' || value === 'false' ? value === 'true' : value];
  });
  const change = Object.fromEntries(entries);
  try {
    changeAssumptions({ ...DEFAULT_ASSUMPTIONS }, change);
  } catch (error) {
    throw new UsageError(`--assume: ${error instanceof Error ? error.message : String(error)}`);
  }
  return change;
}

function readRateLimits(name: string): RateLimitProfile {
  const profile = RATE_LIMIT_PROFILES.find((candidate) => candidate === name);
  if (profile === undefined)
    throw new UsageError(`--rate-limits must be one of ${RATE_LIMIT_PROFILES.join(', ')}, not "${name}".`);
  return profile;
}

async function start(options: CliOptions): Promise<Simulator> {
  const { port, scenario, nowMs, seed, forward, assumptions, rateLimits } = options;
  try {
    const simulator = await createSimulator({
      port,
      scenario,
      assumptions,
      ...(nowMs === undefined ? {} : { nowMs, frozen: true }),
      ...(seed === undefined ? {} : { seed }),
      webhooks: { forward, timestamps: nowMs === undefined ? 'simulator' : 'real' },
    });
    simulator.faults.setRateLimits(rateLimits);
    return simulator;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new UsageError(
        `Port ${port} is already in use. Choose another one with --port <number>, or --port 0 for any free one.`,
      );
    }
    throw error;
  }
}
