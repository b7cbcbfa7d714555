export * from './credits.ts';
export * from './invoices.ts';
export * from './measured.ts';
export * from './meters.ts';
export * from './overview.ts';
export * from './top-ups.ts';
export * from './usage.ts';
