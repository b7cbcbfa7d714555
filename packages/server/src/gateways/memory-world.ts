import type {
  RawCreditGrant,
  RawCreditTransaction,
  RawDocument,
  RawInvoice,
  RawMeter,
  RawPrice,
  RawSavedCard,
  RawSubscription,
  RawTopUpPayment,
} from '../gateway.ts';

/** One report of usage. */
export interface MemoryEvent {
  eventName: string;
  atMs: number;
  /** Decimal string. */
  quantity: string;
}

/** What is known of one customer. */
export interface MemoryCustomer {
  events: MemoryEvent[];
  subscriptions: RawSubscription[];
  grants: RawCreditGrant[];
  transactions: RawCreditTransaction[];
  drafts: RawDocument[];
  /** At most one per subscription. */
  previews: RawDocument[];
  /** Newest first. */
  invoices: RawInvoice[];
  /** Newest first. Change one to say that it is paid, declined, refunded … */
  payments: RawTopUpPayment[];
  savedCard: RawSavedCard | null;
}

/** All that a memory gateway reads and writes. Change it to change what the gateway answers. */
export interface MemoryWorld {
  nowMs(): number;
  meters: RawMeter[];
  prices: RawPrice[];
  customers: Record<string, MemoryCustomer>;
}

/** A customer without anything; fill in what a test is about. */
export function createMemoryCustomer(known: Partial<MemoryCustomer> = {}): MemoryCustomer {
  return {
    events: [],
    subscriptions: [],
    grants: [],
    transactions: [],
    drafts: [],
    previews: [],
    invoices: [],
    payments: [],
    savedCard: null,
    ...known,
  };
}
