import { createHash } from 'node:crypto';

/**
 * The id of a purchase: the same customer and attempt always make the same one, and another customer's equal
 * attempt another. Provider keys derive from it, so a double click, a reload or a lost answer pays once.
 */
export function topUpIdOf(customerId: string, attemptId: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([customerId, attemptId]))
    .digest('base64url');
  return `tu_${digest}`;
}
