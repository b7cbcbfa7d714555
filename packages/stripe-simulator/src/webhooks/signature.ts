import { createHmac } from 'node:crypto';

/** The `Stripe-Signature` header: one `v1` per secret, each over `timestamp.payload`. */
export function signatureHeader(payload: string, secrets: readonly string[], timestampSec: number): string {
  const signatures = secrets.map(
    (secret) => `v1=${createHmac('sha256', secret).update(`${timestampSec}.${payload}`).digest('hex')}`,
  );
  return [`t=${timestampSec}`, ...signatures].join(',');
}
