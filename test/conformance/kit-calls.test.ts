import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSimulator } from '@meterboard/stripe-simulator';
import { parseAst } from 'vite';
import { describe, expect, it } from 'vitest';
import { recordingClient } from './recording-client.ts';
import { kitCalls } from './walk/kit-calls.ts';

interface Node {
  type: string;
  [key: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string';
}

function nodesIn(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  if (!isNode(value)) return [];
  return [value, ...Object.values(value).flatMap(nodesIn)];
}

/** `a.b.c` of a chain of members, or nothing when it is not one. */
function chainOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier') return String(node.name);
  if (node.type === 'ThisExpression') return 'this';
  if (node.type !== 'MemberExpression' || node.computed === true || !isNode(node.property)) return undefined;
  const start = chainOf(node.object);
  return start === undefined ? undefined : `${start}.${String(node.property.name)}`;
}

/** The calls on a Stripe client that a source file makes: `billing.meters.list` for `stripe.billing.meters.list(…)`. */
function callsIn(code: string): string[] {
  return nodesIn(parseAst(code, { lang: 'ts' }).body).flatMap((node) => {
    const chain = node.type === 'CallExpression' ? chainOf(node.callee) : undefined;
    const call = /^(?:.*\.)?(?:stripe|client)\.((?:v2\.)?[a-zA-Z]+(?:\.[a-zA-Z]+)+)$/.exec(chain ?? '')?.[1];
    return call === undefined ? [] : [call];
  });
}

const server = join(import.meta.dirname, '../../packages/server/src');
const made = readdirSync(server, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
  .flatMap((entry) => callsIn(readFileSync(join(entry.parentPath, entry.name), 'utf8')))
  .filter((call) => !call.startsWith('webhooks.'));

describe('every call that the kit makes of Stripe', () => {
  it.each(Object.entries(kitCalls))('is answered by the simulator: stripe.%s', async (_, attempt) => {
    const sim = await createSimulator({
      scenario: 'demo',
      nowMs: Date.UTC(2026, 10, 26, 9, 30),
      frozen: true,
    });
    try {
      const { stripe, exchanges } = recordingClient(sim);
      await attempt(stripe, sim.scenario);
      expect(exchanges.at(-1)?.status).toBe(200);
    } finally {
      await sim.close();
    }
  });

  it('stands in that list', () => {
    expect([...new Set(made)].filter((call) => kitCalls[call] === undefined)).toEqual([]);
  });

  it('finds calls in code, whatever the client is a part of', () => {
    const code =
      'const a = await listAll(stripe.billing.meters.list({})); this.stripe.prices.retrieve(x); host.client.refunds.create({}); stripe.on("x"); other.prices.list();';
    expect(callsIn(code)).toEqual(['billing.meters.list', 'prices.retrieve', 'refunds.create']);
  });
});
