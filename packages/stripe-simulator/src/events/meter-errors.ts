import { meters } from '../resources/meters.ts';
import { defineTable } from '../table.ts';
import type { Job, World } from '../world.ts';
import { emitThin } from './emit.ts';

const WINDOW_MS = 10_000;
const REPORT_DELAY_MS = 2_000;

/** A meter event that was answered with 200 and counts nowhere. */
export interface MeterError {
  /** `null` when no meter has the event's name. */
  meterId: string | null;
  /** Stripe's code, such as `meter_event_customer_not_found`. */
  code: string;
  message: string;
  identifier: string;
}

interface ErrorsOfCode {
  code: string;
  count: number;
  samples: Array<{ message: string; identifier: string }>;
}

interface ErrorWindow {
  id: string;
  meterId: string | null;
  startMs: number;
  errors: ErrorsOfCode[];
}

const windows = defineTable<ErrorWindow>();

const reportJob: Job = {
  name: 'report meter errors',
  run(world, id) {
    const window = windows(world).get(id);
    if (window !== undefined) report(world, window);
  },
};

/**
 * Counts an error into the running window of ten seconds of the simulator's own clock. Two seconds after its end one
 * thin event tells of all errors of the meter (or of all events without a meter), naming some of them.
 */
export function reportMeterError(world: World, { meterId, code, message, identifier }: MeterError): void {
  const startMs = Math.floor(world.ownNowMs() / WINDOW_MS) * WINDOW_MS;
  const id = `${meterId ?? ''} ${startMs}`;
  const known = windows(world).get(id);
  if (known === undefined) world.scheduleOwnMs(startMs + WINDOW_MS + REPORT_DELAY_MS, reportJob, id);
  const window = known ?? { id, meterId, startMs, errors: [] };
  const before = window.errors.find((entry) => entry.code === code) ?? { code, count: 0, samples: [] };
  const room = before.samples.length < world.assumptions.sampledErrorsPerKind;
  const after: ErrorsOfCode = {
    code,
    count: before.count + 1,
    samples: room ? [...before.samples, { message, identifier }] : before.samples,
  };
  const errors = known?.errors.includes(before)
    ? window.errors.map((entry) => (entry === before ? after : entry))
    : [...window.errors, after];
  windows(world).put({ ...window, errors });
}

function report(world: World, { meterId, startMs, errors }: ErrorWindow): void {
  const total = errors.reduce((sum, { count }) => sum + count, 0);
  const meter = meterId === null ? undefined : meters(world).get(meterId);
  emitThin(world, {
    type: meter === undefined ? 'v1.billing.meter.no_meter_found' : 'v1.billing.meter.error_report_triggered',
    related:
      meter === undefined
        ? null
        : { id: meter.id, type: 'billing.meter', url: `/v1/billing/meters/${meter.id}` },
    data: {
      developer_message_summary:
        total === 1 ? 'There is 1 invalid event' : `There are ${total} invalid events`,
      reason: {
        error_count: total,
        error_types: errors.map(({ code, count, samples }) => ({
          code,
          error_count: count,
          sample_errors: samples.map(({ message, identifier }) => ({
            error_message: message,
            request: { identifier },
          })),
        })),
      },
      validation_end: new Date(startMs + WINDOW_MS).toISOString(),
      validation_start: new Date(startMs).toISOString(),
    },
  });
}
