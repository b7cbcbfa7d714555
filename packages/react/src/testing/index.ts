export { createFixtureClient, type FixtureOptions, type FixtureState } from './create-fixture-client.ts';
export { FixtureStates, type FixtureStatesProps } from './fixture-states.tsx';
export {
  createFixtureOverview,
  createFixtures,
  type Fixtures,
  fixtureBalance,
  fixtureInvoices,
  fixtureMeasured,
  fixtureMeters,
  fixtureNowMs,
  fixtureSeries,
  fixtureUsage,
} from './fixtures.ts';
