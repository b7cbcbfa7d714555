import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRouter } from '../../packages/stripe-simulator/src/protocol/router.ts';
import { routes } from '../../packages/stripe-simulator/src/resources/index.ts';
import { beyondDeclarations, differences } from './differences.ts';
import { objectsOf } from './recording-client.ts';
import { readDeclarations } from './sdk-declarations.ts';
import { walk } from './walk/index.ts';

const samplesPath = join(import.meta.dirname, '../../../shared/data/stripe-fixtures3.json');
const samples: Record<string, unknown> = existsSync(samplesPath)
  ? JSON.parse(readFileSync(samplesPath, 'utf8')).resources
  : {};
const withSamples = existsSync(samplesPath) ? describe : describe.skip;
const sampleTitle = existsSync(samplesPath)
  ? 'compared with Stripe’s own samples'
  : 'compared with Stripe’s own samples (skipped: ../shared/data/stripe-fixtures3.json is not there)';

const { exchanges, outcomes } = await walk();
const declarations = readDeclarations();
const seen = Map.groupBy(
  exchanges
    .filter(({ status, method, path }) => status === 200 && !(method === 'DELETE' && path.startsWith('/v2/')))
    .flatMap(({ body }) => objectsOf(body)),
  ({ object, deleted }) => (deleted === true ? `deleted_${String(object)}` : String(object)),
);

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

describe('a walk through every route with the real SDK', () => {
  const find = createRouter(routes);
  const walked = new Set(
    exchanges
      .filter(({ status }) => status === 200)
      .map(({ method, path }) => find(method, path)?.route)
      .map((route) => `${route?.method} ${route?.path}`),
  );

  it.each(Object.entries(outcomes))('ends well: %s', (_, outcome) => {
    expect(outcome).toBeNull();
  });

  it.each(routes.map(({ method, path }) => `${method} ${path}`))('goes through %s', (route) => {
    expect(walked).toContain(route);
  });
});

describe('every object that went over the wire', () => {
  it('is of a kind that the SDK declares', () => {
    const kinds = [...seen.keys()].map((kind) => kind.replace(/^deleted_/, ''));
    expect(kinds.filter((kind) => !declarations.kinds.includes(kind))).toEqual([]);
    expect(seen.size).toBeGreaterThan(15);
  });

  it.each([...seen.keys()])('%s has every key that the SDK declares, no other, each of its type', (kind) => {
    const problems = (seen.get(kind) ?? []).flatMap((object) =>
      declarations.violations(String(object.object), object),
    );
    const unexplained = problems.filter((problem) => beyondDeclarations[problem] === undefined);
    expect([...new Set(unexplained)]).toEqual([]);
  });
});

withSamples(sampleTitle, () => {
  const lacking = [...seen].flatMap(([kind, objects]) => {
    const sample = samples[kind];
    if (!isMap(sample)) return [];
    return [...new Set(objects.flatMap((object) => missingKeys(sample, object, [])))].map((path) => ({
      kind: kind.replace(/^deleted_/, ''),
      path,
    }));
  });
  const unexplained = lacking.filter(
    ({ kind, path }) => declarations.declared(kind, path.split('.')) !== 'optional',
  );

  it.each([...seen.keys()].filter((kind) => isMap(samples[kind])))(
    '%s has every key of its sample',
    (kind) => {
      const missing = unexplained
        .filter((each) => each.kind === kind)
        .map(({ path }) => `${kind}.${path}`)
        .filter((path) => differences[path] === undefined);
      expect(missing).toEqual([]);
    },
  );

  it('covers the resources of usage, credits and invoices', () => {
    const compared = [...seen.keys()].filter((kind) => isMap(samples[kind]));
    expect(compared).toEqual(
      expect.arrayContaining(['billing.meter', 'billing.credit_grant', 'invoice', 'subscription', 'price']),
    );
  });

  it('explains only what really differs', () => {
    const real = unexplained.map(({ kind, path }) => `${kind}.${path}`);
    expect(Object.keys(differences).filter((path) => !real.includes(path))).toEqual([]);
  });
});

/** Paths of keys that a sample has and an object lacks. Maps of the caller's own making and other objects are left out. */
function missingKeys(
  sample: Record<string, unknown>,
  object: Record<string, unknown>,
  path: readonly string[],
): string[] {
  return Object.entries(sample).flatMap(([key, value]) => {
    const at = [...path, key];
    if (!Object.hasOwn(object, key)) return [at.join('.')];
    const own = object[key];
    if (key === 'metadata' || !isMap(value) || !isMap(own)) return [];
    return typeof own.object === 'string' ? [] : missingKeys(value, own, at);
  });
}

describe('the check of declarations itself', () => {
  const meter = seen.get('billing.meter')?.[0] ?? {};
  it.each([
    [
      'a key too few',
      ({ display_name: _, ...rest }: Record<string, unknown>) => rest,
      'display_name is missing',
    ],
    ['a key too many', (good: object) => ({ ...good, colour: 'red' }), 'colour is not a key'],
    ['a wrong type', (good: object) => ({ ...good, created: '1' }), 'created is "1"'],
    ['a null where none may be', (good: object) => ({ ...good, status: null }), 'status is null'],
    [
      'a wrong value inside',
      (good: object) => ({ ...good, value_settings: {} }),
      'value_settings.event_payload_key',
    ],
    [
      'a wrong literal',
      (good: object) => ({ ...good, customer_mapping: { event_payload_key: 'a', type: 1 } }),
      'type',
    ],
  ])('finds %s', (_, spoil, message) => {
    expect(declarations.violations('billing.meter', meter)).toEqual([]);
    expect(declarations.violations('billing.meter', spoil(meter)).join()).toContain(message);
  });

  it('finds a key of the sample that an object lacks, also inside', () => {
    expect(missingKeys({ a: 1, b: { c: 1, d: null } }, { b: { c: 2 } }, [])).toEqual(['a', 'b.d']);
  });
});
