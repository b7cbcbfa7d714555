import { describe, expect, it } from 'vitest';
import { type ReturnPolicy, resolveReturnUrls } from './return-url.ts';

const policy = (known: Partial<ReturnPolicy>): ReturnPolicy => ({
  asked: undefined,
  configured: 'https://app.example/billing',
  allowedOrigins: ['https://app.example'],
  ...known,
});

describe('the way back from the payment page', () => {
  it.each([
    ['https://app.example/billing', 'https://app.example/billing?meterboard_topup=tu_1'],
    ['https://app.example/b?tab=usage', 'https://app.example/b?tab=usage&meterboard_topup=tu_1'],
    [
      'https://app.example/b?a=%20b&flag#usage',
      'https://app.example/b?a=%20b&flag&meterboard_topup=tu_1#usage',
    ],
    ['https://app.example/b?meterboard_topup=old&x=1', 'https://app.example/b?x=1&meterboard_topup=tu_1'],
  ])('%s leads to %s', (asked, successUrl) => {
    expect(resolveReturnUrls('tu_1', policy({ asked })).successUrl).toBe(successUrl);
  });

  it('names the top-up also when nothing was paid, so that the page can say so', () => {
    const asked = 'https://app.example/b?meterboard_topup=old#x';
    expect(resolveReturnUrls('tu_1', policy({ asked })).cancelUrl).toBe(
      'https://app.example/b?meterboard_topup=tu_1#x',
    );
  });

  it("is the host's own address where the browser names none", () => {
    expect(resolveReturnUrls('tu_1', policy({ allowedOrigins: [] })).cancelUrl).toBe(
      'https://app.example/billing?meterboard_topup=tu_1',
    );
  });

  it.each([
    'https://evil.example/billing',
    'https://app.example.evil.example/',
    'https://app.example@evil.example/',
    'https://user:pass@app.example/',
    '//evil.example/',
    '/billing',
    'javascript:alert(1)//https://app.example',
    'data:text/html,hi',
    'http://app.example/billing',
    'https://app.example:8443/',
    '',
  ])('refuses %j', (asked) => {
    const resolve = () => resolveReturnUrls('tu_1', policy({ asked }));
    expect(resolve).toThrow(expect.objectContaining({ code: 'invalid_input', field: 'returnUrl' }));
  });

  it('has to be known', () => {
    expect(() => resolveReturnUrls('tu_1', policy({ configured: undefined }))).toThrow(/where to return/);
  });
});
