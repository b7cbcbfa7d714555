import { join } from 'node:path';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const root = join(import.meta.dirname, '../..');
const source = '@meterboard/source';
const setupFiles = [join(import.meta.dirname, 'fail-on-console.ts')];

/** Everything runs on the sources, in a fixed zone and language. */
process.env.TZ = 'UTC';

const onServer = {
  resolve: { conditions: [source, ...defaultServerConditions] },
  ssr: {
    resolve: { conditions: [source, ...defaultServerConditions], externalConditions: [source, 'node'] },
  },
};

export default defineConfig({
  root,
  test: {
    projects: [
      {
        ...onServer,
        root,
        test: {
          name: 'unit',
          environment: 'node',
          setupFiles,
          globalSetup: [join(import.meta.dirname, 'provide-postgres.ts')],
          include: [
            'packages/{contract,server,stripe-simulator}/src/**/*.test.ts',
            'test/{architecture,capabilities}.test.ts',
            'test/{integration,conformance,types,tooling,proof}/**/*.test.ts',
          ],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        resolve: { conditions: [source, ...defaultServerConditions] },
        ssr: onServer.ssr,
        root,
        test: {
          name: 'react',
          environment: 'jsdom',
          setupFiles,
          include: ['packages/react/src/**/*.test.{ts,tsx}', 'test/integration/**/*.test.tsx'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        ...onServer,
        root,
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
