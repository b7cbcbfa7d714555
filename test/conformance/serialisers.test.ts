import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseAst } from 'vite';
import { describe, expect, it } from 'vitest';

interface Node {
  type: string;
  [key: string]: unknown;
}

const source = join(import.meta.dirname, '../../packages/stripe-simulator/src');

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string';
}

function nodesIn(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  if (!isNode(value)) return [];
  return [value, ...Object.values(value).flatMap(nodesIn)];
}

interface Serialiser {
  name: string;
  held: boolean;
  casts: number;
}

function namesWire(type: unknown): boolean {
  return nodesIn(type).some((each) => each.type === 'Identifier' && each.name === 'Wire');
}

/** Not held by a type of their own, and why. */
const exceptions: Readonly<Record<string, string>> = {
  toStripeEvent: 'the SDK has a type per event; its objects are checked where they are made',
  toStripeNotification: 'the SDK has a type per event; checked at run time',
  toStripeThinEvent: 'the SDK has a type per event; checked at run time',
  toStripeShipping: 'a part of the customer, whose serialiser is held',
};

/** Functions that make Stripe's objects, by their name: `toStripe…`. */
function serialisersOf(code: string): Serialiser[] {
  return nodesIn(parseAst(code, { lang: 'ts' }).body).flatMap((node): Serialiser[] => {
    if (node.type !== 'FunctionDeclaration' || !isNode(node.id)) return [];
    const name = String(node.id.name);
    if (!/^toStripe[A-Z]/.test(name)) return [];
    const inside = nodesIn(node.body);
    const held =
      namesWire(node.returnType) ||
      inside.some((part) => part.type === 'TSSatisfiesExpression' && namesWire(part.typeAnnotation));
    const casts = inside.filter(({ type, typeAnnotation }) => {
      const target =
        isNode(typeAnnotation) && isNode(typeAnnotation.typeName) ? typeAnnotation.typeName.name : '';
      return type === 'TSAsExpression' && target !== 'const';
    }).length;
    return [{ name, held, casts }];
  });
}

const found = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .flatMap((path) =>
    serialisersOf(readFileSync(path, 'utf8')).map((each) => ({ ...each, file: relative(source, path) })),
  );

describe('serialisers', () => {
  it('are held to the SDK’s types by the compiler: each `toStripe…` satisfies a `Wire<Stripe.…>`', () => {
    expect(found.length).toBeGreaterThan(12);
    expect(found.filter(({ held, name }) => !held && exceptions[name] === undefined)).toEqual([]);
  });

  it('are excepted only where they exist and are not held', () => {
    const unheld = found.filter(({ held }) => !held).map(({ name }) => name);
    expect(Object.keys(exceptions).filter((name) => !unheld.includes(name))).toEqual([]);
  });

  it('cast nothing, so that the compiler is not talked out of it', () => {
    expect(found.filter(({ casts }) => casts > 0)).toEqual([]);
  });
});

describe('the check of serialisers itself', () => {
  it.each([
    ['function toStripeX(x) { return { id: x.id } satisfies Wire<Stripe.X>; }', true, 0],
    ['function toStripeX(x): Wire<Stripe.X> { return { id: x.id }; }', true, 0],
    ['function toStripeX(x) { return { id: x.id }; }', false, 0],
    ['function toStripeX(x) { return { id: x.id as string } satisfies Wire<Stripe.X>; }', true, 1],
    ["function toStripeX(x) { return { object: 'x' as const } satisfies Wire<Stripe.X>; }", true, 0],
  ])('%s', (code, held, casts) => {
    expect(serialisersOf(code)).toEqual([{ name: 'toStripeX', held, casts }]);
  });
});
