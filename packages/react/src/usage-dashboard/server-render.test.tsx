import { act } from '@testing-library/react';
import type { ReactNode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, describe, expect, it } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import {
  createFixtureClient,
  createFixtureOverview,
  createFixtures,
  fixtureBalance,
  fixtureInvoices,
  fixtureSeries,
  fixtureUsage,
} from '../testing/index.ts';
import { UsageDashboard } from './usage-dashboard.tsx';

afterEach(() => {
  document.body.replaceChildren();
});

function page(overview = createFixtureOverview(), children: ReactNode = <UsageDashboard />) {
  const client = createFixtureClient({ state: 'loading' });
  return (
    <MeterboardProvider client={client} initialOverview={overview}>
      {children}
    </MeterboardProvider>
  );
}

function parse(html: string): HTMLElement {
  const root = document.createElement('div');
  root.innerHTML = html;
  document.body.append(root);
  return root;
}

describe('a dashboard in the first HTML', () => {
  it('is complete: figures, every mark of the chart, axis labels, invoices', () => {
    const root = parse(renderToString(page()));
    const chart = root.querySelector('[data-mb=chart] svg');
    expect(chart?.querySelectorAll('[data-mb=point]')).toHaveLength(22);
    expect(chart?.querySelector('[data-mb=line]')?.getAttribute('d')).toMatch(
      /^M[\d.]+ [\d.]+(L[\d.]+ [\d.]+){20}$/,
    );
    const texts = [...(chart?.querySelectorAll('text') ?? [])].map(({ textContent }) => textContent);
    expect(texts).toEqual([
      '0',
      '250',
      '500',
      '750',
      '1,000',
      'Nov 1',
      'Nov 8',
      'Nov 15',
      'Nov 22',
      'Nov 29',
    ]);
    expect(root.textContent).toContain('$18.42');
    expect(root.textContent).toContain('NW-0012');
    expect(root.textContent).toContain('Times in UTC');
  });

  it('carries no style attribute, so that a strict content security policy holds', () => {
    expect(renderToString(page())).not.toMatch(/\sstyle=/);
    expect(renderToString(page(createFixtureOverview(), <UsageDashboard title="x" />))).not.toContain(
      '<style',
    );
  });

  it('hydrates without a complaint and without a difference', async () => {
    const html = renderToString(page());
    const root = parse(html);
    const complaints: unknown[] = [];
    const mounted = await act(async () =>
      hydrateRoot(root, page(), { onRecoverableError: (error) => complaints.push(error) }),
    );
    expect(complaints).toEqual([]);
    expect(root.querySelectorAll('[data-mb=point]')).toHaveLength(22);
    await act(async () => mounted.unmount());
  });

  it('renders its loading state where nothing was read before', () => {
    const html = renderToString(
      <MeterboardProvider client={createFixtureClient()}>
        <UsageDashboard />
      </MeterboardProvider>,
    );
    expect(html).toContain('aria-busy="true"');
    expect(html).not.toContain('$');
  });

  it('renders hostile words as text and hostile links not at all', () => {
    const hostile = '"><img src=x onerror=alert(1)><script>alert(2)</script>';
    const fixtures = createFixtures();
    const overview = createFixtureOverview({
      ...fixtures,
      meters: {
        ...fixtures.meters,
        meters: fixtures.meters.meters.map((meter) => ({ ...meter, label: hostile })),
      },
      series: {
        ...fixtures.series,
        series: fixtureSeries.map((one) => ({
          ...one,
          meter: { ...one.meter, label: hostile, unit: hostile },
        })),
      },
      summary: {
        ...fixtures.summary,
        meters: fixtureUsage.map((usage) => ({
          ...usage,
          meter: { ...usage.meter, label: hostile, unit: hostile },
        })),
      },
      credits: {
        ...fixtures.credits,
        balances: [
          { ...fixtureBalance, grants: fixtureBalance.grants.map((grant) => ({ ...grant, name: hostile })) },
        ],
      },
      invoices: {
        ...fixtures.invoices,
        invoices: fixtureInvoices.map((invoice) => ({
          ...invoice,
          number: hostile,
          hostedUrl: 'javascript:alert(3)',
          pdfUrl: 'data:text/html,x',
        })),
      },
    });
    const html = renderToString(page(overview));
    expect(html).toContain('&lt;img src=x');
    const root = parse(html);
    expect(root.querySelectorAll('img, script, a')).toHaveLength(0);
    expect(root.querySelectorAll('[onerror]')).toHaveLength(0);
  });

  it('shows bars and sums only as the server decided them', () => {
    const overview = createFixtureOverview();
    if (!overview.credits.ok) throw new Error('the fixture has credits');
    const [balance] = overview.credits.data.balances;
    if (!balance) throw new Error('the fixture has a balance');
    const contradictory = {
      ...balance,
      status: 'ok' as const,
      remaining: { amountMinor: 1, currency: 'usd' },
    };
    const credits = { ok: true as const, data: { ...overview.credits.data, balances: [contradictory] } };
    const root = parse(renderToString(page({ ...overview, credits })));
    expect(root.querySelector('[data-mb=low-balance]')).toBeNull();
    expect(root.querySelector('[data-mb=credit-balance]')?.getAttribute('data-status')).toBe('ok');
    expect(root.querySelector('[data-mb=credit-balance] [data-mb=figure]')?.textContent).toBe('$0.01');
  });
});
