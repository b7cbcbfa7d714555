// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { readError } from '../provider/read-error.ts';
import { createMeterboardClient } from './create-meterboard-client.ts';

/** A network that is down, and remembers who tried. */
function createDeadNetwork() {
  const requests: { url: string; init: RequestInit }[] = [];
  const fetch = (url: unknown, init: RequestInit = {}) => {
    requests.push({ url: String(url), init });
    return Promise.reject(new TypeError('fetch failed'));
  };
  return { requests, fetch };
}

describe('createMeterboardClient', () => {
  it.each(['/api/meterboard', '/api/meterboard/'])(
    'asks below %s, with cookies for the same origin only',
    async (url) => {
      const { requests, fetch } = createDeadNetwork();
      const client = createMeterboardClient({ url, fetch, headers: () => ({ 'x-tenant': 'one' }) });
      await Promise.allSettled([
        client.credits.balance.query(undefined),
        client.meters.list.query(undefined),
      ]);
      expect(requests).toHaveLength(1);
      expect(requests[0]?.url).toMatch(/^\/api\/meterboard\/trpc\/credits\.balance,meters\.list\?/);
      expect(requests[0]?.init.credentials).toBe('same-origin');
      expect(new Headers(requests[0]?.init.headers).get('x-tenant')).toBe('one');
    },
  );

  it('puts at most ten calls into one request', async () => {
    const { requests, fetch } = createDeadNetwork();
    const client = createMeterboardClient({ url: '/api', fetch });
    await Promise.allSettled(Array.from({ length: 11 }, () => client.usage.summary.query(undefined)));
    expect(requests).toHaveLength(2);
  });

  it('sends what changes something as POST', async () => {
    const { requests, fetch } = createDeadNetwork();
    const client = createMeterboardClient({ url: '/api', fetch });
    await Promise.allSettled([client.topUps.start.mutate({ packageId: 'small', attemptId: 'attempt-1' })]);
    expect(requests[0]?.init.method).toBe('POST');
  });

  it('sends a question as POST that would be too long for an address, and only that one', async () => {
    const { requests, fetch } = createDeadNetwork();
    const client = createMeterboardClient({ url: '/api', fetch });
    const meters = Array.from({ length: 20 }, (_, index) => `meter_${index}_${'x'.repeat(90)}`);
    const asked = { range: { kind: 'period' }, bucket: 'day', timeZone: 'UTC' } as const;
    await Promise.allSettled([
      client.usage.series.query({ ...asked, meters }),
      client.usage.series.query({ ...asked, meters: ['api_requests'] }),
    ]);
    const [long, short] = requests.toSorted((a, b) => a.url.length - b.url.length);
    expect(long?.init).toMatchObject({ method: 'POST', credentials: 'same-origin' });
    expect(String(long?.init.body)).toContain(meters[19]);
    expect(long?.url).toBe('/api/trpc/usage.series?batch=1');
    expect(short?.init.method).toBe('GET');
  });

  it('splits what together would be too long for an address', async () => {
    const { requests, fetch } = createDeadNetwork();
    const client = createMeterboardClient({ url: '/api', fetch });
    const asked = { range: { kind: 'period' }, bucket: 'day', timeZone: 'UTC' } as const;
    await Promise.allSettled(
      Array.from({ length: 6 }, (_, index) =>
        client.usage.series.query({ ...asked, meters: [`${index}${'x'.repeat(700)}`] }),
      ),
    );
    expect(requests.length).toBeGreaterThan(1);
    for (const { url } of requests) expect(url.length).toBeLessThanOrEqual(2_000);
  });

  it('rejects with what reads as provider_unavailable when nothing answers', async () => {
    const client = createMeterboardClient({ url: '/api', fetch: createDeadNetwork().fetch });
    const cause = await client.credits.balance.query(undefined).catch((error: unknown) => error);
    expect(readError(cause)).toMatchObject({ code: 'provider_unavailable', retryable: true });
  });
});
