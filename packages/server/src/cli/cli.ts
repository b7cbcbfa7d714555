import { readFileSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { describeCause } from '../logger.ts';
import { loadApp } from './load-app.ts';
import { operateSomewhere } from './operate-somewhere.ts';
import { describeUsage, type Request, readArguments } from './read-arguments.ts';
import { runWorker } from './run-worker.ts';
import { UsageError } from './usage-error.ts';

/**
 * Runs a command line and ends the process: 0 done, 1 failed, 2 not understood. The answer goes to stdout and
 * nothing else does; what the host's module and the log say goes to stderr.
 */
export async function main(argv: readonly string[]): Promise<void> {
  for (const level of ['log', 'info', 'debug'] as const) console[level] = console.error;
  let code: number;
  try {
    code = await run(readArguments(argv, Date.now()));
  } catch (error) {
    code = error instanceof UsageError ? 2 : 1;
    const words = describeCause(error).message ?? 'Something failed.';
    console.error(`meterboard: ${words}${error instanceof UsageError ? ' Try meterboard --help.' : ''}`);
  }
  process.exit(code);
}

async function run(request: Request): Promise<number> {
  if (request.kind === 'help') {
    await say(describeUsage(request.command));
    return 0;
  }
  const { command, app, envFile, input, json } = request;
  if (envFile !== null) readVariables(envFile);
  const meterboard = await loadApp(app);
  if (command.operation === null) return runWorker(meterboard, (words) => console.error(words));
  try {
    const answer = await operateSomewhere(meterboard, command.operation, input);
    await say(json ? JSON.stringify(answer ?? null, null, 2) : command.format(answer));
    return hasFailed(answer) ? 1 : 0;
  } finally {
    await meterboard.close({ timeoutMs: 5_000 });
  }
}

/** Variables that are set already win, as everywhere. */
function readVariables(file: string): void {
  try {
    readFileSync(file);
    loadEnvFile(file);
  } catch (cause) {
    throw new UsageError(`--env ${file} cannot be read.`, { cause });
  }
}

/** A step of a setup that failed, or that nobody but the operator can do, is reported among the others. */
function hasFailed(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !('steps' in answer)) return false;
  return (
    Array.isArray(answer.steps) &&
    answer.steps.some((step) => step?.outcome === 'failed' || step?.kind === 'problem')
  );
}

function say(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) => (error ? reject(error) : resolve()));
  });
}
