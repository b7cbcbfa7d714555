/** What it takes to undo the transition that runs now; outside of one, changes are simply final. */
export interface Journal {
  /** Remembers how to take back one change. Does nothing outside a transition. */
  onUndo(undo: () => void): void;
  /** Whether a transition runs. */
  isOpen(): boolean;
  /**
   * Runs `work` as a whole: when it throws, everything that it changed is taken back, latest first, and the error goes
   * on. An error for which `keeps` says so leaves its effects. A transition within another one is part of it.
   */
  transition<T>(work: () => T, keeps: (error: unknown) => boolean): T;
}

export function createJournal(): Journal {
  let undos: Array<() => void> | null = null;
  return {
    onUndo(undo) {
      undos?.push(undo);
    },
    isOpen: () => undos !== null,
    transition(work, keeps) {
      if (undos !== null) return work();
      const own: Array<() => void> = [];
      undos = own;
      try {
        return work();
      } catch (error) {
        undos = null;
        if (!keeps(error)) for (const undo of own.reverse()) undo();
        throw error;
      } finally {
        undos = null;
      }
    },
  };
}
