import { dashboardParts, dataLayer, react, weigh } from '../../packaging/weigh.ts';
import type { Row } from '../row.ts';

const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`;

/** P1: kit code before any chart library. */
export const kitSize: Row = {
  id: 'P1',
  what: 'kit code of the default dashboard that is loaded at once',
  target: '≤ 14 kB gz, one card ≤ 6 kB; Schematic 152.6 kB',
  async measure(mode) {
    // The fault: the chart library is imported where it could be loaded later.
    const besides = mode === 'broken' ? ['recharts'] : [];
    const external = [...react, ...dataLayer];
    const whole = await weigh({ parts: dashboardParts, external, fromSource: true, besides });
    const card = await weigh({
      parts: ['MeterboardProvider', 'CreditBalance'],
      external,
      fromSource: true,
      besides,
    });
    return {
      samples: [whole.atOnceBytes],
      meets: (figure) => figure <= 14_000 && card.atOnceBytes <= 6_000,
      format: kilobytes,
      detail: `one card ${kilobytes(card.atOnceBytes)}; when somebody buys ${kilobytes(whole.laterBytes)} more`,
    };
  },
};

/** P2: everything a default dashboard loads. */
export const wholeSize: Row = {
  id: 'P2',
  what: 'everything a default dashboard loads, interactive chart and data layer included',
  target: '≤ 155 kB gz, of which ≤ 45 kB before the chart; Schematic 152.6 kB without one',
  async measure(mode) {
    // The fault: a second chart library comes along.
    const besides = mode === 'broken' ? ['echarts/core', 'echarts/charts'] : [];
    const { atOnceBytes, chartBytes } = await weigh({
      parts: dashboardParts,
      external: react,
      fromSource: true,
      besides,
    });
    return {
      samples: [atOnceBytes + chartBytes],
      meets: (figure) => figure <= 155_000 && atOnceBytes <= 45_000,
      format: kilobytes,
      detail: `${kilobytes(atOnceBytes)} before the chart`,
    };
  },
};
