'use client';
import { useId } from 'react';
import { useMeters } from '../hooks/use-meters.ts';
import { explorerWords } from '../i18n/usage-explorer.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import type { ExplorerState } from './explorer-state.ts';
import { exportFormats, exportLink } from './export-link.ts';

export interface ExportButtonProps {
  /** What is on the screen, and so in the file. */
  state: ExplorerState;
  /** The zone of what is on the screen. Default: the provider's. */
  timeZone?: string;
}

/**
 * Downloads what is on the screen, as CSV or JSON. Renders a `<div>` with a link for each, or nothing where the provider
 * has no `exportUrl`; for people who may not export the links are disabled buttons, with the reason.
 */
export function ExportButton({ state, timeZone }: ExportButtonProps) {
  const { exportUrl, timeZone: own } = useMeterboard();
  if (exportUrl === undefined) return null;
  return <Links exportUrl={exportUrl} state={state} timeZone={timeZone ?? own} />;
}

interface LinksProps {
  exportUrl: string;
  state: ExplorerState;
  timeZone: string;
}

function Links({ exportUrl, state, timeZone }: LinksProps) {
  const m = useWords(explorerWords);
  const id = useId();
  const { data } = useMeters();
  const isRefused = data?.mayExport === false;
  return (
    <div data-mb="export">
      {exportFormats.map((format) =>
        isRefused ? (
          <button key={format} type="button" data-mb="button" disabled aria-describedby={id}>
            {m.exportAs[format]}
          </button>
        ) : (
          <a key={format} data-mb="button" href={exportLink(exportUrl, state, timeZone, format)} download="">
            {m.exportAs[format]}
          </a>
        ),
      )}
      {isRefused ? (
        <p data-mb="sub" id={id}>
          {m.exportNotAllowed}
        </p>
      ) : null}
    </div>
  );
}
