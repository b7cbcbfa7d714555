import { gzipSync } from 'node:zlib';
import { onServer } from '../browser.ts';
import { median, type Row } from '../row.ts';

interface ServerChart {
  renderChart: (count: number) => { html: string; tookMs: number };
  renderRival: (count: number) => string;
}

const POINTS = 365;
const ROUNDS = 200;

/** Points of all lines in a piece of markup. */
function pointsIn(html: string): number {
  return [...html.matchAll(/data-mb="line"[^>]* d="([^"]*)"/g)].reduce(
    (sum, [, path = '']) => sum + path.split(/[ML]/).length - 1,
    0,
  );
}

/** P3: the chart in the first HTML. */
export const serverChart: Row = {
  id: 'P3',
  what: `chart of ${POINTS} points in the first HTML`,
  target: 'all marks, ≤ 2 kB gz per 30 points, no style attribute, ≤ 0.5 ms; recharts: 0 marks',
  async measure(mode) {
    const { renderChart, renderRival } = await onServer<ServerChart>('server-chart');
    for (let round = 0; round < ROUNDS; round += 1) renderChart(POINTS);
    const rounds = Array.from({ length: ROUNDS }, () => renderChart(POINTS));
    // The fault: a chart that draws nothing before it is in a browser.
    const html = mode === 'broken' ? renderRival(POINTS) : (rounds[0]?.html ?? '');
    const points = pointsIn(html);
    const labels = (html.match(/<text/g) ?? []).length;
    const bytes = gzipSync(html, { level: 9 }).length;
    const perThirty = (bytes * 30) / POINTS;
    const month = gzipSync(renderChart(30).html, { level: 9 }).length;
    return {
      samples: rounds.map(({ tookMs }) => tookMs),
      meets: (figure) =>
        points === POINTS &&
        labels >= 6 &&
        perThirty <= 2_000 &&
        month <= 2_000 &&
        !html.includes('style=') &&
        figure <= 0.5,
      format: (figure) => `${figure.toFixed(2)} ms`,
      detail: `${points} points, ${labels} labels, ${Math.round(perThirty)} B gz per 30 points, a month ${month} B; recharts ${pointsIn(renderRival(POINTS))} points; p10 ${(rounds.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b)[ROUNDS / 10] ?? 0).toFixed(2)} ms, median ${median(rounds.map(({ tookMs }) => tookMs)).toFixed(2)} ms`,
    };
  },
};
