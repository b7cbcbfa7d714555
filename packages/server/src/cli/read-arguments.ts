import { parseArgs } from 'node:util';
import { type Command, type CommandArguments, commands } from './commands.ts';
import { UsageError } from './usage-error.ts';

/** What a command line asks for. */
export type Request =
  | { kind: 'help'; command: Command | null }
  | { kind: 'run'; command: Command; app: string; envFile: string | null; json: boolean; input: unknown };

const everywhere = {
  app: { type: 'string' },
  env: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads a command line. Throws a `UsageError` that says what is wrong with it. */
export function readArguments(argv: readonly string[], nowMs: number): Request {
  const command = findCommand(argv);
  const asksForHelp = argv.length === 0 || argv.some((word) => word === '--help' || word === '-h');
  if (asksForHelp) return { kind: 'help', command };
  if (!command) throw new UsageError(`There is no command "${firstWords(argv)}".`);
  const { operands, options } = parse(argv.slice(command.name.split(' ').length), command);
  if (operands.length !== command.operands.length) {
    const wanted = command.operands.map((name) => `<${name}>`).join(' ') || 'nothing';
    throw new UsageError(
      `"${command.name}" takes ${wanted} beside its options, not "${operands.join(' ')}".`,
    );
  }
  const missing = command.options.find(({ name, isRequired }) => isRequired && options[name] === undefined);
  if (missing) throw new UsageError(`"${command.name}" needs --${missing.name} <${missing.value}>.`);
  const { app } = options;
  if (typeof app !== 'string' || app === '') {
    throw new UsageError('--app <file> is missing: the module that exports what createMeterboard() made.');
  }
  const envFile = typeof options.env === 'string' ? options.env : null;
  const input = command.toInput({ operands, options, nowMs });
  return { kind: 'run', command, app, envFile, json: options.json === true, input };
}

function findCommand(argv: readonly string[]): Command | null {
  const text = argv.join(' ');
  return commands.find(({ name }) => text === name || text.startsWith(`${name} `)) ?? null;
}

/** What stands before the options. */
function firstWords(argv: readonly string[]): string {
  const end = argv.findIndex((word) => word.startsWith('-'));
  return argv.slice(0, end < 0 ? 2 : end).join(' ');
}

function parse(args: readonly string[], command: Command): Pick<CommandArguments, 'operands' | 'options'> {
  const own = command.options.map(({ name, value }) => {
    const type: 'string' | 'boolean' = value === undefined ? 'boolean' : 'string';
    return [name, { type }] as const;
  });
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...everywhere, ...Object.fromEntries(own) },
    });
    return { operands: positionals, options: values as CommandArguments['options'] };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The help of one command, or of all. */
export function describeUsage(command: Command | null): string {
  if (!command) {
    const width = Math.max(...commands.map(({ name }) => name.length));
    return [
      'Usage: meterboard <command> --app <file> [options]',
      '',
      ...commands.map(({ name, words }) => `  ${name.padEnd(width)}   ${words}`),
      '',
      ...describeOptions([]),
      '',
      'Exit codes: 0 done, 1 failed, 2 not understood. meterboard <command> --help says more.',
    ].join('\n');
  }
  const operands = command.operands.map((name) => ` <${name}>`).join('');
  return [
    `Usage: meterboard ${command.name}${operands} --app <file> [options]`,
    '',
    `${command.words}.`,
    '',
    ...describeOptions(command.options),
  ].join('\n');
}

function describeOptions(own: Command['options']): string[] {
  const rows = [
    ...own.map(({ name, value, words }) => [
      value === undefined ? `--${name}` : `--${name} <${value}>`,
      words,
    ]),
    [
      '--app <file>',
      'The module that exports meterboard, .ts included: export const meterboard = createMeterboard(…)',
    ],
    ['--env <file>', 'Variables for it, such as .env'],
    ['--json', 'Prints the answer as JSON'],
    ['--help', 'Shows this text'],
  ];
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return rows.map(([name = '', words]) => `  ${name.padEnd(width)}   ${words}`);
}
