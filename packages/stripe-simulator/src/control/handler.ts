import { jsonAnswer } from '../protocol/answer.ts';
import { jsonOf } from '../protocol/body.ts';
import { invalidRequest, StripeFault } from '../protocol/errors.ts';
import type { ControlHandler } from '../protocol/server.ts';
import type { ControlRoute } from './control-route.ts';

const PREFIX = '/_simulator';

/**
 * Answers `/_simulator/*` from a list of switches. A POST must say that it is JSON, so that no page of another origin
 * can send one without being asked for permission first. `GET /_simulator` lists the switches.
 */
export function createControlHandler(routes: readonly ControlRoute[]): ControlHandler {
  return async ({ method, path, query, type }, body) => {
    const headers = { 'content-type': 'application/json' };
    if (method === 'POST' && !/^application\/json\b/i.test(type))
      throw invalidRequest('The switches take application/json.');
    const below = path.slice(PREFIX.length).replace(/\/$/, '');
    if (below === '' && method === 'GET') {
      const switches = routes.map((route) => `${route.method} ${PREFIX}${route.path}`);
      return { ...jsonAnswer({ switches }), headers };
    }
    for (const route of routes) {
      const named = route.method === method ? matched(route.path, below) : undefined;
      if (named === undefined) continue;
      const input = {
        body: method === 'POST' ? jsonOf(body, type) : {},
        query: new URLSearchParams(query),
        path: named,
      };
      try {
        return { ...jsonAnswer(await route.run(input)), headers };
      } catch (error) {
        throw error instanceof RangeError ? invalidRequest(error.message) : error;
      }
    }
    throw new StripeFault(`The simulator has no switch ${method} ${path}. GET ${PREFIX} lists them.`, {
      status: 404,
      code: 'resource_missing',
    });
  };
}

function matched(pattern: string, path: string): Record<string, string> | undefined {
  const parts = pattern.split('/');
  const segments = path.split('/');
  if (parts.length !== segments.length) return undefined;
  const named: Array<[string, string]> = [];
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':') && segment !== '') named.push([part.slice(1), segment]);
    else if (part !== segment) return undefined;
  }
  return Object.fromEntries(named);
}
