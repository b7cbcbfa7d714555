'use client';
import { type ReactNode, useState } from 'react';
import { pageWords } from '../i18n/pages.ts';
import { useSessionKey } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

/** Where a reader is in a list that comes in pages, and the two buttons that move them. */
export interface Pages {
  /** Of the page to read; `undefined`: the first. */
  cursor: string | undefined;
  /** Renders a `<footer>`, or nothing where there is one page only. */
  foot: (nextCursor: string | null | undefined) => ReactNode;
}

/** Starts on the first page again when the customer changes. */
export function usePages(): Pages {
  const m = useWords(pageWords);
  const owner = useSessionKey();
  const [trail, setTrail] = useState<{ owner: string; cursors: string[] }>({ owner, cursors: [] });
  const cursors = trail.owner === owner ? trail.cursors : [];
  const setCursors = (next: string[]) => setTrail({ owner, cursors: next });
  const cursor = cursors.at(-1);
  return {
    cursor,
    foot: (next) =>
      next || cursor ? (
        <footer data-mb="card-foot">
          <button
            type="button"
            data-mb="button"
            disabled={!cursor}
            onClick={() => setCursors(cursors.slice(0, -1))}
          >
            {m.newer}
          </button>
          <button
            type="button"
            data-mb="button"
            disabled={!next || next === cursor}
            onClick={() => next && setCursors([...cursors, next])}
          >
            {m.older}
          </button>
        </footer>
      ) : null,
  };
}
