// Runs on whatever Node started it, so it stays plain JavaScript that old versions understand.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Meterboard needs Node 22.18 or newer and found ${process.versions.node}.\n` +
      'The workspace brings its own Node for npm scripts: run `npm ci` (without --omit=optional) in the\n' +
      'repository root and call the scripts through `npm run …`, or install a newer Node.',
  );
  process.exit(1);
}
