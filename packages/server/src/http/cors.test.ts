import { describe, expect, it } from 'vitest';
import { exampleApp, exampleBase } from '../testing/example-app.ts';

describe('pages of other origins', () => {
  const from = (origin: string, init: RequestInit = {}) =>
    exampleApp().handler(
      new Request(`${exampleBase}/trpc/meters.list`, {
        ...init,
        headers: { origin, 'sec-fetch-site': 'cross-site' },
      }),
    );
  const corsOf = ({ headers }: Response) =>
    ['allow-origin', 'allow-credentials', 'allow-headers'].map((name) =>
      headers.get(`access-control-${name}`),
    );

  it('may call and read answers where they are listed', async () => {
    const preflight = await from('https://partner.example', { method: 'OPTIONS' });
    expect([preflight.status, preflight.headers.get('vary')]).toEqual([204, 'Origin']);
    expect(corsOf(preflight)).toEqual(['https://partner.example', 'true', 'content-type']);
    const answer = await from('https://partner.example');
    expect(answer.headers.get('vary')).toContain('Origin');
    expect([answer.status, ...corsOf(answer)]).toEqual([200, 'https://partner.example', 'true', null]);
  });

  it.each(['https://evil.example', 'null', 'https://partner.example.evil.example'])(
    'may read nothing as %s',
    async (origin) => {
      const answers = [await from(origin, { method: 'OPTIONS' }), await from(origin)];
      for (const answer of answers) {
        expect(corsOf(answer)).toEqual([null, null, null]);
        expect(answer.headers.get('vary')).toContain('Origin');
      }
    },
  );
});
