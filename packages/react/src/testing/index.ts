export { createFixtureClient, type FixtureOptions, type FixtureState } from './create-fixture-client.ts';
export { fixtureMeasured, fixtureNowMs } from './fixture-clock.ts';
export { fixtureCost, fixtureCostOfChange } from './fixture-cost.ts';
export { fixtureSeriesFor } from './fixture-series-for.ts';
export { FixtureStates, type FixtureStatesProps } from './fixture-states.tsx';
export { fixtureMeters, fixtureSeries, fixtureUsage } from './fixture-usage.ts';
export {
  createFixtureOverview,
  createFixtures,
  type Fixtures,
  fixtureArrivingBalance,
  fixtureBalance,
  fixtureInvoices,
  fixturePackages,
  fixtureTopUps,
} from './fixtures.ts';
