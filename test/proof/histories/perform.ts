import { toBillingError } from '@meterboard/contract';
import { BrokenOff } from '../stage/life.ts';
import { topUpOptions } from '../stage/offer.ts';
import { drain, giveBackJobs } from '../stage/queue.ts';
import type { Host, Stage } from '../stage/stage.ts';
import type { Operation } from './operations.ts';

/** How far a history has come. */
export interface Progress {
  stage: Stage;
  host: Host;
  /** What was begun, by attempt. */
  attempts: { customerId: string; attemptId: string; what: number; topUpId: string | null }[];
  refunds: string[];
  disputes: string[];
  /** How often the host died. */
  deaths: number;
}

/** Does one operation, or leaves it out where it does not fit. Rejects only for what must not happen. */
export async function perform(progress: Progress, operation: Operation): Promise<void> {
  await reviveHost(progress);
  try {
    await act(progress, operation);
  } catch (error) {
    if (!isLeftOut(error)) throw error;
  }
}

/** A host that died is started again on the same store, as its supervisor would. */
export async function reviveHost(progress: Progress): Promise<void> {
  if (!progress.host.life.isDead) return;
  progress.deaths += 1;
  await progress.stage.closeHost(progress.host);
  await giveBackJobs(progress.stage.store);
  progress.host = await progress.stage.openHost();
}

/** What a payer, a bank or a customer cannot do at this moment; and what a broken host, or a refusal in words, does to a click. */
function isLeftOut(error: unknown): boolean {
  if (error instanceof RangeError || error instanceof BrokenOff) return true;
  const { type } = error as { type?: string };
  if (type?.startsWith('Stripe')) return type === 'StripeInvalidRequestError' || type === 'StripeCardError';
  return toBillingError(error) !== null && (error as Error).name === 'TRPCError';
}

async function act(progress: Progress, operation: Operation): Promise<void> {
  const { stage, attempts } = progress;
  const { simulator, client } = stage;
  switch (operation.kind) {
    case 'start': {
      const attempt = {
        customerId: stage.customerIds[operation.customer] ?? '',
        attemptId: `attempt-${attempts.length}-of-history`,
        what: operation.what,
        topUpId: null,
      };
      attempts.push(attempt);
      return start(progress, attempt, operation.way);
    }
    case 'start again': {
      const attempt = attempts[operation.topUp % attempts.length];
      return attempt && start(progress, attempt, operation.way);
    }
    case 'pay': {
      const sessionId = await findSession(progress, operation.topUp);
      if (sessionId) simulator.payments.paySession(sessionId, { method: operation.method });
      return;
    }
    case 'authenticate': {
      const intent = await findIntent(progress, operation.topUp);
      if (intent) simulator.payments.authenticate(intent, operation.succeeds);
      return;
    }
    case 'card acts as':
      simulator.payments.actAs(stage.account.customers[operation.customer]?.cardId ?? '', operation.method);
      return;
    case 'look': {
      const attempt = attempts[operation.topUp % attempts.length];
      if (!attempt?.topUpId) return;
      const caller = progress.host.meterboard.createCaller({ customerId: attempt.customerId });
      await caller.topUps.status({ topUpId: attempt.topUpId });
      return;
    }
    case 'refund': {
      const intent = await findIntent(progress, operation.topUp);
      if (!intent) return;
      const { amount } = await client.paymentIntents.retrieve(intent);
      const part = operation.percent === 100 ? {} : { amount: Math.ceil((amount * operation.percent) / 100) };
      progress.refunds.push((await client.refunds.create({ payment_intent: intent, ...part })).id);
      return;
    }
    case 'refund fails': {
      const refund = progress.refunds[operation.refund % progress.refunds.length];
      if (refund) simulator.payments.failRefund(refund);
      return;
    }
    case 'dispute': {
      const intent = await findIntent(progress, operation.topUp);
      if (!intent) return;
      const { amount } = await client.paymentIntents.retrieve(intent);
      const part =
        operation.percent === 100 ? {} : { amountMinor: Math.ceil((amount * operation.percent) / 100) };
      progress.disputes.push(simulator.payments.openDispute(intent, { kind: operation.as, ...part }).id);
      return;
    }
    case 'dispute ends': {
      const { data } = await client.disputes.list({ limit: 100 });
      const dispute = data[operation.dispute % data.length];
      if (dispute) simulator.payments.decideDispute(dispute.id, operation.verdict);
      return;
    }
    case 'use':
      await client.billing.meterEvents.create({
        event_name: 'api_calls',
        payload: {
          stripe_customer_id: stage.customerIds[operation.customer] ?? '',
          value: String(operation.units),
        },
        timestamp: Math.floor(simulator.nowMs() / 1_000),
      });
      return;
    case 'void invoice': {
      const customer = stage.customerIds[operation.customer] ?? '';
      const { data } = await client.invoices.list({ customer, status: 'open' });
      if (data[0]) await client.invoices.voidInvoice(data[0].id ?? '');
      return;
    }
    case 'time passes':
      return simulator.advance(operation.ms);
    case 'period ends': {
      const { data } = await client.subscriptions.list({ limit: 1 });
      const endSec = data[0]?.items.data[0]?.current_period_end ?? 0;
      return simulator.advanceTo(endSec * 1_000 + operation.afterMs);
    }
    case 'host dies':
      progress.host.life.dieAfter(operation.afterOperations);
      return;
    case 'host throws':
      progress.host.life.throwAfter(operation.afterOperations);
      return;
    case 'webhooks':
      return disturb(stage, operation.are);
    case 'work is done':
      await simulator.webhooks.settled();
      if (!progress.host.life.isDead) await drainWhileAlive(progress);
      return;
    case 'replay':
      await progress.host.meterboard.operate('webhooks.replay', { sinceMs: 0, includeDone: true });
      return;
    case 'sweep':
      await progress.host.meterboard.sweep();
      return;
  }
}

async function start(
  { host }: Progress,
  attempt: Progress['attempts'][number],
  payWith: 'hosted_page' | 'embedded_page' | 'saved_card',
): Promise<void> {
  const { customerId, attemptId, what } = attempt;
  const known = topUpOptions.packages[what];
  const input = {
    attemptId,
    payWith,
    ...(known ? { packageId: known.id } : { amountMinor: 500 + what * 100 }),
  };
  attempt.topUpId = (await host.meterboard.createCaller({ customerId }).topUps.start(input)).topUpId;
}

async function findSession({ stage, attempts }: Progress, topUp: number): Promise<string | null> {
  const attempt = attempts[topUp % attempts.length];
  if (!attempt) return null;
  const { data } = await stage.client.checkout.sessions.list({ customer: attempt.customerId, limit: 100 });
  const own = data.filter(
    ({ metadata, status }) => metadata?.topup_id === attempt.topUpId && status === 'open',
  );
  return own[0]?.id ?? null;
}

async function findIntent({ stage, attempts }: Progress, topUp: number): Promise<string | null> {
  const attempt = attempts[topUp % attempts.length];
  if (!attempt) return null;
  const { data } = await stage.client.paymentIntents.list({ customer: attempt.customerId, limit: 100 });
  return data.find(({ metadata }) => metadata.topup_id === attempt.topUpId)?.id ?? null;
}

function disturb({ simulator }: Stage, are: Extract<Operation, { kind: 'webhooks' }>['are']): void {
  const { webhooks } = simulator;
  if (are === 'reversed' || are === 'shuffled') webhooks.configure({ order: are });
  else if (are === 'delayed') webhooks.disturb({ action: 'delay', times: 8, delaySec: 7_200 });
  else webhooks.disturb({ action: are === 'dropped' ? 'drop' : 'duplicate', times: 8 });
}

/** The host may die over its work. */
export async function drainWhileAlive(progress: Progress): Promise<void> {
  const { host, stage } = progress;
  await drain(stage.store, { isOver: () => host.life.isDead });
}
