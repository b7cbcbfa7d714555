import { describe, expect, it } from 'vitest';
import type { Identity } from '../identity.ts';
import { exampleApp, exampleBase } from '../testing/example-app.ts';

const question = 'range=last&days=2&bucket=day&timeZone=Asia%2FKolkata';
const viewer: Identity = { customerId: 'cus_1' };

async function download(
  path: string,
  { identity = viewer, ...init }: RequestInit & { identity?: Identity | null } = {},
) {
  const app = exampleApp(() => identity);
  const response = await app.handler(new Request(`${exampleBase}/export/${path}`, init));
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return { status: response.status, headers: response.headers, bytes, text, logged: app.logged };
}

const billingOf = (text: string) => JSON.parse(text).error.data;

describe('a download', () => {
  it('is a CSV file that Excel reads as UTF-8, named after its days, bucket and zone', async () => {
    const { status, headers, bytes, text } = await download(`usage.csv?${question}`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(headers.get('content-disposition')).toBe(
      'attachment; filename="usage_2026-03-14_2026-03-15_by-day_Asia-Kolkata.csv"',
    );
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(text.slice(1).split('\r\n')).toEqual([
      '"meter","label","unit","start (Asia/Kolkata)","end (Asia/Kolkata)","quantity","carried forward","partial","provisional","state","as of (Asia/Kolkata)"',
      '"api_requests","API requests",,2026-03-14T00:00:00+05:30,2026-03-15T00:00:00+05:30,0,false,false,false,settled,2026-03-15T17:30:00+05:30',
      '"api_requests","API requests",,2026-03-15T00:00:00+05:30,2026-03-16T00:00:00+05:30,0,false,false,true,settling,2026-03-15T17:30:00+05:30',
      '',
    ]);
  });

  it('leaves empty what is not known, and adds running sums and the time before where asked', async () => {
    const { text } = await download(
      'usage.csv?range=month&month=2026-03&bucket=week&timeZone=UTC&compare=true&cumulative=true',
    );
    const lines = text.slice(1).trimEnd().split('\r\n');
    expect(lines[0]).toContain(
      '"label","unit","period","start (UTC)","end (UTC)","quantity","quantity before","cumulative"',
    );
    expect(lines.at(-1)).toBe(
      '"api_requests","API requests",,current,2026-03-30T00:00:00+00:00,2026-04-01T00:00:00+00:00,,,,false,true,false,,2026-03-15T12:00:00+00:00',
    );
    expect(lines[1]).toContain(',previous,2026-02-01T00:00:00+00:00,2026-02-02T00:00:00+00:00,,0,0,');
  });

  it('is JSON with the same figures', async () => {
    const { status, headers, text } = await download(
      `usage.json?${question}&compare=true&cumulative=true&meters=api_requests`,
    );
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(JSON.parse(text)).toMatchObject({
      timeZone: 'Asia/Kolkata',
      bucket: 'day',
      asOf: '2026-03-15T17:30:00+05:30',
      freshness: 'settling',
      series: [
        {
          meter: { eventName: 'api_requests', label: 'API requests' },
          range: { start: '2026-03-14T00:00:00+05:30', end: '2026-03-16T00:00:00+05:30' },
          total: '0',
          buckets: [
            { quantity: '0', cumulative: '0', provisional: false },
            { quantity: '0', provisional: true },
          ],
          previous: { toDate: '0', changeRatio: null, buckets: [{ quantity: '0' }, { quantity: '0' }] },
        },
      ],
    });
    expect(text).not.toContain('sessionKey');
  });

  it('is never cached, embedded or guessed at', async () => {
    const { headers } = await download(`usage.csv?${question}`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('access-control-allow-origin')).toBe(null);
  });
});

describe('where a download may be asked for', () => {
  const from = (headers: Record<string, string>) => download(`usage.csv?${question}`, { headers });

  it.each([
    ['a link on the own page', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' }],
    ['an address typed in', { 'sec-fetch-site': 'none' }],
    ['no browser at all', {}],
    [
      'a link on a listed page',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', referer: 'https://partner.example/' },
    ],
    ['a script of a listed page', { 'sec-fetch-site': 'cross-site', origin: 'https://partner.example' }],
  ])('%s', async (_, headers) => {
    expect((await from(headers)).status).toBe(200);
  });

  it.each([
    ['a link on another page', { 'sec-fetch-site': 'cross-site', referer: 'https://evil.example/' }],
    ['a link that hides where it was', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['a sibling domain', { 'sec-fetch-site': 'same-site', referer: 'https://blog.app.example/' }],
    [
      'a script of another page, whatever its referer says',
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example', referer: 'https://partner.example/' },
    ],
    ['a nonsense referer', { 'sec-fetch-site': 'cross-site', referer: 'partner' }],
  ])('not %s', async (_, headers) => {
    const { status, text, headers: answered } = await from(headers);
    expect([status, billingOf(text).billing.code]).toEqual([403, 'not_allowed']);
    expect(answered.get('access-control-allow-origin')).toBe(null);
  });
});

describe('a download that cannot be', () => {
  it.each([
    ['range=last&days=2&bucket=day', 'invalid_input', 'timeZone'],
    ['range=last&days=401&bucket=day&timeZone=UTC', 'invalid_range', 'range.days'],
    ['range=last&days=two&bucket=day&timeZone=UTC', 'invalid_range', 'range.days'],
    ['range=last&days=2&month=2026-03&bucket=day&timeZone=UTC', 'invalid_range', 'range.month'],
    ['range=month&month=2026-13&bucket=day&timeZone=UTC', 'invalid_range', 'range.month'],
    ['range=between&startMs=5&endMs=1&bucket=day&timeZone=UTC', 'invalid_range', 'range.endMs'],
    ['range=ever&bucket=day&timeZone=UTC', 'invalid_range', 'range.kind'],
    [`${question}&compare=yes`, 'invalid_input', 'compare'],
    [`${question}&customerId=cus_2`, 'invalid_input', 'customerId'],
    [`${question}&bucket=hour`, 'invalid_input', 'bucket'],
    [`${question}&meters=nothing`, 'unknown_meter', 'meters'],
  ])('says why, as JSON with its status: %s', async (query, code, field) => {
    const { status, headers, text } = await download(`usage.csv?${query}`);
    expect([status, headers.get('content-type'), headers.get('content-disposition')]).toEqual([
      400,
      'application/json',
      null,
    ]);
    expect(billingOf(text)).toMatchObject({ httpStatus: 400, billing: { code, field } });
  });

  it.each([
    ['nobody', null, 401, 'not_signed_in'],
    [
      'who may not export',
      { customerId: 'cus_1', permissions: ['view', 'view_money', 'top_up'] },
      403,
      'not_allowed',
    ],
    ['who may not view', { customerId: 'cus_1', permissions: ['export'] }, 403, 'not_allowed'],
    ['an unknown customer', { customerId: 'cus_9' }, 404, 'customer_not_found'],
  ] as const)('is refused to %s', async (_, identity, status, code) => {
    const answer = await download(`usage.json?${question}`, { identity: identity as Identity | null });
    expect([answer.status, billingOf(answer.text).billing.code]).toEqual([status, code]);
  });

  it.each(['', 'usage', 'usage.xlsx', 'usage.csv/', 'toString'])('does not exist: %j', async (path) => {
    expect((await download(`${path}?${question}`)).status).toBe(404);
  });

  it('is no POST', async () => {
    const { status, headers } = await download(`usage.csv?${question}`, { method: 'POST' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, OPTIONS']);
  });

  it('tells no caller of a bug, and the log all of it', async () => {
    const app = exampleApp(() => {
      throw new RangeError('the session store is gone');
    });
    const response = await app.handler(new Request(`${exampleBase}/export/usage.csv?${question}`));
    expect([response.status, billingOf(await response.text()).billing.code]).toEqual([500, 'internal']);
    expect(app.logged.join()).toContain('the session store is gone');
  });
});
