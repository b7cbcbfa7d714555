import { invalidRequest } from './errors.ts';
import type { FormMap } from './form.ts';

/** The API version that is spoken when a request names none. */
export const API_VERSION = '2026-10-28.endive';
const API_DAY = '2026-10-28';

/** A parameter of earlier API versions, still taken from clients that speak one. */
export interface LegacyParam {
  /** The day of the first version without it, such as `2026-03-25`. */
  removedIn: string;
  /** Says the same in today's parameters; may change the form that it is given and must throw nothing. */
  rewrite(form: FormMap): void;
}

/** The day of the version that a request names, or `null` when it names none. Throws for what is no version. */
export function readVersion(header: string | undefined): string | null {
  if (header === undefined || header === '') return null;
  if (header === API_VERSION) return API_DAY;
  const day = /^(\d{4}-\d{2}-\d{2})(\.[a-z_]+)?(;.*)?$/.exec(header.trim())?.[1];
  if (day === undefined) {
    throw invalidRequest(`Invalid Stripe API version: ${header.replace(/[^\x20-\x7e]/g, '?').slice(0, 80)}`);
  }
  return day;
}

/**
 * Rewrites the parameters that later versions removed, for a request of an earlier version or of none: other official
 * clients send no version, and mean their account's.
 */
export function applyLegacy(
  form: FormMap,
  legacy: readonly LegacyParam[],
  versionDay: string | null,
): FormMap {
  const known = legacy.filter(({ removedIn }) => versionDay === null || versionDay < removedIn);
  if (known.length === 0) return form;
  const rewritten: FormMap = new Map(form);
  for (const { rewrite } of known) rewrite(rewritten);
  return rewritten;
}
