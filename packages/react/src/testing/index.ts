export { createFixtureClient, type FixtureOptions, type FixtureState } from './create-fixture-client.ts';
export { FixtureStates, type FixtureStatesProps } from './fixture-states.tsx';
export {
  createFixtureOverview,
  createFixtures,
  type Fixtures,
  fixtureArrivingBalance,
  fixtureBalance,
  fixtureInvoices,
  fixtureMeasured,
  fixtureMeters,
  fixtureNowMs,
  fixturePackages,
  fixtureSeries,
  fixtureTopUps,
  fixtureUsage,
} from './fixtures.ts';
