import type { ExplorerState } from './explorer-state.ts';

/** The address of a file with what is on the screen, below the server's address for downloads. */
export function exportLink(
  exportUrl: string,
  { meters, range, bucket, compare, cumulative }: ExplorerState,
  timeZone: string,
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
  return `${exportUrl.replace(/\/+$/, '')}/usage.csv?${query}`;
}
