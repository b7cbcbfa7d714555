import type { Answers } from '../cache/answers.ts';
import type { MeterboardContext } from '../router/init.ts';
import { readyJson } from './ready-body.ts';

/** Answers the dashboard's one big question from text, where that is fresh. */
export interface KeptOverview {
  /** The answer to the request, made by `make` where it is not kept. */
  answer(request: Request, context: MeterboardContext, make: () => Promise<Response>): Promise<Response>;
}

/** Without answers to keep: everything is made each time. */
export function createKeptOverview(endpoint: string, answers: Answers | null): KeptOverview {
  const path = `${endpoint}/overview`;
  return {
    async answer(request, context, make) {
      if (!answers || request.method !== 'GET') return make();
      const { pathname, search } = new URL(request.url);
      if (pathname !== path) return make();
      const identity = await context.identify().catch(() => null);
      if (!identity) return make();
      const { customerId, permissions = null } = identity;
      // Who may see less has answers of their own.
      const question = JSON.stringify([permissions?.toSorted() ?? null, search]);
      const known = answers.find(customerId, question);
      if (known !== null) return readyJson(request, known);
      const draft = answers.begin(customerId);
      const response = await make();
      const facts = context.answered;
      if (response.status !== 200 || !facts) return response;
      const text = await response.text();
      draft.keep(question, text, facts);
      const { status, headers } = response;
      return new Response(text, { status, headers });
    },
  };
}
