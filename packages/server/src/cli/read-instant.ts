import { UsageError } from './usage-error.ts';

const unitsMs = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `7d`, `12h` or `30m` before now, or an ISO 8601 date or instant (UTC where it names no zone), as Unix ms. */
export function readInstant(option: string, text: string, nowMs: number): number {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  if (unit === 'm' || unit === 'h' || unit === 'd') return nowMs - Number(count) * unitsMs[unit];
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text);
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?$/.test(text);
  const hasZone = isDate || /(Z|[+-]\d\d:\d\d)$/.test(text);
  const instantMs = isDate || isInstant ? Date.parse(hasZone ? text : `${text}Z`) : Number.NaN;
  if (Number.isNaN(instantMs)) {
    throw new UsageError(
      `${option} takes a time ago such as 7d, 12h or 30m, or an ISO 8601 instant such as 2026-11-26T09:30:00Z, not "${text}".`,
    );
  }
  return instantMs;
}
