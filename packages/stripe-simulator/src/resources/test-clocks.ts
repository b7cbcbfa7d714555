import type Stripe from 'stripe';
import { anchorAt, nextBoundary } from '../billing/periods.ts';
import { emit } from '../events/emit.ts';
import { invalidRequest, resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { Job, World } from '../world.ts';
import { customers } from './customers.ts';
import { requirePrice } from './prices.ts';
import { subscriptions } from './subscriptions.ts';

const MAX_CUSTOMERS = 3;
const LIFETIME_SEC = 30 * 86_400;

export interface TestClockState {
  id: string;
  createdSec: number;
  name: string | null;
  status: 'advancing' | 'deleted' | 'internal_failure' | 'ready';
  frozenSec: number;
  /** Where it moves to while it is advancing. */
  targetSec: number | null;
  deletesAfterSec: number;
}

export const testClocks = defineTable<TestClockState>();

/** Opens a line of time of its own, standing at `frozenSec`. It is deleted by itself after 30 days. */
export function createTestClock(
  world: World,
  input: { frozenSec: number; name?: string | undefined },
): TestClockState {
  const id = world.ids.next('clock_');
  const createdSec = world.ownNowSec();
  world.openClock(id, input.frozenSec * 1_000);
  const clock = testClocks(world).put({
    id,
    createdSec,
    name: input.name ?? null,
    status: 'ready',
    frozenSec: input.frozenSec,
    targetSec: null,
    deletesAfterSec: createdSec + LIFETIME_SEC,
  });
  world.scheduleFor(null, clock.deletesAfterSec, deleteJob, id);
  announce(world, clock, 'created');
  return clock;
}

/** The clock, or Stripe's error for an unknown or deleted one. */
export function requireTestClock(world: World, id: string, param = 'id'): TestClockState {
  const clock = testClocks(world).get(id);
  if (clock === undefined || clock.status === 'deleted') throw resourceMissing('test clock', id, param);
  return clock;
}

/** Puts an existing customer on a clock for good. Throws for one who already lives on a clock. */
export function attachToClock(world: World, clockId: string, customerId: string): void {
  const clock = requireRoomOnClock(world, clockId);
  if (world.clockIdOf(customerId) !== null)
    throw invalidRequest('This customer is already attached to a test clock.', { param: 'customer' });
  world.joinClock(clock.id, customerId);
}

/** The clock that a new customer may join. Throws for an unknown one, and for one with three customers. */
export function requireRoomOnClock(world: World, clockId: string): TestClockState {
  const clock = requireTestClock(world, clockId, 'test_clock');
  if (world.customersOn(clockId).length >= MAX_CUSTOMERS) {
    throw invalidRequest(`You can attach at most ${MAX_CUSTOMERS} customers to a test clock.`, {
      param: 'test_clock',
    });
  }
  return clock;
}

/**
 * Starts moving a clock. Its work runs at once, in time order, while the clock still shows `advancing`; then it becomes
 * `ready`. Throws Stripe's 400 for a time that does not lie ahead, or more than two intervals ahead.
 */
export function advanceTestClock(world: World, clock: TestClockState, targetSec: number): TestClockState {
  if (clock.status !== 'ready')
    throw invalidRequest(
      `The test clock is ${clock.status === 'advancing' ? 'already advancing' : 'no longer usable'}.`,
    );
  if (targetSec <= clock.frozenSec) {
    throw invalidRequest(
      'The `frozen_time` to advance to must be after the current `frozen_time` of the test clock.',
      { param: 'frozen_time' },
    );
  }
  if (targetSec > furthestSec(world, clock)) {
    throw invalidRequest(
      'Cannot advance the test clock by more than two intervals of its shortest subscription (two years without subscriptions).',
      { param: 'frozen_time' },
    );
  }
  world.setAdvancing(clock.id, true);
  world.scheduleOwnMs(world.ownNowMs(), moveJob, clock.id);
  world.scheduleOwnMs(world.ownNowMs() + world.assumptions.testClockAdvancingMs, readyJob, clock.id);
  const advancing = testClocks(world).put({ ...clock, status: 'advancing', targetSec });
  announce(world, advancing, 'advancing');
  return advancing;
}

/** What a read of the clock finds: by assumption, one that has done its work is ready by then. */
export function readTestClock(world: World, clock: TestClockState): TestClockState {
  return clock.status === 'advancing' && world.assumptions.testClockReadyOnRead
    ? becomeReady(world, clock)
    : clock;
}

/** Ends a clock with all that lives on it. */
export function deleteTestClock(world: World, clock: TestClockState): TestClockState {
  for (const customerId of world.customersOn(clock.id)) {
    const customer = customers(world).get(customerId);
    if (customer !== undefined) customers(world).put({ ...customer, deleted: true });
    for (const subscription of subscriptions(world).oldestFirst()) {
      if (subscription.customerId !== customerId || subscription.status === 'canceled') continue;
      subscriptions(world).put({
        ...subscription,
        status: 'canceled',
        endedSec: world.nowSecFor(customerId),
      });
    }
  }
  world.setAdvancing(clock.id, false);
  world.closeClock(clock.id);
  announce(world, clock, 'deleted');
  return testClocks(world).put({ ...clock, status: 'deleted' });
}

const moveJob: Job = {
  name: 'test_clock.move',
  nests: true,
  run(world, id) {
    const clock = testClocks(world).get(id);
    if (clock?.status !== 'advancing' || clock.targetSec === null) return;
    try {
      world.runClock(id, clock.targetSec * 1_000);
    } catch (error) {
      world.setAdvancing(id, false);
      announce(world, testClocks(world).put({ ...clock, status: 'internal_failure' }), 'internal_failure');
      throw error;
    }
  },
};

const readyJob: Job = {
  name: 'test_clock.ready',
  run(world, id) {
    const clock = testClocks(world).get(id);
    if (clock?.status === 'advancing') becomeReady(world, clock);
  },
};

const deleteJob: Job = {
  name: 'test_clock.delete',
  run(world, id) {
    const clock = testClocks(world).get(id);
    if (clock !== undefined && clock.status !== 'deleted') deleteTestClock(world, clock);
  },
};

function becomeReady(world: World, clock: TestClockState): TestClockState {
  world.setAdvancing(clock.id, false);
  const frozenSec = clock.targetSec ?? clock.frozenSec;
  const ready = testClocks(world).put({ ...clock, status: 'ready', frozenSec, targetSec: null });
  announce(world, ready, 'ready');
  return ready;
}

function furthestSec(world: World, { id, frozenSec }: TestClockState): number {
  const residents = new Set(world.customersOn(id));
  const anchor = anchorAt(frozenSec);
  const limits = subscriptions(world)
    .oldestFirst()
    .filter(({ customerId, status }) => residents.has(customerId) && status !== 'canceled')
    .flatMap(({ items }) => items)
    .flatMap(({ priceId }) => {
      const { recurring } = requirePrice(world, priceId);
      return recurring === null
        ? []
        : [nextBoundary(anchor, recurring, nextBoundary(anchor, recurring, frozenSec))];
    });
  return limits.length > 0
    ? Math.min(...limits)
    : nextBoundary(anchor, { interval: 'year', intervalCount: 2 }, frozenSec);
}

type Happening = 'advancing' | 'created' | 'deleted' | 'internal_failure' | 'ready';

function announce(world: World, clock: TestClockState, what: Happening): void {
  emit(world, { type: `test_helpers.test_clock.${what}`, object: toStripeTestClock(clock) });
}

export function toStripeTestClock(clock: TestClockState) {
  return {
    id: clock.id,
    object: 'test_helpers.test_clock',
    created: clock.createdSec,
    deletes_after: clock.deletesAfterSec,
    frozen_time: clock.frozenSec,
    livemode: false,
    name: clock.name,
    status: clock.status,
    status_details: clock.targetSec === null ? {} : { advancing: { target_frozen_time: clock.targetSec } },
  } satisfies Wire<Stripe.TestHelpers.TestClock>;
}
