import { crashSafety } from './crash/row.ts';
import { anyHistory } from './histories/row.ts';
import { missedWebhooks } from './missed/row.ts';
import { paidOnce } from './paid-once/row.ts';
import type { ProofRow } from './row.ts';

export const proofRows: readonly ProofRow[] = [paidOnce, crashSafety, missedWebhooks, anyHistory];
