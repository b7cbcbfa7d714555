import { StripeFault } from './errors.ts';

/**
 * Accepts any `sk_test_…` or `rk_test_…` key, as a bearer token or as the user name of basic authentication.
 * Throws Stripe's 401 otherwise; live keys are refused with a message of the simulator's own.
 */
export function authenticate(header: string | undefined): void {
  const key = keyOf(header ?? '');
  if (key === '') {
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details.",
    );
  }
  if (/^[sr]k_live_/.test(key)) {
    throw unauthorized(
      'This is the Stripe simulator: it never takes a live key. Use any key that starts with sk_test_.',
    );
  }
  if (!/^[sr]k_test_\w+/.test(key)) throw unauthorized(`Invalid API Key provided: ${masked(key)}`);
}

function keyOf(header: string): string {
  if (header.startsWith('Bearer sk_test_')) return header.slice('Bearer '.length).trimEnd();
  const [scheme = '', credentials = ''] = header.trim().split(/\s+/, 2);
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() === 'basic')
    return Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0] ?? '';
  return '';
}

function masked(key: string): string {
  return key.length <= 12
    ? '*'.repeat(key.length)
    : `${key.slice(0, 8)}${'*'.repeat(key.length - 12)}${key.slice(-4)}`;
}

function unauthorized(message: string): StripeFault {
  return new StripeFault(message, { status: 401, headers: { 'www-authenticate': 'Bearer realm="Stripe"' } });
}
