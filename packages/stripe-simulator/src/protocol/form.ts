import { invalidRequest } from './errors.ts';

/** A decoded form: maps instead of objects, so that hostile keys such as `__proto__` are only keys. */
export type FormValue = string | FormMap;
export type FormMap = Map<string, FormValue>;

const MAX_FIELDS = 1_000;
const MAX_DEPTH = 8;

/**
 * Decodes `a[b][c]=1&list[]=x&list[0]=y`. Arrays arrive as maps with numeric keys; what is an array and what a
 * map is for the parameter's declaration to say. Throws Stripe's 400 for anything malformed.
 */
export function decodeForm(text: string): FormMap {
  const form: FormMap = new Map();
  if (text === '') return form;
  const fields = text.split('&');
  if (fields.length > MAX_FIELDS)
    throw invalidRequest(`Too many parameters: at most ${MAX_FIELDS} are allowed.`);
  for (const field of fields) {
    if (field === '') continue;
    const split = field.indexOf('=');
    const name = decodePart(split === -1 ? field : field.slice(0, split));
    put(form, pathOf(name), split === -1 ? '' : decodePart(field.slice(split + 1)), name);
  }
  return form;
}

/** The same fields in one canonical order, for telling whether two requests carry the same parameters. */
export function fingerprint(form: FormMap): string {
  const entries = [...form.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return JSON.stringify(
    entries.map(([key, value]) => [key, typeof value === 'string' ? value : fingerprint(value)]),
  );
}

function decodePart(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidRequest('Invalid request: the form contains a malformed percent-encoding.');
  }
}

function pathOf(name: string): string[] {
  const open = name.indexOf('[');
  if (open === -1) return [name];
  if (open === 0 || !name.endsWith(']'))
    throw invalidRequest(`Invalid parameter name: ${name}`, { param: name });
  const path = [name.slice(0, open), ...name.slice(open + 1, -1).split('][')];
  if (path.length > MAX_DEPTH || path.some((part) => part.includes('[') || part.includes(']'))) {
    throw invalidRequest(`Invalid parameter name: ${name}`, { param: name });
  }
  return path;
}

function put(form: FormMap, path: string[], value: string, name: string): void {
  let map = form;
  for (const [index, part] of path.entries()) {
    const key = part === '' ? String(map.size) : part;
    if (index === path.length - 1) {
      if (map.get(key) instanceof Map)
        throw invalidRequest(`Invalid ${name}: it is given both as a value and as a map.`);
      map.set(key, value);
      return;
    }
    const next = map.get(key) ?? new Map<string, FormValue>();
    if (typeof next === 'string')
      throw invalidRequest(`Invalid ${name}: it is given both as a value and as a map.`);
    map.set(key, next);
    map = next;
  }
}
