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

function write(level: keyof Logger, message: string, details?: Record<string, unknown>): void {
  const { console: terminal } = globalThis;
  const words = details === undefined ? [] : [details];
  terminal[level](`[meterboard] ${message}`, ...words);
}

/** What a log may say about an error: its name, words and the provider's codes, with keys and addresses blanked. */
export function describeCause(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { thrown: blank(String(error)) };
  const described: Record<string, unknown> = { name: error.name, message: blank(error.message) };
  for (const key of ['type', 'code', 'param', 'statusCode', 'requestId'] as const) {
    const value: unknown = Reflect.get(error, key);
    if (typeof value === 'string') described[key] = blank(value);
    if (typeof value === 'number') described[key] = value;
  }
  if (error.stack) described.stack = blank(error.stack);
  if (error.cause !== undefined) described.cause = describeCause(error.cause);
  return described;
}

function blank(text: string): string {
  return text
    .replace(/\b(sk|rk|pk|whsec)_[\w*]+/g, '$1_…')
    .replace(/[^\s@<>"']+@[^\s@<>"']+\.[^\s@<>"']+/g, '(address)');
}
