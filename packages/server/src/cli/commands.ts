import { formatAnswer, formatParked, formatSetup } from './format-answer.ts';
import { readInstant } from './read-instant.ts';
import { UsageError } from './usage-error.ts';

/** What was given on the command line, options by name. */
export interface CommandArguments {
  operands: readonly string[];
  options: Readonly<Record<string, string | boolean | undefined>>;
  nowMs: number;
}

/** A command that `meterboard.operate(operation, input)` carries out. */
export interface Command {
  /** As it is written: `webhooks replay`. */
  name: string;
  words: string;
  /** The names of its operands, all required. */
  operands: readonly string[];
  options: readonly CommandOption[];
  /** What `operate` is called with; `null`: not an operation, but this process's own work. */
  operation: string | null;
  /** Throws a `UsageError` for values that cannot be meant. */
  toInput(given: CommandArguments): unknown;
  /** For people. With `--json` the answer itself is printed. */
  format(answer: unknown): string;
}

export interface CommandOption {
  name: string;
  /** The name of its value; left out: a switch. */
  value?: string;
  words: string;
  isRequired?: boolean;
}

const noInput = () => ({});

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  {
    name: 'setup',
    words: 'Shows what is missing at Stripe for events, meters and top-ups; with --yes makes it',
    operands: [],
    options: [
      { name: 'url', value: 'https://…', words: 'Where Stripe shall send events to', isRequired: true },
      { name: 'yes', words: 'Carry the plan out' },
    ],
    operation: 'setup',
    toInput: ({ options }) => ({ url: readUrl(String(options.url)), apply: options.yes === true }),
    format: formatSetup,
  },
  {
    name: 'worker',
    words: 'Does the background work in a process of its own, until it is stopped',
    operands: [],
    options: [],
    operation: null,
    toInput: noInput,
    format: formatAnswer,
  },
  {
    name: 'webhooks parked',
    words: 'Lists the events that could not be handled, and those of unknown top-ups',
    operands: [],
    options: [],
    operation: 'webhooks.parked',
    toInput: noInput,
    format: formatParked,
  },
  {
    name: 'webhooks replay',
    words: 'Handles stored events once more: parked, ignored and unhandled ones',
    operands: [],
    options: [
      { name: 'since', value: '7d|ISO', words: 'Received at or after', isRequired: true },
      { name: 'types', value: 'a,b', words: 'Only these event types' },
      { name: 'include-done', words: 'Handled ones as well; nothing that stands is done twice' },
    ],
    operation: 'webhooks.replay',
    toInput: ({ options, nowMs }) => ({
      sinceMs: readInstant('--since', String(options.since), nowMs),
      ...(options.types === undefined ? {} : { types: readTypes(String(options.types)) }),
      includeDone: options['include-done'] === true,
    }),
    format: formatAnswer,
  },
  {
    name: 'topups stuck',
    words: 'Lists the top-ups that need you, or time',
    operands: [],
    options: [],
    operation: 'topups.stuck',
    toInput: noInput,
    format: formatAnswer,
  },
  {
    name: 'topups inspect',
    words: 'Shows one top-up with its payments, grants and history',
    operands: ['id'],
    options: [],
    operation: 'topups.inspect',
    toInput: ({ operands: [topUpId] }) => ({ topUpId }),
    format: formatAnswer,
  },
  {
    name: 'topups retry',
    words: 'Asks Stripe once more where a top-up stands, and brings it there',
    operands: ['id'],
    options: [],
    operation: 'topups.retry',
    toInput: ({ operands: [topUpId] }) => ({ topUpId }),
    format: formatAnswer,
  },
  {
    name: 'sweep',
    words: 'Looks for what no event told of, now instead of when it is due',
    operands: [],
    options: [],
    operation: 'sweep',
    toInput: noInput,
    format: formatAnswer,
  },
];

function readUrl(text: string): string {
  if (URL.canParse(text)) return text;
  throw new UsageError(`--url takes a whole address with https://, not "${text}".`);
}

function readTypes(text: string): string[] {
  const types = text.split(',').map((type) => type.trim());
  if (types.every((type) => /^[a-z0-9_.[\]]+$/.test(type))) return types;
  throw new UsageError(`--types takes event types with commas between them, not "${text}".`);
}
