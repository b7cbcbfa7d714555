import type Stripe from 'stripe';

/** The SDK's settings for another address than Stripe's, such as a simulator's; none when there is no address. */
export function apiBase(
  address: string | undefined,
): Pick<Stripe.StripeConfig, 'host' | 'port' | 'protocol'> {
  if (address === undefined || address === '') return {};
  const { hostname, port, protocol } = new URL(address);
  const isPlain = protocol === 'http:';
  return {
    host: hostname,
    port: port === '' ? (isPlain ? 80 : 443) : port,
    protocol: isPlain ? 'http' : 'https',
  };
}
