import { BillingError } from '@meterboard/contract';
import { expect, it } from 'vitest';
import type { EventGateway } from '../gateway.ts';
import { runSetup, type SetupParts } from './run-setup.ts';

const url = 'https://app.example/api/meterboard/webhooks/stripe';

function setup(events: Partial<EventGateway>) {
  const silent = () => undefined;
  const parts: SetupParts = {
    gateway: {
      listMeters: async () => [],
      events: {
        wantedTypes: { snapshot: ['a'], thin: ['v1.b'] },
        listDestinations: async () => [],
        ...events,
      } as EventGateway,
    },
    basePath: '/api/meterboard',
    meterNames: [],
    packages: [],
    logger: { error: silent, warn: silent, info: silent },
  };
  return () => runSetup(parts, { url, apply: true });
}

it('reports the secret of what was made before something failed, since it is told once', async () => {
  let n = 0;
  const run = setup({
    async createDestination({ types, ...rest }) {
      n += 1;
      if (n === 2) throw new BillingError('provider_unavailable');
      return { ...rest, types: [...types], destinationId: 'ed_1', enabled: true, secret: 'whsec_1' };
    },
  });
  expect(await run()).toMatchObject({
    steps: [{ outcome: 'applied' }, { outcome: 'failed' }],
    secrets: [{ payload: 'snapshot', secret: 'whsec_1' }],
  });
});

it('goes on with nothing after a failure', async () => {
  const run = setup({ createDestination: () => Promise.reject(new BillingError('provider_rejected')) });
  expect(await run()).toMatchObject({
    steps: [{ outcome: 'failed' }, { outcome: 'planned' }],
    secrets: [],
  });
});
