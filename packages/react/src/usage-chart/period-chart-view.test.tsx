import type { Bucket, MeterSeries } from '@meterboard/contract';
import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, fixtureNowMs, fixtureSeries } from '../testing/index.ts';
import { PeriodChartView } from './period-chart-view.tsx';

afterEach(cleanup);

const [requests] = fixtureSeries;
if (!requests) throw new Error('fixtures hold meters');
const hourMs = 3_600_000;

function show(series: Partial<MeterSeries>, { bucket = 'day' as Bucket, locale = 'en' } = {}) {
  const { container } = render(
    <MeterboardProvider client={createFixtureClient()} locale={locale}>
      <PeriodChartView
        series={{ ...(requests as MeterSeries), ...series }}
        bucket={bucket}
        timeZone="UTC"
        nowMs={fixtureNowMs}
      />
    </MeterboardProvider>,
  );
  return container;
}

function withQuantity(quantity: string | null) {
  return { total: quantity, buckets: requests?.buckets.map((bucket) => ({ ...bucket, quantity })) ?? [] };
}

function hours(count: number): Partial<MeterSeries> {
  const startMs = Date.UTC(2026, 10, 20);
  const buckets = Array.from({ length: count }, (_, hour) => ({
    startMs: startMs + hour * hourMs,
    endMs: startMs + (hour + 1) * hourMs,
    quantity: '1',
    cumulative: null,
    carriedForward: false,
    partial: false,
    provisional: false,
  }));
  const range = { startMs, endMs: startMs + count * hourMs };
  return { buckets, range: { ...range, kind: 'between', widened: false, requested: range } };
}

describe('PeriodChartView', () => {
  it.each([
    [null, 'No data for this period.', 'No usage'],
    ['0', 'No usage yet.', 'No data'],
    ['5', 'Times in UTC', 'No '],
  ])('tells what is not known from what is zero: %s', (quantity, says, not) => {
    const text = show(withQuantity(quantity)).lastElementChild?.textContent;
    expect(text).toContain(says);
    expect(text).not.toContain(not);
    expect(text).toContain('Times in UTC');
  });

  it('sums up in words what is known, also without a total', () => {
    const summary = show({ total: null }).querySelector('desc')?.textContent;
    expect(summary).toMatch(/not known\. Highest .* requests/);
  });

  it('marks a bucket that the range cuts short, in the picture and in the legend', () => {
    const [first, ...others] = requests?.buckets ?? [];
    if (!first) throw new Error('fixtures hold buckets');
    const container = show({ buckets: [{ ...first, partial: true }, ...others] });
    expect(container.querySelectorAll('[data-mb=chart] [data-mb=part-dot]')).toHaveLength(1);
    expect(container.querySelector('[data-mb=legend]')?.textContent).toContain('part of a day');
    cleanup();
    expect(show({}).querySelector('[data-mb=part-dot]')).toBeNull();
  });

  it('labels hours with the day where one begins', () => {
    const labels = [...show(hours(48), { bucket: 'hour' }).querySelectorAll('[text-anchor=middle]')];
    const texts = labels.map(({ textContent }) => textContent);
    expect(texts[0]).toBe('Nov 20');
    expect(texts).toContain('Nov 21');
    expect(texts).toContain('12:00 PM');
  });

  it('speaks the language of its words and prints figures as the locale does', () => {
    const container = show({ total: '14208.5' }, { locale: 'de' });
    expect(container.textContent).toContain('14.208,5');
    expect(container.querySelector('desc')?.textContent).toMatch(/Sun|Mon|Tue|Wed|Thu|Fri|Sat/);
  });

  it('names a meter without a unit once', () => {
    const meter = { ...(requests as MeterSeries).meter, unit: null };
    expect(show({ meter }).querySelector('[data-mb=row]')?.textContent).not.toContain('API requests');
  });
});
