export type { EmbeddedPageProps } from '../top-up/embedded-page-context.ts';
export { EmbeddedTopUp, type EmbeddedTopUpProps } from './embedded-top-up.tsx';
