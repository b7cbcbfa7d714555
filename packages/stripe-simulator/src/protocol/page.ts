import type { World } from '../world.ts';
import type { FormMap } from './form.ts';

/** A page of the simulator itself, or where to go instead. */
export interface PageAnswer {
  status: number;
  html: string;
  /** The content security policy that the page is served with. */
  policy: string;
  redirectTo?: string;
  /** The kind of document, where it is not HTML. */
  type?: 'application/pdf';
}

/** Answers everything outside the API. */
export type PageHandler = (world: World, method: string, path: string, form: FormMap) => PageAnswer;
