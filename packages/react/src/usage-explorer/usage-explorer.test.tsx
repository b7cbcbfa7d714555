import { BillingError, type MeterboardClient, type UsageSeriesInput } from '@meterboard/contract';
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, createFixtures } from '../testing/index.ts';
import { UsageExplorer, type UsageExplorerProps } from './usage-explorer.tsx';

beforeEach(() => history.replaceState(null, '', '/billing?tab=usage#top'));
afterEach(cleanup);

interface Setting extends UsageExplorerProps {
  client?: MeterboardClient;
  timeZone?: string;
  exportUrl?: string;
}

function show({ client = createFixtureClient(), timeZone = 'UTC', exportUrl, ...props }: Setting = {}) {
  return render(
    <MeterboardProvider client={client} timeZone={timeZone} exportUrl={exportUrl}>
      <UsageExplorer hideSummary hideCost {...props} />
    </MeterboardProvider>,
  );
}

const picture = (name: string | RegExp) => screen.findByRole('img', { name });

describe('UsageExplorer', () => {
  it('shows the first meter in this period, compared and forecast', async () => {
    show();
    await picture('API requests, per day');
    screen.getByText(/^About 21,200 by November 30, between 20,100 and 22,400$/);
    screen.getByText('15% more than at this time last period');
  });

  it('keeps what is chosen in the address, and everything else in it', async () => {
    show({ url: true });
    await picture('API requests, per day');
    fireEvent.click(screen.getByRole('checkbox', { name: 'Running total' }));
    await picture('API requests, running total');
    expect(location.search).toBe('?tab=usage&mb-meter=api_requests&mb-cumulative=1');
    expect(location.hash).toBe('#top');
  });

  it('opens the view of a link, and follows whoever goes back', async () => {
    history.replaceState(null, '', '/billing?mb-meter=tokens_used&mb-range=last.7&mb-shape=bar');
    show({ url: true });
    await picture('Tokens, per day');
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'Time' }).value).toBe('last7');
    act(() => {
      history.replaceState(null, '', '/billing');
      dispatchEvent(new PopStateEvent('popstate'));
    });
    await picture('API requests, per day');
  });

  it('shows what there is where a link names what there is not', async () => {
    history.replaceState(null, '', '/billing?mb-meter=gone&mb-range=never&mb-bucket=second');
    show({ url: true });
    await picture('API requests, per day');
  });

  it("lives in a router's address where the host gives one", async () => {
    let query = 'mb-meter=storage_gb';
    const url = {
      read: () => query,
      write(next: string) {
        query = next;
      },
    };
    const { rerender } = show({ url });
    await picture('Storage, per day');
    fireEvent.click(screen.getByRole('radio', { name: 'Bars' }));
    expect(query).toBe('mb-meter=storage_gb&mb-shape=bar');
    expect(location.search).toBe('?tab=usage');
    rerender(<p />);
  });

  it('draws meters of different units apart, and never without a meter', async () => {
    show();
    await picture('API requests, per day');
    fireEvent.click(screen.getByRole('checkbox', { name: 'Tokens' }));
    await picture('Tokens, per day');
    await picture('API requests, per day');
    fireEvent.click(screen.getByRole('checkbox', { name: 'Tokens' }));
    fireEvent.click(screen.getByRole('checkbox', { name: 'API requests' }));
    expect(screen.getByRole<HTMLInputElement>('checkbox', { name: 'API requests' }).checked).toBe(true);
  });

  it('offers months of a billing period of a year, and no hours', async () => {
    const client = createFixtureClient();
    const { query } = client.usage.series;
    client.usage.series.query = async (input) => {
      const usage = await query(input);
      const year = { startMs: Date.UTC(2026, 0, 1), endMs: Date.UTC(2027, 0, 1) };
      return { ...usage, series: usage.series.map((one) => ({ ...one, range: { ...one.range, ...year } })) };
    };
    show({ client });
    const names = () => [...screen.getByRole('group', { name: 'Per' }).querySelectorAll('label')];
    expect((await picture('API requests, per day')).tagName).toBe('svg');
    expect(names().map(({ textContent }) => textContent)).toEqual(['Day', 'Week', 'Month']);
  });

  it('asks for days of the zone where somebody chooses them, both included', async () => {
    const asked: UsageSeriesInput[] = [];
    const client = createFixtureClient({
      onCall: (name, input) => name === 'series' && asked.push(input as UsageSeriesInput),
    });
    show({ client, timeZone: 'Europe/Budapest' });
    await picture('API requests, per day');
    fireEvent.change(screen.getByRole('combobox', { name: 'Time' }), { target: { value: 'between' } });
    fireEvent.change(await screen.findByLabelText('From'), { target: { value: '2026-10-24' } });
    fireEvent.change(screen.getByLabelText('To'), { target: { value: '2026-10-26' } });
    await waitFor(() =>
      expect(asked.at(-1)?.range).toEqual({
        kind: 'between',
        startMs: Date.UTC(2026, 9, 23, 22),
        endMs: Date.UTC(2026, 9, 26, 23),
      }),
    );
    fireEvent.change(screen.getByLabelText('To'), { target: { value: '2026-10-20' } });
    expect(screen.getByRole('alert').textContent).toBe('The last day lies before the first.');
    expect(screen.getByLabelText('To').getAttribute('aria-invalid')).toBe('true');
    expect(asked.at(-1)?.range).toMatchObject({ endMs: Date.UTC(2026, 9, 26, 23) });
    fireEvent.change(screen.getByLabelText('To'), { target: { value: '' } });
    expect(screen.getByRole('alert').textContent).toBe('Choose both days.');
    expect(screen.getByLabelText('To').getAttribute('aria-invalid')).toBe('true');
  });

  it("marks the range that the server refuses, in the server's words, and lets go once another is chosen", async () => {
    const client = createFixtureClient();
    const { query } = client.usage.series;
    const message = 'The range is too long: at most 400 days.';
    client.usage.series.query = (input) =>
      input.range.kind === 'previous_period'
        ? Promise.reject(new BillingError('invalid_range', { message, field: 'range.days' }))
        : query(input);
    show({ client });
    await picture('API requests, per day');
    const picker = screen.getByRole('combobox', { name: 'Time' });
    fireEvent.change(picker, { target: { value: 'previous_period' } });
    expect((await screen.findByRole('alert')).textContent).toBe(message);
    expect(picker.getAttribute('aria-invalid')).toBe('true');
    expect(picker.getAttribute('aria-describedby')).toBe(screen.getByRole('alert').id);
    fireEvent.change(picker, { target: { value: 'last7' } });
    await picture('API requests, per day');
    expect(picker.getAttribute('aria-invalid')).toBeNull();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('offers a file of what is on the screen, only where the host has a place for it', async () => {
    show();
    await picture('API requests, per day');
    expect(screen.queryByRole('link')).toBeNull();
    cleanup();
    show({ exportUrl: '/api/meterboard/export', timeZone: 'Asia/Kathmandu' });
    await picture('API requests, per day');
    for (const format of ['csv', 'json']) {
      const name = `Export ${format.toUpperCase()}`;
      expect(screen.getByRole('link', { name }).getAttribute('href')).toBe(
        `/api/meterboard/export/usage.${format}?meters=api_requests&range=period&bucket=day&timeZone=Asia%2FKathmandu&compare=true`,
      );
    }
  });

  it('offers no file to people who may not export, and says why', async () => {
    const { meters } = createFixtures();
    const client = createFixtureClient({ answers: { meters: { ...meters, mayExport: false } } });
    show({ client, exportUrl: '/api/meterboard/export' });
    await picture('API requests, per day');
    expect(screen.queryByRole('link')).toBeNull();
    for (const name of ['Export CSV', 'Export JSON']) {
      const button = screen.getByRole<HTMLButtonElement>('button', { name });
      expect(button.disabled).toBe(true);
      const why = document.getElementById(button.getAttribute('aria-describedby') ?? '');
      expect(why?.textContent).toBe('Your role does not include downloads.');
    }
  });

  it('shows a long time in UTC first, says so, and then in the zone', async () => {
    let answerZone: () => void = () => undefined;
    const client = createFixtureClient();
    const { query } = client.usage.series;
    client.usage.series.query = async (input) => {
      if (input.timeZone !== 'UTC')
        await new Promise<void>((resolve) => {
          answerZone = resolve;
        });
      return query(input);
    };
    history.replaceState(null, '', '/billing?mb-range=last.200');
    show({ client, timeZone: 'Asia/Kathmandu', url: true, exportUrl: '/export' });
    const exported = () => screen.getByRole('link', { name: 'Export CSV' }).getAttribute('href');
    await screen.findByText(/^Days in UTC, until/);
    expect(exported()).toContain('timeZone=UTC');
    await act(async () => answerZone());
    await screen.findByText('Times in Asia/Kathmandu');
    expect(exported()).toContain('timeZone=Asia%2FKathmandu');
    expect(screen.queryByText(/^Days in UTC/)).toBeNull();
  });

  it('shows the same figures as a table, the time before beside them', async () => {
    show();
    await picture('API requests, per day');
    fireEvent.click(screen.getByRole('button', { name: 'Table' }));
    const table = within(screen.getByRole('table'));
    expect(table.getAllByRole('columnheader').map(({ textContent }) => textContent)).toEqual([
      'Time',
      'requests',
      'the period before',
    ]);
    expect(table.getAllByRole('row')).toHaveLength(23);
  });

  it('renders on the server without a style attribute, whatever the address is', () => {
    const html = renderToString(
      <MeterboardProvider client={createFixtureClient()}>
        <UsageExplorer url />
      </MeterboardProvider>,
    );
    expect(html).toContain('aria-busy="true"');
    expect(html).not.toMatch(/\sstyle=/);
  });
});
