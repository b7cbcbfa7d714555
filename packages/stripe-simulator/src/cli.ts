import { parseArgs } from 'node:util';
import { createSimulator, SCENARIOS, type ScenarioName, type Simulator } from './simulator.ts';

const HELP = `Usage: stripe-simulator [options]

A stateful, offline double of the Stripe API for usage billing, credits and top-ups.

  --port <number>      Port on 127.0.0.1 (default 12111; 0 picks a free one)
  --scenario <name>    What the account holds at the start: ${SCENARIOS.join(', ')} (default empty)
  --now <ISO 8601>     Freezes the clock at this instant, such as 2026-11-26T09:30:00Z
  --seed <text>        Ids derive from it (default "meterboard")
  --help               Shows this text

Any API key that starts with sk_test_ is accepted.`;

interface CliOptions {
  help: boolean;
  port: number;
  scenario: ScenarioName;
  nowMs: number | undefined;
  seed: string | undefined;
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
  return { help: values.help ?? false, port, scenario, nowMs: readInstant(values.now), seed: values.seed };
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

async function start({ port, scenario, nowMs, seed }: CliOptions): Promise<Simulator> {
  try {
    return await createSimulator({
      port,
      scenario,
      ...(nowMs === undefined ? {} : { nowMs, frozen: true }),
      ...(seed === undefined ? {} : { seed }),
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new UsageError(
        `Port ${port} is already in use. Choose another one with --port <number>, or --port 0 for any free one.`,
      );
    }
    throw error;
  }
}
