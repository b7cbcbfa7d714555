import { describe, expect, it } from 'vitest';
import type { RawInvoice } from '../gateway.ts';
import { describeGateway } from '../testing/describe-gateway.ts';
import {
  exampleDocument,
  exampleGrant,
  exampleGranted,
  exampleLine,
  exampleMeter,
  exampleNowMs,
  examplePeriod,
  examplePrice,
  exampleSubscription,
} from '../testing/example-world.ts';
import { createMemoryGateway } from './memory.ts';
import { createMemoryCustomer } from './memory-world.ts';

const invoice = (invoiceId: string, createdAtMs: number): RawInvoice => ({
  invoiceId,
  number: invoiceId,
  status: 'paid',
  currency: 'usd',
  createdAtMs,
  servicePeriod: null,
  subtotalMinor: 0,
  creditsAppliedMinor: 0,
  totalMinor: 0,
  amountDueMinor: 0,
  amountPaidMinor: 0,
  amountRemainingMinor: 0,
  hostedUrl: null,
  pdfUrl: null,
});

describeGateway(
  'the memory gateway',
  async () => {
    const grant = exampleGrant('grant_1', 500);
    const customer = createMemoryCustomer({
      subscriptions: [exampleSubscription()],
      grants: [grant],
      transactions: [exampleGranted(grant)],
      previews: [exampleDocument('preview', [exampleLine(100)])],
      invoices: [invoice('in_2', examplePeriod.startMs), invoice('in_1', 0)],
    });
    const customers = { cus_1: customer, cus_2: createMemoryCustomer() };
    const gateway = createMemoryGateway({
      nowMs: () => exampleNowMs,
      meters: [exampleMeter()],
      prices: [examplePrice()],
      customers,
    });
    return {
      gateway,
      customerId: 'cus_1',
      otherCustomerId: 'cus_2',
      unknownCustomerId: 'cus_nobody',
      eventName: 'api_requests',
      nowMs: exampleNowMs,
      async report({ customerId, quantity, atMs }) {
        customers[customerId as 'cus_1'].events.push({ eventName: 'api_requests', quantity, atMs });
      },
      close: async () => undefined,
    };
  },
  { describe, it, expect },
);
