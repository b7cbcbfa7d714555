import { afterEach, beforeEach, expect, vi } from 'vitest';

/** Fails a test during which something complained, unless the test replaced `console.error` or `warn` itself. */
const complaints: unknown[][] = [];

beforeEach(() => {
  complaints.length = 0;
  for (const method of ['error', 'warn'] as const) {
    vi.spyOn(console, method).mockImplementation((...said) => complaints.push(said));
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(complaints, 'unexpected console.error or console.warn').toEqual([]);
});
