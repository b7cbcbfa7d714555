/** What an identity may do. `view` is needed for everything. */
export type Permission = 'view' | 'view_money' | 'top_up' | 'export';

/** Who asks, as the host's session knows it. */
export interface Identity {
  /** The billing provider's customer. */
  customerId: string;
  /** Who acts for the customer: stands in the audit of purchases, at most 200 characters. */
  actor?: string;
  /** Left out: all of them. */
  permissions?: readonly Permission[];
}

/** Answers who sends a request; `null`: nobody. Called once per request, before anything is read. */
export type Identify = (request: Request) => Identity | null | Promise<Identity | null>;

/** Whether the identity may do this. */
export function isAllowed(identity: Identity, permission: Permission): boolean {
  return identity.permissions === undefined || identity.permissions.includes(permission);
}
