import type { BillingGateway, EventGateway } from '../gateway.ts';
import { describeCause, type Logger } from '../logger.ts';
import { planSetup, type SetupFacts, type SetupStep } from './plan-setup.ts';

/** What setting up needs. */
export interface SetupParts extends Pick<SetupFacts, 'basePath' | 'meterNames' | 'packages'> {
  gateway: Pick<BillingGateway, 'listMeters' | 'listMeteredPrices' | 'topUps'> & { events: EventGateway };
  logger: Logger;
}

export interface SetupInput {
  url: string;
  /** Carry the plan out. Otherwise nothing is written. */
  apply: boolean;
}

/** What was found, what is to be done, and what came of it. */
export interface SetupReport {
  /** `null`: not known. */
  livemode: boolean | null;
  steps: (SetupStep & { outcome: 'planned' | 'applied' | 'failed' | 'none' })[];
  /** The signing secrets of destinations that were just made. The provider tells them this once. */
  secrets: { payload: 'snapshot' | 'thin'; secret: string }[];
}

/** Reads what is there and says what has to be done; writes nothing. Rejects as the gateway does. */
export async function readSetup(parts: SetupParts, url: string): Promise<SetupStep[]> {
  const { gateway, basePath, meterNames, packages } = parts;
  const [destinations, meters, meteredPrices] = await Promise.all([
    gateway.events.listDestinations(),
    gateway.listMeters(),
    gateway.listMeteredPrices?.() ?? null,
  ]);
  const { wantedTypes } = gateway.events;
  return planSetup({ url, basePath, wantedTypes, destinations, meters, meterNames, packages, meteredPrices });
}

/**
 * Plans, and carries the plan out where asked to. A step that fails is logged and ends the work; what came before it
 * is reported all the same, secrets included. Running it again goes on from there.
 */
export async function runSetup(parts: SetupParts, { url, apply }: SetupInput): Promise<SetupReport> {
  const steps = await readSetup(parts, url);
  const report: SetupReport = { livemode: parts.gateway.topUps?.livemode ?? null, steps: [], secrets: [] };
  let isBroken = false;
  for (const step of steps) {
    const isWrite = step.kind === 'create' || step.kind === 'update';
    if (!isWrite || !apply || isBroken) {
      report.steps.push({ ...step, outcome: isWrite ? 'planned' : 'none' });
      continue;
    }
    try {
      const secret = await applySetup(parts.gateway.events, step);
      if (secret !== null && step.kind === 'create') {
        report.secrets.push({ payload: step.destination.payload, secret });
      }
      report.steps.push({ ...step, outcome: 'applied' });
    } catch (error) {
      isBroken = true;
      parts.logger.error('A step of the setup failed.', { step: step.words, cause: describeCause(error) });
      report.steps.push({ ...step, outcome: 'failed' });
    }
  }
  return report;
}

/** Carries out one step; resolves to the signing secret of a destination that was made. */
export async function applySetup(
  events: Pick<EventGateway, 'createDestination' | 'updateDestination'>,
  step: Extract<SetupStep, { kind: 'create' | 'update' }>,
): Promise<string | null> {
  if (step.kind === 'create') return (await events.createDestination(step.destination)).secret;
  const { destinationId, types } = step;
  await events.updateDestination({ destinationId, types });
  return null;
}
