import { describe, expect, it } from 'vitest';
import { checkWebhooks } from './webhook-options.ts';

describe('webhooks', () => {
  it.each([
    ['nothing', undefined, { secrets: [], keepDays: 90 }],
    ['variables that are not set', { secrets: [undefined, ''] }, { secrets: [], keepDays: 90 }],
    [
      'a secret per destination, each once',
      { secrets: ['whsec_a', 'whsec_b/+=', 'whsec_a'], keepDays: 30 },
      { secrets: ['whsec_a', 'whsec_b/+='], keepDays: 30 },
    ],
  ])('takes %s', (_, options, settings) => {
    expect(checkWebhooks(options)).toEqual(settings);
  });

  it.each([
    ['a line break', { secrets: ['whsec_canary\n'] }, /webhooks.secrets\[0\] has white space or quotes/],
    ['quotes', { secrets: ['whsec_a', '"whsec_canary"'] }, /webhooks.secrets\[1\] has white space or quotes/],
    ['an API key', { secrets: ['sk_test_canary'] }, /is an API key/],
    ['something else', { secrets: ['canary'] }, /does not begin with whsec_/],
    ['a prefix alone', { secrets: ['whsec_'] }, /does not begin with whsec_/],
    ['a number', { secrets: [7 as unknown as string] }, /is no text/],
    ['one text', { secrets: 'whsec_canary' as unknown as string[] }, /is no list/],
    ['no days', { secrets: [], keepDays: 0 }, /keepDays is 0/],
    ['half a day', { secrets: [], keepDays: 0.5 }, /keepDays is 0.5/],
    ['too many days', { secrets: [], keepDays: 401 }, /keepDays is 401/],
  ])('refuses %s, and never repeats a secret', (_, options, words) => {
    const check = () => checkWebhooks(options);
    expect(check).toThrow(words);
    expect(check).not.toThrow(/canary/);
    expect(check).toThrow(/^createMeterboard: /);
  });
});
