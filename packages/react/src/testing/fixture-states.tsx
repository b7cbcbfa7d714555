'use client';
import { type ReactNode, useState } from 'react';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, type FixtureState } from './create-fixture-client.ts';

const states: Record<string, FixtureState> = {
  Default: 'default',
  Loading: 'loading',
  'Error, can be tried again': 'provider_rejected',
  'Error, not allowed': 'not_allowed',
  'No billing profile': 'customer_not_found',
  Empty: 'empty',
  Stale: 'stale',
};

export interface FixtureStatesProps {
  children: ReactNode;
}

/** The same component in every state, each with a fixture client of its own: to check a theme at a glance. */
export function FixtureStates({ children }: FixtureStatesProps) {
  return (
    <div className="meterboard-fixture-states">
      {Object.entries(states).map(([label, state]) => (
        <figure key={label}>
          <figcaption>{label}</figcaption>
          <InState state={state}>{children}</InState>
        </figure>
      ))}
    </div>
  );
}

function InState({ state, children }: { state: FixtureState; children: ReactNode }) {
  const [client] = useState(() => createFixtureClient({ state }));
  return <MeterboardProvider client={client}>{children}</MeterboardProvider>;
}
