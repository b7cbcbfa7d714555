import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { onPurpose } from './known-answers/on-purpose.ts';

/** `npm run conformance:live`: the known answers asked of Stripe itself, in the test account of STRIPE_SECRET_KEY. */
const key = process.env.STRIPE_SECRET_KEY ?? '';
if (key === '') {
  console.log('Skipped: set STRIPE_SECRET_KEY=sk_test_… to hold the simulator against Stripe itself.');
} else if (!/^(sk|rk)_test_/.test(key)) {
  console.error('STRIPE_SECRET_KEY is no test key (sk_test_…). Nothing was asked and nothing was changed.');
  process.exitCode = 1;
} else {
  console.log('On purpose the simulator differs in this:');
  for (const line of onPurpose) console.log(`  - ${line}`);
  const root = join(import.meta.dirname, '../..');
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--config',
      'test/vitest/vitest.config.ts',
      '--project',
      'unit',
      '--testTimeout=900000',
      'test/conformance/known-answers',
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, STRIPE_CONFORMANCE_LIVE: 'yes' } },
  );
  process.exitCode = status ?? 1;
}
