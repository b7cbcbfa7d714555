import {
  BillingError,
  type BillingErrorDetails,
  type MeterboardClient,
  type UsageRange,
  type UsageSeriesInput,
} from '@meterboard/contract';
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { createMeterboardClient } from '../client/create-meterboard-client.ts';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient } from '../testing/index.ts';
import type { UsageSeriesOptions } from './use-usage-series.ts';
import { useZonedSeries } from './use-zoned-series.ts';

afterEach(cleanup);

const timeZone = 'Asia/Kolkata';

function follow(client: MeterboardClient, options: UsageSeriesOptions) {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <MeterboardProvider client={client} timeZone={timeZone}>
      {children}
    </MeterboardProvider>
  );
  return renderHook(() => useZonedSeries(options), { wrapper }).result;
}

/** A client of which a zone's series is something else than UTC's. */
function divided(inZone: (answer: () => Promise<never>) => Promise<never>) {
  const asked: string[] = [];
  const client = createFixtureClient();
  const { query } = client.usage.series;
  client.usage.series.query = (input: UsageSeriesInput) => {
    asked.push(input.timeZone);
    const answer = () => query(input) as Promise<never>;
    return input.timeZone === 'UTC' ? answer() : inZone(answer);
  };
  return { client, asked };
}

function refusing(details: BillingErrorDetails) {
  return divided(() => Promise.reject(new BillingError('invalid_range', details)));
}

describe('useZonedSeries', () => {
  it.each([
    ['hour', { kind: 'last', days: 7 }],
    ['day', { kind: 'last', days: 90 }],
    ['day', { kind: 'previous_period' }],
  ] as const)(
    'shows %s after %s of UTC where the zone has too many for the server, and says which zone',
    async (bucket, range) => {
      const { client } = refusing({ field: 'bucket' });
      const result = follow(client, { bucket, range });
      await waitFor(() => expect(result.current.resource.status).toBe('ready'));
      expect(result.current).toMatchObject({ refusedZone: timeZone, isInterim: false });
      expect(result.current.resource).toMatchObject({
        error: null,
        isStale: false,
        data: { timeZone: 'UTC' },
      });
    },
  );

  it('tells a range that is wrong in itself, and asks for it once', async () => {
    const { client, asked } = refusing({ field: 'range.days', limit: 'at most 400 days' });
    const result = follow(client, { range: { kind: 'last', days: 90 } });
    await waitFor(() => expect(result.current.resource.status).toBe('error'));
    expect(result.current).toMatchObject({ refusedZone: null, isInterim: false });
    expect(result.current.resource.error?.field).toBe('range.days');
    expect(asked).toEqual([timeZone]);
  });

  it('tells why there is nothing where UTC is refused as well', async () => {
    const { client } = refusing({ field: 'bucket' });
    client.usage.series.query = () =>
      Promise.reject(new BillingError('invalid_range', { field: 'bucket', message: 'Too many points.' }));
    const result = follow(client, { range: { kind: 'period' }, bucket: 'hour' });
    await waitFor(() => expect(result.current.resource.status).toBe('error'));
    expect(result.current.resource.error?.message).toBe('Too many points.');
  });

  it('shows a billing period that takes long in days of UTC, until those of the zone are there', async () => {
    let give: () => void = () => undefined;
    const { client, asked } = divided(async (answer) => {
      await new Promise<void>((resolve) => {
        give = resolve;
      });
      return answer();
    });
    const result = follow(client, { range: { kind: 'period' }, bucket: 'day' });
    expect(asked).toEqual([timeZone]);
    await waitFor(() => expect(result.current.isInterim).toBe(true), { timeout: 10_000 });
    expect(result.current.resource.data?.timeZone).toBe('UTC');
    await act(async () => give());
    await waitFor(() => expect(result.current.isInterim).toBe(false));
    expect(result.current).toMatchObject({ refusedZone: null, resource: { data: { timeZone } } });
  });

  it('asks for a period that is there at once in its zone only', async () => {
    const { client, asked } = divided((answer) => answer());
    const result = follow(client, { range: { kind: 'period' } });
    await waitFor(() => expect(result.current.resource.status).toBe('ready'));
    expect(asked).toEqual([timeZone]);
  });

  it('asks for UTC in a request of its own: a shared one is as slow as its slowest part', async () => {
    const requests: string[] = [];
    const client = createMeterboardClient({
      url: 'https://app.example/api/meterboard',
      fetch: (input) => {
        requests.push(decodeURIComponent(String(input)));
        return new Promise(() => undefined);
      },
    });
    const range: UsageRange = { kind: 'last', days: 365 };
    follow(client, { range });
    await waitFor(() => expect(requests).toHaveLength(2));
    expect(requests.map((url) => url.match(/"timeZone":"([^"]+)"/g))).toEqual([
      [`"timeZone":"${timeZone}"`],
      ['"timeZone":"UTC"'],
    ]);
  });
});
