'use client';
/** Everything about buying that a page needs once somebody buys: fetched together, when it is wanted. */
export { FollowedTopUp } from './followed-top-up.tsx';
export { OnePackage } from './one-package.tsx';
export { TopUpDialog } from './top-up-dialog.tsx';
