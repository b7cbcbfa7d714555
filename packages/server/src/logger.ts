/** Where the kit reports to the host. Details hold no secrets and no addresses of people. */
export interface Logger {
  error(message: string, details?: Record<string, unknown>): void;
  warn(message: string, details?: Record<string, unknown>): void;
  info(message: string, details?: Record<string, unknown>): void;
}

/** Writes to the console, prefixed with `[meterboard]`. */
export const consoleLogger: Logger = {
  error: (message, details) => write('error', message, details),
  warn: (message, details) => write('warn', message, details),
  info: (message, details) => write('info', message, details),
};

/** The host's log, with the console in its place for each line that it fails to take. Never throws. */
export function createSafeLogger(logger: Logger): Logger {
  const say = (level: keyof Logger) => (message: string, details?: Record<string, unknown>) => {
    try {
      logger[level](message, details);
    } catch (error) {
      write(level, message, { ...details, logger: describeCause(error) });
    }
  };
  return { error: say('error'), warn: say('warn'), info: say('info') };
}

function write(level: keyof Logger, message: string, details?: Record<string, unknown>): void {
  const { console: terminal } = globalThis;
  const words = details === undefined ? [] : [details];
  terminal[level](`[meterboard] ${message}`, ...words);
}

const maxDepth = 5;
const maxLength = 4_000;

/**
 * What a log may say about an error: its name, words and the provider's codes, with keys, passwords and addresses
 * blanked, causes included down to a depth of 5. Never throws, whatever was thrown.
 */
export function describeCause(error: unknown): Record<string, unknown> {
  try {
    return describe(error, 1);
  } catch {
    return { thrown: 'something that cannot be described' };
  }
}

function describe(error: unknown, depth: number): Record<string, unknown> {
  if (!(error instanceof Error)) return { thrown: blank(String(error)) };
  const described: Record<string, unknown> = {
    name: blank(String(error.name)),
    message: blank(String(error.message)),
  };
  for (const key of ['type', 'code', 'param', 'statusCode', 'requestId'] as const) {
    const value: unknown = Reflect.get(error, key);
    if (typeof value === 'string') described[key] = blank(value);
    if (typeof value === 'number') described[key] = value;
  }
  if (error.stack) described.stack = blank(String(error.stack));
  if (error.cause === undefined) return described;
  return { ...described, cause: depth < maxDepth ? describe(error.cause, depth + 1) : '…' };
}

function blank(text: string): string {
  return text
    .slice(0, maxLength)
    .replace(/\/\/[^\s/@]+@/g, '//(secret)@')
    .replace(/\b(Bearer|Basic)\s+[^\s"',]+/gi, '$1 …')
    .replace(/\b(sk|rk|pk|whsec)_[\w*%.~+/=-]+/g, '$1_…')
    .replace(/_secret_[\w%.~+/=-]+/g, '_secret_…')
    .replace(/[^\s@<>"'/]+@[^\s@<>"']+\.[^\s@<>"']+/g, '(address)');
}
