import { BillingError, type MeterboardClient, topUpReturnParam } from '@meterboard/contract';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { CreditBalance } from '../credit-balance/credit-balance.tsx';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import {
  createFixtureClient,
  createFixtureOverview,
  createFixtures,
  type FixtureOptions,
  fixtureBalance,
} from '../testing/index.ts';
import { UsageChart } from '../usage-chart/usage-chart.tsx';
import { UsageDashboard } from '../usage-dashboard/usage-dashboard.tsx';

afterEach(cleanup);

function recorded(options: FixtureOptions = {}): { client: MeterboardClient; calls: string[] } {
  const calls: string[] = [];
  return { calls, client: createFixtureClient({ ...options, onCall: (procedure) => calls.push(procedure) }) };
}

describe('useOverview', () => {
  it('feeds every part of a dashboard from one call, whichever meter is chosen', async () => {
    const { client, calls } = recorded();
    render(
      <MeterboardProvider client={client}>
        <UsageDashboard />
      </MeterboardProvider>,
    );
    await screen.findByRole('img', { name: 'API requests, per day' });
    fireEvent.click(screen.getByRole('tab', { name: 'Storage' }));
    await screen.findByRole('img', { name: 'Storage, per day' });
    expect(screen.getByRole('heading', { name: 'Next invoice' })).toBeTruthy();
    expect(screen.getByText('NW-0012')).toBeTruthy();
    expect(calls).toEqual(['overview']);
  });

  it('makes a card outside the dashboard agree with it', async () => {
    const { client } = recorded({
      answers: {
        credits: {
          ...createFixtures().credits,
          balances: [{ ...fixtureBalance, remaining: { amountMinor: 777, currency: 'usd' } }],
        },
      },
    });
    render(
      <MeterboardProvider client={client}>
        <aside>
          <CreditBalance />
        </aside>
        <UsageDashboard />
      </MeterboardProvider>,
    );
    await screen.findByRole('img', { name: 'API requests, per day' });
    const regions = screen.getAllByRole('region', { name: 'Remaining credits' });
    expect(regions).toHaveLength(2);
    for (const region of regions) expect(region.textContent).toContain('$7.77');
  });

  it('shows what a section failed with in its place, and reads only that one again', async () => {
    const { client, calls } = recorded({ states: { invoices: 'provider_unavailable' } });
    render(
      <MeterboardProvider client={client}>
        <UsageDashboard />
      </MeterboardProvider>,
    );
    await screen.findByRole('img', { name: 'API requests, per day' });
    const region = within(screen.getByRole('region', { name: 'Invoices' }));
    expect(region.getByRole('alert').textContent).toContain('cannot be reached');
    fireEvent.click(region.getByRole('button', { name: 'Try again' }));
    await region.findByRole('button', { name: 'Trying again…' });
    expect(calls.slice(0, 2)).toEqual(['overview', 'invoices']);
  });

  it('keeps its frame and follows a purchase where the whole of it fails', async () => {
    history.replaceState(null, '', `?${topUpReturnParam}=top-up-1`);
    const { client } = recorded({ topUpStates: ['paid'] });
    client.overview.query = () => Promise.reject(new BillingError('provider_rejected'));
    render(
      <MeterboardProvider client={client}>
        <UsageDashboard />
      </MeterboardProvider>,
    );
    expect((await screen.findByRole('alert')).textContent).toContain('configuration problem');
    expect(screen.getByRole('heading', { level: 2 }).textContent).toBe('Usage and billing');
    await screen.findByText('Paid, arriving: $20.00');
    fireEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    sessionStorage.clear();
  });

  it('asks for the usage of other ranges itself', async () => {
    const { client, calls } = recorded();
    render(
      <MeterboardProvider client={client} initialOverview={createFixtureOverview()}>
        <UsageChart meter="api_requests" range={{ kind: 'last', days: 7 }} />
      </MeterboardProvider>,
    );
    await screen.findByRole('img', { name: 'API requests, per day' });
    expect(calls).toEqual(['series']);
  });

  it('starts from an overview that the host read, without any call', async () => {
    const { client, calls } = recorded();
    render(
      <MeterboardProvider client={client} initialOverview={createFixtureOverview()}>
        <UsageDashboard />
      </MeterboardProvider>,
    );
    expect(screen.getByRole('img', { name: 'API requests, per day' })).toBeTruthy();
    expect(calls).toEqual([]);
  });
});
