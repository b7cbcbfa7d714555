import { createSimulator } from '@meterboard/stripe-simulator';
import { type Exchange, recordingClient } from '../recording-client.ts';
import { walkBilling, walkInvoices, walkSubscriptionItems } from './billing.ts';
import { walkCatalog } from './catalog.ts';
import type { Walker } from './context.ts';
import { walkCredits } from './credits.ts';
import { walkAlerts, walkClocks, walkDestinations, walkEvents } from './events.ts';
import {
  walkCheckout,
  walkMethods,
  walkPayments,
  walkPortal,
  walkPromotions,
  walkRefundCancel,
} from './payments.ts';
import { walkUsage } from './usage.ts';

const stretches: Readonly<Record<string, (walker: Walker) => Promise<void>>> = {
  catalog: walkCatalog,
  usage: walkUsage,
  billing: walkBilling,
  'subscription items': walkSubscriptionItems,
  invoices: walkInvoices,
  credits: walkCredits,
  checkout: walkCheckout,
  promotions: walkPromotions,
  'payment methods': walkMethods,
  payments: walkPayments,
  'refunds that wait': walkRefundCancel,
  portal: walkPortal,
  events: walkEvents,
  destinations: walkDestinations,
  alerts: walkAlerts,
  clocks: walkClocks,
};

export interface Walked {
  exchanges: readonly Exchange[];
  /** How each stretch ended: with an error's words, or `null`. */
  outcomes: Readonly<Record<string, string | null>>;
}

/** Creates one of everything through the real SDK, each stretch in an account of its own. */
export async function walk(): Promise<Walked> {
  const all: Exchange[] = [];
  const outcomes: Record<string, string | null> = {};
  for (const [name, stretch] of Object.entries(stretches)) {
    const sim = await createSimulator({ nowMs: Date.UTC(2026, 8, 1, 9, 30), frozen: true });
    const { stripe, exchanges } = recordingClient(sim);
    try {
      await stretch({ sim, stripe });
      outcomes[name] = null;
    } catch (error) {
      outcomes[name] = error instanceof Error ? (error.stack ?? error.message) : String(error);
    } finally {
      all.push(...exchanges);
      await sim.close();
    }
  }
  return { exchanges: all, outcomes };
}
