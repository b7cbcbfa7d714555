export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** The last multiple of `unitMs` since the epoch that is not after `atMs`. Days are UTC days. */
export function floorTo(unitMs: number, atMs: number): number {
  return Math.floor(atMs / unitMs) * unitMs;
}

/** The first multiple of `unitMs` since the epoch that is not before `atMs`. */
export function ceilTo(unitMs: number, atMs: number): number {
  return Math.ceil(atMs / unitMs) * unitMs;
}
