import { createHash } from 'node:crypto';

/** Stands for a customer in browsers' cache keys without naming them: 22 characters, always the same. */
export function sessionKeyOf(customerId: string): string {
  return createHash('sha256').update(`session:${customerId}`).digest('base64url').slice(0, 22);
}
