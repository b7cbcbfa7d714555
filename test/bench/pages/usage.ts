import type { MeterSeries, UsageBucket } from '@meterboard/contract';

const hourMs = 3_600_000;

/** Usage by the hour with a rhythm of days, a drift, noise and rare peaks; the same for the same seed. */
export function hourlyFigures(count: number, seed: number): number[] {
  let state = seed;
  const random = () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return Array.from({ length: count }, (_, hour) => {
    const day = 500 + 300 * Math.sin((hour / 24) * 2 * Math.PI) + hour / 50;
    return Math.round(day + 200 * random() + (random() < 0.002 ? 2_000 : 0));
  });
}

/** The same as the kit gets it from its server. */
export function hourlySeries(figures: readonly number[]): MeterSeries {
  const startMs = Date.UTC(2025, 0, 1);
  const buckets = figures.map(
    (figure, hour): UsageBucket => ({
      startMs: startMs + hour * hourMs,
      endMs: startMs + (hour + 1) * hourMs,
      quantity: String(figure),
      cumulative: null,
      carriedForward: false,
      partial: false,
      provisional: false,
    }),
  );
  const span = { startMs, endMs: startMs + figures.length * hourMs };
  return {
    meter: {
      eventName: 'api_requests',
      label: 'API requests',
      unit: 'requests',
      aggregation: 'count',
      status: 'active',
    },
    range: { kind: 'between', ...span, widened: false, requested: span },
    buckets,
    total: null,
    limit: null,
    included: null,
    isClosed: false,
    changes: [],
    previous: null,
    forecast: null,
  };
}
