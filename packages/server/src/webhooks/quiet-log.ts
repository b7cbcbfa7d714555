import type { Logger } from '../logger.ts';

/** How often one kind of line is written. */
const everyMs = 60_000;

/** Writes at most one line per kind and minute. */
export interface QuietLog {
  say(kind: string, level: keyof Logger, message: string, details?: Record<string, unknown>): void;
}

/**
 * A log that strangers cannot flood: the first line of a kind is written at once, what follows within a minute is
 * counted, and the next line says how many there were. Kinds come from code, never from a request.
 */
export function createQuietLog(logger: Logger, nowMs: () => number): QuietLog {
  const kinds = new Map<string, { saidAtMs: number; unsaid: number }>();
  return {
    say(kind, level, message, details) {
      const now = nowMs();
      const known = kinds.get(kind);
      if (known && now - known.saidAtMs < everyMs) {
        known.unsaid += 1;
        return;
      }
      kinds.set(kind, { saidAtMs: now, unsaid: 0 });
      logger[level](message, { ...details, ...(known?.unsaid ? { moreBefore: known.unsaid } : {}) });
    },
  };
}
