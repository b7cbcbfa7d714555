/** What to say when a command line makes no sense. */
export class UsageError extends Error {}
