import { createInterface } from 'node:readline/promises';
import Stripe from 'stripe';
import { apiBase } from '../api-base.ts';
import { progressBar } from '../progress.ts';
import { checkKey, describePlan, seedDemo } from './seed-demo.ts';

/** `npm run demo:seed [-- --yes]`: makes the demo in the test account of STRIPE_SECRET_KEY. */
async function main(): Promise<void> {
  const key = process.env.STRIPE_SECRET_KEY ?? '';
  checkKey(key);
  console.log(describePlan(Date.now()));
  if (!process.argv.includes('--yes') && !(await agrees())) {
    console.log('Nothing was done.');
    return;
  }
  const stripe = new Stripe(key, {
    telemetry: false,
    maxNetworkRetries: 4,
    ...apiBase(process.env.STRIPE_API_BASE),
  });
  const { customerIds, sentCount, skippedCount } = await seedDemo({
    stripe,
    nowMs: Date.now(),
    say: console.log,
    onProgress: progressBar('Sending usage'),
  });
  console.log(`${sentCount} events sent, ${skippedCount} were there. Customers: ${customerIds.join(', ')}.`);
  console.log('Start the demo on this account: STRIPE_SECRET_KEY=sk_test_… npm run demo');
}

async function agrees(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    console.error('This is no terminal that could be asked: add --yes to go ahead.');
    process.exitCode = 1;
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Go ahead? [y/N] ');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
