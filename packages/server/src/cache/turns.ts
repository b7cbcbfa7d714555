/** How many calls may begin within any span of `windowMs`. */
export interface TurnLimits {
  perEndpoint: number;
  inAll: number;
  /** A little more than the provider's second: calls do not arrive as evenly as they leave. */
  windowMs: number;
}

/** When calls were, or will be, allowed to begin: Unix ms, ascending. */
export interface TurnState {
  inAll: number[];
  endpoints: Record<string, number[]>;
  /** The provider itself said to wait. */
  pausedUntilMs: Record<string, number>;
}

export function createTurnState(): TurnState {
  return { inAll: [], endpoints: nothingYet(), pausedUntilMs: nothingYet() };
}

/**
 * Reserves the first moment at which a call to the endpoint keeps within the limits, and notes it in the state. Whoever
 * asks first goes first. Where that moment is more than `maxWaitMs` away nothing is reserved, and `atMs` tells when
 * it would have been.
 */
export function reserveTurn(
  state: TurnState,
  endpoint: string,
  { nowMs, maxWaitMs, limits }: { nowMs: number; maxWaitMs: number; limits: TurnLimits },
): { atMs: number; isReserved: boolean } {
  const { windowMs, perEndpoint, inAll } = limits;
  forgetBefore(state, nowMs - windowMs);
  const own = state.endpoints[endpoint] ?? [];
  let atMs = Math.max(nowMs, state.pausedUntilMs[endpoint] ?? nowMs);
  for (;;) {
    const ownMs = firstFree(own, atMs, perEndpoint, windowMs);
    const bothMs = firstFree(state.inAll, ownMs, inAll, windowMs);
    atMs = bothMs;
    if (bothMs === ownMs) break;
  }
  if (atMs - nowMs > maxWaitMs) return { atMs, isReserved: false };
  state.endpoints[endpoint] = insert(own, atMs);
  state.inAll = insert(state.inAll, atMs);
  return { atMs, isReserved: true };
}

/** The provider said to wait. A shorter word does not take back a longer one. */
export function pauseEndpoint(state: TurnState, endpoint: string, untilMs: number): void {
  state.pausedUntilMs[endpoint] = Math.max(untilMs, state.pausedUntilMs[endpoint] ?? untilMs);
}

/** Whether turns that were reserved before the provider said to wait do not hold any more. */
export function isPaused(state: TurnState, endpoint: string, nowMs: number): boolean {
  return nowMs < (state.pausedUntilMs[endpoint] ?? nowMs);
}

function firstFree(taken: readonly number[], fromMs: number, limit: number, windowMs: number): number {
  let atMs = fromMs;
  for (;;) {
    const around = insert(
      taken.filter((each) => each > atMs - windowMs && each < atMs + windowMs),
      atMs,
    );
    const crowded = around.findIndex(
      (firstMs, index) => (around[index + limit] ?? Infinity) - firstMs < windowMs,
    );
    if (crowded < 0) return atMs;
    const firstMs = around[crowded] ?? atMs;
    atMs = (firstMs === atMs ? (around[crowded + 1] ?? atMs) : firstMs) + windowMs;
  }
}

function insert(list: readonly number[], atMs: number): number[] {
  const index = list.findLastIndex((each) => each <= atMs) + 1;
  return list.toSpliced(index, 0, atMs);
}

function forgetBefore(state: TurnState, beforeMs: number): void {
  const recent = (list: readonly number[]) => list.filter((each) => each > beforeMs);
  state.inAll = recent(state.inAll);
  for (const [endpoint, list] of Object.entries(state.endpoints)) {
    const left = recent(list);
    if (left.length > 0) state.endpoints[endpoint] = left;
    else delete state.endpoints[endpoint];
  }
  for (const [endpoint, untilMs] of Object.entries(state.pausedUntilMs)) {
    if (untilMs <= beforeMs) delete state.pausedUntilMs[endpoint];
  }
}

function nothingYet<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}
