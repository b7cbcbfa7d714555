'use client';
import { useCallback, useRef, useState } from 'react';

/** A part of the page whose code comes when it is wanted. */
export interface Part<Module> {
  /** The code, once it is here. */
  loaded?: Module;
  isLoading?: boolean;
  /** It could not be fetched; `load` tries again. */
  hasFailed?: boolean;
  load: () => void;
}

/** Fetches code with `import()` on the first `load()`, and again after a failure. Pass the same function each time. */
export function usePart<Module>(fetchPart: () => Promise<Module>): Part<Module> {
  const [part, setPart] = useState<Omit<Part<Module>, 'load'>>({});
  const isWanted = useRef(false);
  const load = useCallback(() => {
    if (isWanted.current) return;
    isWanted.current = true;
    setPart({ isLoading: true });
    fetchPart().then(
      (loaded) => setPart({ loaded }),
      () => {
        isWanted.current = false;
        setPart({ hasFailed: true });
      },
    );
  }, [fetchPart]);
  return { ...part, load };
}
