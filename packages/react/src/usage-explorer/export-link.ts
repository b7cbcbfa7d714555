import type { ExplorerState } from './explorer-state.ts';

/** The kinds of files that the server makes. */
export const exportFormats = ['csv', 'json'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The address of a file with what is on the screen, its buckets in a zone, below the server's address for downloads. */
export function exportLink(
  exportUrl: string,
  { meters, range, bucket, compare, cumulative }: ExplorerState,
  timeZone: string,
  format: ExportFormat = 'csv',
): string {
  const query = new URLSearchParams();
  for (const meter of meters ?? []) query.append('meters', meter);
  const { kind, ...rest } = range;
  query.append('range', kind);
  for (const [name, value] of Object.entries(rest)) query.append(name, String(value));
  query.append('bucket', bucket);
  query.append('timeZone', timeZone);
  if (compare) query.append('compare', 'true');
  if (cumulative) query.append('cumulative', 'true');
  return `${exportUrl.replace(/\/+$/, '')}/usage.${format}?${query}`;
}
