import type { JsonParsed, JsonShape } from '../protocol/json-params.ts';
import { parseJsonShape } from '../protocol/json-params.ts';

/** One switch over HTTP, under `/_simulator`. */
export interface ControlRoute {
  method: 'DELETE' | 'GET' | 'POST';
  /** Below `/_simulator`, such as `/clock/advance`; segments that begin with a colon are names. */
  path: string;
  /** Validates the body and the query, acts, and gives the answer. */
  run(input: {
    body: unknown;
    query: URLSearchParams;
    path: Record<string, string>;
  }): Promise<object> | object;
}

/** Declares a switch whose JSON body is checked; anything undeclared in it is refused with 400. */
export function controlRoute<S extends JsonShape>(options: {
  method: ControlRoute['method'];
  path: string;
  body?: S;
  handle(
    body: JsonParsed<S>,
    request: { query: URLSearchParams; path: Record<string, string> },
  ): Promise<object> | object;
}): ControlRoute {
  return {
    method: options.method,
    path: options.path,
    run({ body, query, path }) {
      return options.handle(parseJsonShape(body, options.body ?? ({} as S)), { query, path });
    },
  };
}
