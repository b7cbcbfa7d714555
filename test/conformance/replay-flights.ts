import { replayFlights } from './flight-replay.ts';
import { progressBar } from './progress.ts';

/** `npm run replay:flights [-- --days 7]`: the whole flight log through the real SDK, compared with the demo scenario. */
const days = process.argv.indexOf('--days');
const onlyDays = days === -1 ? undefined : Number(process.argv[days + 1]);
if (onlyDays !== undefined && !(onlyDays > 0)) {
  console.error('--days takes a number above 0, such as --days 7.');
  process.exit(1);
}

const { eventCount, comparedRows, differences } = await replayFlights({
  nowMs: Date.parse('2026-11-26T09:30:00Z'),
  ...(onlyDays === undefined ? {} : { days: onlyDays }),
  onProgress: progressBar('Replaying flights'),
});
if (differences.length === 0) {
  console.log(`${eventCount} events sent; all ${comparedRows} summaries equal those of the demo scenario.`);
} else {
  console.error(`${eventCount} events sent; these summaries differ from the demo scenario's:`);
  for (const difference of differences) console.error(`  ${difference}`);
  process.exitCode = 1;
}
