/** What a reading says about itself. */
export interface ReadingFacts {
  /** When the provider was asked, Unix ms. */
  readAtMs: number;
  /** The provider could not be read since: this is the last good reading. */
  isStale: boolean;
  /** Until when the same question is answered with this reading, Unix ms. */
  freshUntilMs: number;
}

/** An answer of the provider, with its age. */
export interface Reading<T> extends ReadingFacts {
  value: T;
}

/** Collects the ages of what one answer is made of. */
export interface ReadingLedger {
  /** Figures count for the age of an answer. */
  note(facts: ReadingFacts): void;
  /** Names and prices count only where an answer holds nothing else. */
  noteDefinition(facts: ReadingFacts): void;
  /** The oldest reading so far; `null`: nothing was read from memory. */
  oldest(): ReadingFacts | null;
  /** Everything together, for a ledger that covers this one. */
  all(): ['note' | 'noteDefinition', ReadingFacts][];
}

/** An empty ledger. */
export function createReadingLedger(): ReadingLedger {
  let figures: ReadingFacts | null = null;
  let definitions: ReadingFacts | null = null;
  return {
    note(facts) {
      figures = older(figures, facts);
    },
    noteDefinition(facts) {
      definitions = older(definitions, facts);
    },
    oldest: () => figures ?? definitions,
    all: () => [
      ...(figures ? [['note', figures] as ['note', ReadingFacts]] : []),
      ...(definitions ? [['noteDefinition', definitions] as ['noteDefinition', ReadingFacts]] : []),
    ],
  };
}

function older(known: ReadingFacts | null, { readAtMs, isStale, freshUntilMs }: ReadingFacts): ReadingFacts {
  return {
    readAtMs: Math.min(known?.readAtMs ?? readAtMs, readAtMs),
    isStale: known?.isStale === true || isStale,
    freshUntilMs: Math.min(known?.freshUntilMs ?? freshUntilMs, freshUntilMs),
  };
}
