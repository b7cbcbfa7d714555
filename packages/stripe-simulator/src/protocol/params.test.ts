import { describe, expect, it } from 'vitest';
import { decodeForm } from './form.ts';
import {
  array,
  boolean,
  clearable,
  currency,
  decimal,
  integer,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  optional,
  parseShape,
  string,
  timeRange,
  url,
} from './params.ts';

const shape = {
  name: string({ maxLength: 5 }),
  count: optional(integer({ min: 1, max: 10 })),
  unit: optional(decimal({ maxPlaces: 12, min: 0 })),
  mode: optional(oneOf(['a', 'b'], ['c'])),
  flag: optional(boolean()),
  money: optional(currency()),
  at: optional(url()),
  end: clearable(integer()),
  list: optional(array(object({ id: string() }), { max: 2 })),
  metadata: metadata(),
};
const parse = (text: string) => parseShape(decodeForm(text), shape, ['absent_feature']);

describe('parameters', () => {
  it('gives typed values', () => {
    expect(
      parse(
        'name=x&count=3&unit=0.000000000001&mode=b&flag=false&money=USD&end=&list[0][id]=i&list[1][id]=j',
      ),
    ).toEqual({
      name: 'x',
      count: 3,
      unit: '0.000000000001',
      mode: 'b',
      flag: false,
      money: 'usd',
      at: undefined,
      end: null,
      list: [{ id: 'i' }, { id: 'j' }],
      metadata: undefined,
    });
  });

  it('reads arrays in the order of their indices', () => {
    expect(parse('name=x&list[1][id]=second&list[0][id]=first').list).toEqual([
      { id: 'first' },
      { id: 'second' },
    ]);
  });

  it.each([
    ['', 'parameter_missing', 'name'],
    ['name=', 'parameter_invalid_empty', 'name'],
    ['name=x&what=1', 'parameter_unknown', 'what'],
    ['name=x&list[0][foo]=1', 'parameter_unknown', 'list[0][foo]'],
    ['name=x&list[0]=1', undefined, 'list[0]'],
    ['name=x&list[a][id]=1', undefined, 'list'],
    ['name=x&list[0][id]=1&list[1][id]=2&list[2][id]=3', undefined, 'list'],
    ['name=x&count=1.5', 'parameter_invalid_integer', 'count'],
    ['name=x&count=99999999999999999999', 'parameter_invalid_integer', 'count'],
    ['name=x&count=11', 'parameter_invalid_integer', 'count'],
    ['name=x&count=0', 'parameter_invalid_integer', 'count'],
    ['name=x&unit=0.0000000000001', undefined, 'unit'],
    ['name=x&unit=-1', undefined, 'unit'],
    ['name=x&unit=1e3', undefined, 'unit'],
    ['name=x&mode=z', undefined, 'mode'],
    ['name=x&flag=1', undefined, 'flag'],
    ['name=x&money=dollars', undefined, 'money'],
    ['name=x&money=xyz', undefined, 'money'],
    ['name=x&at=javascript:alert(1)', 'url_invalid', 'at'],
    ['name=toolong', undefined, 'name'],
    ['name[a]=1', undefined, 'name'],
  ])('refuses %j with code %s on %s', (text, code, param) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ status: 400, code, param }));
  });

  it('answers 501 for what Stripe has and the simulator lacks', () => {
    expect(() => parse('name=x&absent_feature=1')).toThrow(expect.objectContaining({ status: 501 }));
    expect(() => parse('name=x&mode=c')).toThrow(expect.objectContaining({ status: 501 }));
  });

  it('filters times with inclusive and exclusive bounds', () => {
    const within = (text: string) => parseShape(decodeForm(text), { created: timeRange() }).created;
    expect([9, 10, 11].map(within('created[gte]=10&created[lt]=11'))).toEqual([false, true, false]);
    expect([9, 10, 11].map(within('created=10'))).toEqual([false, true, false]);
    expect(() => within('created[after]=1')).toThrow('unknown parameter');
  });

  it('merges metadata: sets, unsets one key, unsets all', () => {
    const current = { a: '1', b: '2' };
    expect(mergeMetadata(current, parse('name=x&metadata[a]=&metadata[c]=3').metadata)).toEqual({
      b: '2',
      c: '3',
    });
    expect(mergeMetadata(current, parse('name=x&metadata=').metadata)).toEqual({});
    expect(mergeMetadata(current, parse('name=x').metadata)).toBe(current);
  });
});
