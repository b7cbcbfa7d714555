import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { UsageRange, UsageSeriesInput } from '@meterboard/contract';
import { toNodeHandler } from '@meterboard/server/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initialState } from '../../packages/react/src/usage-explorer/explorer-state.ts';
import { exportFormats, exportLink } from '../../packages/react/src/usage-explorer/export-link.ts';
import { startUsageWorld, type UsageWorld } from './usage-world.ts';

const formula = '=HYPERLINK("https://evil.example","Pay")';
const base = 'https://app.example/api/meterboard/export';
let world: UsageWorld;

beforeEach(async () => {
  world = await startUsageWorld({
    meters: { calls: { label: formula, unit: '+unit' }, storage: { label: 'Storage, "hot"; é', unit: 'GB' } },
  });
  await world.subscribe([await world.price(await world.meter('calls'))]);
  await world.meter('storage', { default_aggregation: { formula: 'last' } });
  await world.advanceTo('2026-03-12T20:00:00Z');
  await world.report('calls', '12.5', '2026-03-10T01:00:00Z');
  await world.report('calls', '-5', '2026-03-11T20:00:00Z');
  await world.report('storage', 3, '2026-03-11T01:00:00Z');
});
afterEach(() => world.close());

async function download(file: 'usage.csv' | 'usage.json', query: string) {
  const response = await world.meterboard.handler(new Request(`${base}/${file}?${query}`));
  return { response, text: await response.text() };
}

/** Rows of a CSV file as RFC 4180 reads them, without its mark. */
function rowsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  while (cell.lastIndex < text.length) {
    const [, quoted, bare, end] = cell.exec(text) ?? [];
    row.push(quoted?.replaceAll('""', '"') ?? bare ?? '');
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

const zone = 'Asia/Kolkata';
const question: UsageSeriesInput = { range: { kind: 'period' }, bucket: 'day', timeZone: zone };
const query = `range=period&bucket=day&timeZone=${encodeURIComponent(zone)}`;

describe('a file of usage', () => {
  it('S0-2: holds exactly what is on screen, each number as it is', async () => {
    const { text } = await download('usage.csv', `${query}&cumulative=true`);
    const { series } = await world.kit.usage.series.query(question);
    const [header, ...rows] = rowsOf(text);
    expect(header?.slice(3, 6)).toEqual([`start (${zone})`, `end (${zone})`, 'quantity']);
    const shown = series.flatMap(({ meter, buckets }) =>
      buckets.map((bucket) => [
        meter.eventName,
        bucket.startMs,
        bucket.endMs,
        bucket.quantity ?? '',
        bucket.cumulative ?? '',
        String(bucket.carriedForward),
        String(bucket.partial),
        String(bucket.provisional),
        bucket.quantity === null ? '' : bucket.provisional ? 'settling' : 'settled',
        '2026-03-13T01:30:00+05:30',
      ]),
    );
    expect(
      rows.map(([name, , , start, end, ...rest]) => [
        name,
        Date.parse(start ?? ''),
        Date.parse(end ?? ''),
        ...rest,
      ]),
    ).toEqual(shown);
    expect(rows.every(([, , , start, end]) => start?.endsWith('+05:30') && end?.endsWith('+05:30'))).toBe(
      true,
    );
    expect(text).toContain(',-5,7.5,');
  });

  it('F-csv, R11: cannot be a formula, whatever the meter is called, and -5 stays a number', async () => {
    const { text } = await download('usage.csv', query);
    const [, first] = rowsOf(text);
    expect(first?.slice(0, 3)).toEqual(['calls', `'${formula}`, "'+unit"]);
    expect(text).toContain('"Storage, ""hot""; é","GB"');
    expect(text).toMatch(/,-5,false,/);
    expect(text).not.toMatch(/(^|[,;\t\r\n"])[=+@]/m);
  });

  it('says of each line when it was read, and whether it is settled, settling or not known', async () => {
    const [header, ...rows] = rowsOf((await download('usage.csv', `${query}&meters=calls`)).text);
    expect(header?.slice(-2)).toEqual(['state', `as of (${zone})`]);
    expect(new Set(rows.map((row) => row.at(-1)))).toEqual(new Set(['2026-03-13T01:30:00+05:30']));
    const states = rows.map((row) => row.at(-2));
    expect(states.slice(0, 6)).toEqual(['settled', 'settled', 'settled', 'settled', 'settling', '']);
    expect(states.at(-1)).toBe('');
  });

  it('leaves empty what is not known: days ahead, and a level before its first event', async () => {
    const rows = rowsOf((await download('usage.csv', query)).text).slice(1);
    const quantities = (name: string) => rows.filter(([of]) => of === name).map((row) => row[5]);
    expect(quantities('storage').slice(-4)).toEqual(['', '3', '3', '3']);
    expect(quantities('calls').slice(0, 6)).toEqual(['0', '12.5', '0', '-5', '0', '']);
    expect(quantities('calls').at(-1)).toBe('');
  });

  it('is JSON with the same figures, the time before included', async () => {
    const { text } = await download('usage.json', `${query}&compare=true&meters=calls`);
    const [shown] = (await world.kit.usage.series.query({ ...question, compare: true, meters: ['calls'] }))
      .series;
    const [written] = JSON.parse(text).series;
    expect(written.meter).toEqual(shown?.meter);
    expect(written.total).toBe('7.5');
    const bare = (buckets: { quantity: string | null }[] = []) => buckets.map(({ quantity }) => quantity);
    expect(bare(written.buckets)).toEqual(bare(shown?.buckets));
    expect(bare(written.previous.buckets)).toEqual(bare(shown?.previous?.buckets));
    expect(written.buckets[0]).not.toHaveProperty('cumulative');
  });

  it.each<UsageRange>([
    { kind: 'period' },
    { kind: 'previous_period' },
    { kind: 'last', days: 7 },
    { kind: 'month', month: '2026-03' },
    { kind: 'between', startMs: Date.UTC(2026, 2, 1), endMs: Date.UTC(2026, 2, 8) },
  ])("is what the explorer's links to %o lead to", async (range) => {
    const shown = { ...initialState, meters: ['calls', 'storage'], range, cumulative: true };
    for (const format of exportFormats) {
      const link = exportLink(base, shown, zone, format);
      const { status, headers } = await world.meterboard.handler(new Request(link));
      expect([status, headers.get('content-disposition')]).toEqual([
        200,
        expect.stringContaining(`.${format}"`),
      ]);
    }
  });

  it('refuses limits before any call of Stripe', async () => {
    const before = world.callCount();
    for (const refused of [
      'range=last&days=401&bucket=day&timeZone=UTC',
      'range=last&days=60&bucket=hour&timeZone=UTC',
      'range=last&days=80&bucket=day&timeZone=Asia%2FKolkata&compare=true&meters=calls&meters=storage',
      'range=month&month=2300-01&bucket=day&timeZone=UTC',
      `${query}&${Array.from({ length: 51 }, (_, index) => `meters=m${index}`).join('&')}`,
      `${query}&customer=cus_2`,
    ]) {
      expect((await download('usage.csv', refused)).response.status, refused).toBe(400);
    }
    expect(world.callCount()).toBe(before);
  });

  it('needs the permission to export', async () => {
    world.signIn({ customerId: world.customer, permissions: ['view'] });
    const before = world.callCount();
    expect((await download('usage.csv', query)).response.status).toBe(403);
    expect(world.callCount()).toBe(before);
    expect((await world.kit.meters.list.query()).mayExport).toBe(false);
    world.signIn({ customerId: world.customer, permissions: ['view', 'export'] });
    expect((await download('usage.csv', query)).response.status).toBe(200);
    expect((await world.kit.meters.list.query()).mayExport).toBe(true);
  });

  it('tells an outage as JSON with its status, never as a file', async () => {
    world.simulator.faults.setOutage(true);
    const { response, text } = await download('usage.csv', query);
    expect([response.status, response.headers.get('content-disposition')]).toEqual([502, null]);
    expect(JSON.parse(text).error.data.billing).toMatchObject({
      code: 'provider_unavailable',
      retryable: true,
    });
  });
});

describe('a file made while Stripe is down', () => {
  it('says of each line that it is stale, and since when', async () => {
    await world.close();
    world = await startUsageWorld({ cache: {} });
    await world.meter('calls');
    await world.report('calls', 5);
    const last = 'range=last&days=3&bucket=day&timeZone=UTC';
    await download('usage.csv', last);
    world.simulator.faults.setOutage(true);
    await world.advanceTo('2026-03-10T02:00:00Z');
    const [, ...rows] = rowsOf((await download('usage.csv', last)).text);
    const told = rows.map((row) => [row[3], row[5], ...row.slice(-2)]);
    expect(told).toEqual([
      ['2026-03-08T00:00:00+00:00', '0', 'stale', '2026-03-09T14:37:12+00:00'],
      ['2026-03-09T00:00:00+00:00', '5', 'stale', '2026-03-09T14:37:12+00:00'],
      ['2026-03-10T00:00:00+00:00', '', '', '2026-03-09T14:37:12+00:00'],
    ]);
    const { freshness, asOf } = JSON.parse((await download('usage.json', last)).text);
    expect([freshness, asOf]).toEqual(['stale', '2026-03-09T14:37:12+00:00']);
  });
});

describe('a large file over a port', () => {
  it('arrives whole, in parts, under its name', async () => {
    const handle = toNodeHandler(world.meterboard);
    const server = createServer((message, response) => void handle(message, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const from = Date.UTC(2026, 1, 10);
      const hours = `range=between&startMs=${from}&endMs=${from + 30 * 86_400_000}&bucket=hour&timeZone=Europe%2FBudapest`;
      const response = await fetch(`http://127.0.0.1:${port}/api/meterboard/export/usage.csv?${hours}`, {
        headers: {
          'sec-fetch-site': 'same-origin',
          'sec-fetch-mode': 'navigate',
          'sec-fetch-dest': 'document',
        },
      });
      expect(response.headers.get('content-length')).toBe(null);
      expect(response.headers.get('content-disposition')).toContain(
        'usage_2026-02-10_2026-03-12_by-hour_Europe-Budapest.csv',
      );
      const bytes = new Uint8Array(await response.arrayBuffer());
      expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
      expect(rowsOf(new TextDecoder().decode(bytes))).toHaveLength(1 + 2 * 720);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
