import { describe, expect, it } from 'vitest';
import { decodeForm, fingerprint } from './form.ts';

describe('form decoding', () => {
  it('nests maps and arrays, decoding both names and values', () => {
    const form = decodeForm(
      'a%5Bb%5D[c]=1+2&list[]=x&list[]=%C3%A9&items[0][price]=p&items[1][price]=q&empty=',
    );
    expect(fingerprint(form)).toBe(
      fingerprint(
        decodeForm('items[1][price]=q&items[0][price]=p&list[0]=x&list[1]=%c3%a9&a[b][c]=1%202&empty='),
      ),
    );
    expect(form.get('a')).toEqual(new Map([['b', new Map([['c', '1 2']])]]));
    expect(form.get('list')).toEqual(
      new Map([
        ['0', 'x'],
        ['1', 'é'],
      ]),
    );
    expect(form.get('empty')).toBe('');
  });

  it('tells different values and different names apart', () => {
    const prints = ['a=1', 'a=2', 'b=1', 'a[b]=1', 'a[]=1', ''].map((text) => fingerprint(decodeForm(text)));
    expect(new Set(prints).size).toBe(prints.length);
  });

  it('treats __proto__ as a key like any other', () => {
    const form = decodeForm('__proto__[polluted]=yes&constructor[prototype][polluted]=yes');
    expect(form.get('__proto__')).toEqual(new Map([['polluted', 'yes']]));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each([
    'a=%',
    'a=%E0%A4%A',
    '[b]=1',
    'a[b=1',
    'a[[b]]=1',
    'a=1&a[b]=2',
    'a[b]=2&a=1',
    `a${'[b]'.repeat(20)}=1`,
  ])('refuses %s with an error of Stripe’s kind', (text) => {
    expect(() => decodeForm(text)).toThrow(
      expect.objectContaining({ status: 400, type: 'invalid_request_error' }),
    );
  });

  it('refuses more than a thousand fields', () => {
    expect(() => decodeForm('a=1&'.repeat(1_001))).toThrow('Too many parameters');
  });
});
