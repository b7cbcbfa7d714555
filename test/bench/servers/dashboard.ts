/**
 * One dashboard over HTTP, in one of four ways: `kit`; `broken`, which is the kit without its memory of finished answers;
 * `batch`, a stock tRPC server that answers the same sections, checked by the same schemas, as a batch of five; `bare`, one procedure that says "ok".
 * All through the kit's own Node adapter. Prints its port and the path to ask for; `/cpu` answers the milliseconds of
 * processor time that the process has taken.
 */
import { createServer } from 'node:http';
import type { Section } from '@meterboard/contract';
import {
  creditBalances,
  invoiceList,
  meterList,
  usageSeries,
  usageSummary,
} from '@meterboard/contract/schemas';
import { createMeterboard, type Meterboard } from '@meterboard/server';
import { toNodeHandler } from '@meterboard/server/node';
import { createSimulator } from '@meterboard/stripe-simulator';
import { initTRPC } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import Stripe from 'stripe';

const [mode = 'kit'] = process.argv.slice(2);
const input = encodeURIComponent(JSON.stringify({ timeZone: 'UTC' }));
const basePath = '/api/meterboard';

const simulator = await createSimulator({
  scenario: 'demo',
  nowMs: Date.UTC(2026, 10, 18, 12),
  frozen: true,
});
const client = new Stripe('sk_test_bench', {
  host: simulator.host,
  port: simulator.port,
  protocol: 'http',
  telemetry: false,
});
const customerId = simulator.scenario?.customers[0].id ?? '';
const meterboard = createMeterboard({
  stripe: { client },
  identify: () => ({ customerId }),
  nowMs: simulator.nowMs,
  budget: false,
  cache: mode === 'broken' ? false : {},
});

function dataOf<T>(section: Section<T>): T {
  if (!section.ok) throw new Error(`A section is missing: ${section.error.code}`);
  return section.data;
}

/** A server that a host might write by hand: everything is in memory already. */
async function createStock(): Promise<Pick<Meterboard, 'basePath' | 'handler'>> {
  const { meters, usage, summary, credits, invoices } = await meterboard
    .createCaller({ customerId })
    .overview({ timeZone: 'UTC' });
  const t = initTRPC.create();
  const router = t.router({
    ok: t.procedure.query(() => 'ok'),
    meters: t.procedure.output(meterList).query(() => dataOf(meters)),
    usage: t.procedure.output(usageSeries).query(() => dataOf(usage)),
    summary: t.procedure.output(usageSummary).query(() => dataOf(summary)),
    credits: t.procedure.output(creditBalances).query(() => dataOf(credits)),
    invoices: t.procedure.output(invoiceList).query(() => dataOf(invoices)),
  });
  return {
    basePath,
    handler: (req) =>
      fetchRequestHandler({ endpoint: `${basePath}/trpc`, req, router, createContext: () => ({}) }),
  };
}

const paths: Record<string, string> = {
  batch: `meters,usage,summary,credits,invoices?batch=1&input=${encodeURIComponent('{}')}`,
  bare: 'ok',
};
const isRival = mode in paths;
const handle = toNodeHandler(isRival ? await createStock() : meterboard);
const server = createServer((request, response) => {
  if (request.url !== '/cpu') return void handle(request, response);
  const { user, system } = process.cpuUsage();
  response.end(String((user + system) / 1_000));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : '';
  console.log(`${port} ${basePath}/trpc/${paths[mode] ?? `overview?input=${input}`}`);
});
process.once('SIGTERM', () => process.exit(0));
