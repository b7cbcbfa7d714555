import { describe, expect, it } from 'vitest';
import type { RawEventDestination, RawMeter } from '../gateway.ts';
import { planSetup, type SetupFacts } from './plan-setup.ts';

const url = 'https://app.example/api/meterboard/webhooks/stripe';
const facts = (change: Partial<SetupFacts> = {}): SetupFacts => ({
  url,
  basePath: '/api/meterboard',
  wantedTypes: { snapshot: ['a', 'b'], thin: ['v1.c'] },
  destinations: [],
  meters: [],
  meterNames: [],
  packages: [],
  meteredPrices: null,
  ...change,
});
const destination = (change: Partial<RawEventDestination> = {}): RawEventDestination => ({
  destinationId: 'ed_1',
  url,
  payload: 'snapshot',
  types: ['a', 'b'],
  enabled: true,
  secret: null,
  ...change,
});
const thin = destination({ destinationId: 'ed_2', payload: 'thin', types: ['v1.c'] });
const meter = (change: Partial<RawMeter> = {}): RawMeter => ({
  meterId: 'mtr_1',
  eventName: 'calls',
  displayName: 'Calls',
  aggregation: 'sum',
  active: true,
  ...change,
});
const plan = (change: Partial<SetupFacts>) =>
  planSetup(facts(change)).map(({ kind, words }) => `${kind}: ${words}`);

describe('destinations', () => {
  it('are both made where there is none', () => {
    expect(planSetup(facts())).toMatchObject([
      { kind: 'create', destination: { url, payload: 'snapshot', types: ['a', 'b'] } },
      { kind: 'create', destination: { url, payload: 'thin', types: ['v1.c'] } },
    ]);
  });

  it('that send everything are left as they are, with whatever else they send', () => {
    const more = destination({
      types: ['b', 'a', 'z'],
      url: 'https://APP.example:443/api/meterboard/webhooks/stripe',
    });
    expect(planSetup(facts({ destinations: [more, thin] })).map(({ kind }) => kind)).toEqual(['ok', 'ok']);
    const all = destination({ types: ['*'] });
    expect(plan({ destinations: [all, thin] })).toEqual([
      'ok: ed_1 sends all wanted snapshot events.',
      expect.stringMatching(/^problem: ed_1 sends invoice.created/),
      'ok: ed_2 sends all wanted thin events.',
    ]);
  });

  it.each([
    ['lack types', destination({ types: ['z', 'b'] }), ['z', 'b', 'a'], /add a\./],
    ['are disabled', destination({ enabled: false }), ['a', 'b'], /enable it\./],
    [
      'lack types and are disabled',
      destination({ types: [], enabled: false }),
      ['a', 'b'],
      /enable it; add a, b\./,
    ],
  ])('that %s are changed, and lose nothing', (_, found, types, words) => {
    const [step] = planSetup(facts({ destinations: [found, thin] }));
    expect(step).toMatchObject({
      kind: 'update',
      destinationId: 'ed_1',
      types,
      words: expect.stringMatching(words),
    });
  });

  it('at other addresses are nobody’s business', () => {
    const other = destination({ url: 'https://app.example/other' });
    expect(planSetup(facts({ destinations: [other, thin] }))[0]?.kind).toBe('create');
  });

  it('at the same address are used once and reported otherwise', () => {
    const second = destination({ destinationId: 'ed_old', types: ['a'] });
    expect(plan({ destinations: [second, destination(), thin] })).toEqual([
      'ok: ed_1 sends all wanted snapshot events.',
      expect.stringMatching(/^problem: ed_old sends snapshot events to the same address. It is left alone/),
      'ok: ed_2 sends all wanted thin events.',
    ]);
  });

  it.each([
    ['nowhere', /no address/],
    ['http://app.example/api/meterboard/webhooks/stripe', /not https/],
    ['http://localhost.evil.example/api/meterboard/webhooks/stripe', /not https/],
    ['ftp://app.example/api/meterboard/webhooks/stripe', /not https/],
    ['https://me:secret@app.example/api/meterboard/webhooks/stripe', /name or a password/],
    ['https://app.example/', /does not end in \/api\/meterboard\/webhooks\/stripe/],
  ])('are not made for %s', (wrong, words) => {
    expect(planSetup(facts({ url: wrong }))).toEqual([
      { kind: 'problem', words: expect.stringMatching(words) },
    ]);
  });

  it.each(['http://127.0.0.1:3000', 'http://localhost:3000', 'http://[::1]:3000'])(
    'are made for %s',
    (origin) => {
      const steps = planSetup(facts({ url: `${origin}/api/meterboard/webhooks/stripe` }));
      expect(steps.map(({ kind }) => kind)).toEqual(['create', 'create']);
    },
  );
});

describe('meters and packages', () => {
  const rest = (change: Partial<SetupFacts>) =>
    plan({ destinations: [destination(), thin], ...change }).slice(2);
  const price = { meterId: 'mtr_1', currency: 'usd' };
  const ten = { id: 'ten', credit: { currency: 'usd' } };

  it.each([
    [
      'a meter that is billed',
      { meters: [meter()], meterNames: ['calls'], meteredPrices: [price] },
      /^ok: The meter of 'calls' is active/,
    ],
    ['a meter whose prices are not known', { meters: [meter()], meterNames: ['calls'] }, /^ok/],
    [
      'a meter beside an older one',
      { meters: [meter({ meterId: 'mtr_0', active: false }), meter()], meterNames: ['calls'] },
      /^ok/,
    ],
    [
      'an unknown meter',
      { meters: [meter()], meterNames: ['cals'] },
      /^problem: There is no meter with the event name 'cals'/,
    ],
    [
      'an inactive meter',
      { meters: [meter({ active: false })], meterNames: ['calls'] },
      /^problem: .*not active/,
    ],
    [
      'a meter without prices',
      { meters: [meter()], meterNames: ['calls'], meteredPrices: [] },
      /^problem: No active price bills/,
    ],
    [
      'a package in a billed currency',
      { packages: [ten], meteredPrices: [price] },
      /^ok: Top-up package 'ten'/,
    ],
    [
      'a package in another currency',
      { packages: [ten], meteredPrices: [{ ...price, currency: 'eur' }] },
      /^problem: Top-up package 'ten' credits usd/,
    ],
  ])('%s', (_, change, words) => {
    expect(rest(change)).toEqual([expect.stringMatching(words)]);
  });
});
