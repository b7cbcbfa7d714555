/** The clock that the provider's limits run on, and waiting on it. */
export interface RealTime {
  nowMs(): number;
  sleep(ms: number): Promise<unknown>;
}

const realTime = Symbol('the clock of the provider’s limits');

/** An option for `createMeterboard()` in tests and benchmarks: limits on a clock of theirs. */
export function realTimeOf(time: RealTime): object {
  return { [realTime]: time };
}

/** The clock among the options; `undefined`: the machine's. */
export function findRealTime(options: object): RealTime | undefined {
  return Reflect.get(options, realTime);
}
