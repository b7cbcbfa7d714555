import { startDemo } from './server.ts';
import { readSettings, SettingsError } from './settings.ts';

try {
  const demo = await startDemo(readSettings(process.argv.slice(2), process.env));
  console.log(`Meterboard demo ready: ${demo.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      demo.close().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
    });
  }
} catch (error) {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
}
