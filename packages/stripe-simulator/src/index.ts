export type { FailNext, Faults } from './protocol/faults.ts';
export type { LoggedRequest, RequestFilter, RequestLog } from './protocol/request-log.ts';
export type { DemoCustomer, DemoScenario } from './scenarios/demo.ts';
export {
  createSimulator,
  isSimulatorPath,
  SCENARIOS,
  type ScenarioName,
  type Simulator,
  type SimulatorOptions,
} from './simulator.ts';
