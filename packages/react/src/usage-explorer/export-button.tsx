'use client';
import { explorerWords } from '../i18n/usage-explorer.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import type { ExplorerState } from './explorer-state.ts';
import { exportLink } from './export-link.ts';

export interface ExportButtonProps {
  /** What is on the screen, and so in the file. */
  state: ExplorerState;
}

/** Downloads what is on the screen. Renders an `<a>`, or nothing where the provider has no `exportUrl`. */
export function ExportButton({ state }: ExportButtonProps) {
  const { exportUrl, timeZone } = useMeterboard();
  const m = useWords(explorerWords);
  if (exportUrl === undefined) return null;
  return (
    <a data-mb="button" href={exportLink(exportUrl, state, timeZone)} download="">
      {m.export}
    </a>
  );
}
