import { dashboardParts, dataLayer, type Page, react, weigh } from './weigh.ts';

/**
 * Weighs what a page loads of the kit: minified and gzipped. React is left out always; TanStack Query and the tRPC client
 * where a host has them anyway or shares them.
 */
interface Budget extends Page {
  name: string;
  /** Of what is loaded at once. */
  limitBytes: number;
  /** Of what comes when somebody buys. */
  laterLimitBytes?: number;
  /** Of what is loaded at once and the interactive chart together. */
  withChartLimitBytes?: number;
}

const budgets: Budget[] = [
  {
    name: 'P1 the default dashboard',
    parts: dashboardParts,
    external: [...react, ...dataLayer],
    limitBytes: 14_000,
    // The dialog and the status of a purchase come when somebody buys.
    laterLimitBytes: 9_500,
  },
  {
    name: 'P1 one card alone (provider and CreditBalance)',
    parts: ['MeterboardProvider', 'CreditBalance'],
    external: [...react, ...dataLayer],
    limitBytes: 6_000,
    laterLimitBytes: 0,
    withChartLimitBytes: 6_000,
  },
  {
    name: 'P2 everything a default dashboard loads, data layer and interactive chart included',
    parts: dashboardParts,
    external: react,
    limitBytes: 45_000,
    withChartLimitBytes: 155_000,
  },
];

let failed = false;
for (const budget of budgets) {
  const { name, limitBytes, laterLimitBytes, withChartLimitBytes } = budget;
  const { atOnceBytes, chartBytes, laterBytes } = await weigh(budget);
  const says = [`${atOnceBytes} B gzip of ${limitBytes} B allowed at once`];
  let holds = atOnceBytes > 0 && atOnceBytes <= limitBytes;
  if (laterLimitBytes !== undefined) {
    says.push(`${laterBytes} B of ${laterLimitBytes} B when wanted`);
    holds &&= laterBytes <= laterLimitBytes;
  }
  if (withChartLimitBytes !== undefined) {
    says.push(`${atOnceBytes + chartBytes} B of ${withChartLimitBytes} B with the chart`);
    holds &&= atOnceBytes + chartBytes <= withChartLimitBytes;
  }
  console.log(`${name}: ${says.join(', ')}: ${holds ? 'holds' : 'falls short'}`);
  if (!holds) failed = true;
}
process.exitCode = failed ? 1 : 0;
