/**
 * Whether a bundler evaluates the host's modules without running them: `next build` does, often on a machine that has none of the
 * secrets. What is missing then is said when it is needed.
 */
export function isBuildPhase(): boolean {
  return process.env.NEXT_PHASE === 'phase-production-build';
}
