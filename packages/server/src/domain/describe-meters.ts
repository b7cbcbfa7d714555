import type { Meter } from '@meterboard/contract';
import type { RawMeter } from '../gateway.ts';

/** What the host says about one meter. */
export interface MeterSetting {
  /** The provider's event name. */
  eventName: string;
  /** Replaces the provider's display name. */
  label?: string;
  /** What one unit is called ("requests"). */
  unit?: string;
  /** Not shown, and unknown to every procedure. */
  hidden?: boolean;
  /** Soft limit per billing period, a decimal; bars and `near`/`over` are measured against it. */
  limit?: string;
}

/** A meter that the customer may see, with what reads and judges it. */
export interface ShownMeter {
  meterId: string;
  meter: Meter;
  limit: string | null;
}

/**
 * The meters that customers see: those that the host names, in its order, then the other active ones by
 * label. Hidden ones and those whose formula this version does not know are left out.
 */
export function describeMeters(raw: readonly RawMeter[], settings: readonly MeterSetting[]): ShownMeter[] {
  const byName = new Map(settings.map((setting, order) => [setting.eventName, { ...setting, order }]));
  return raw
    .flatMap((meter) => {
      const setting = byName.get(meter.eventName);
      const { aggregation } = meter;
      const isRetired = !meter.active && setting === undefined;
      if (setting?.hidden || isRetired || aggregation === 'other') return [];
      const shown: ShownMeter = {
        meterId: meter.meterId,
        meter: {
          eventName: meter.eventName,
          label: setting?.label ?? meter.displayName,
          unit: setting?.unit ?? null,
          aggregation,
          status: meter.active ? 'active' : 'inactive',
        },
        limit: setting?.limit ?? null,
      };
      return [{ shown, order: setting?.order ?? Number.POSITIVE_INFINITY }];
    })
    .toSorted((a, b) => (a.order === b.order ? compareLabels(a.shown, b.shown) : a.order - b.order))
    .map(({ shown }) => shown);
}

function compareLabels(a: ShownMeter, b: ShownMeter): number {
  return a.meter.label.localeCompare(b.meter.label, 'en') || (a.meter.eventName < b.meter.eventName ? -1 : 1);
}
