import { randomBytes } from 'node:crypto';

const cookieName = 'northwind_session';

/** Who is signed in, held in memory: enough for a demo, gone when it stops. */
export function createSessions() {
  const customerIds = new Map<string, string>();

  function readToken(cookieHeader: string | null | undefined): string | undefined {
    for (const pair of (cookieHeader ?? '').split(';')) {
      const [name, token] = pair.trim().split('=');
      if (name === cookieName) return token;
    }
    return undefined;
  }

  return {
    /** The customer of a request's `Cookie` header, or `undefined` when nobody is signed in. */
    customerOf(cookieHeader: string | null | undefined): string | undefined {
      const token = readToken(cookieHeader);
      return token === undefined ? undefined : customerIds.get(token);
    },
    /** Returns the `Set-Cookie` header that signs this customer in. */
    signIn(customerId: string): string {
      const token = randomBytes(24).toString('base64url');
      customerIds.set(token, customerId);
      return `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Lax`;
    },
    /** Forgets the session and returns the `Set-Cookie` header that removes it from the browser. */
    signOut(cookieHeader: string | null | undefined): string {
      const token = readToken(cookieHeader);
      if (token !== undefined) customerIds.delete(token);
      return `${cookieName}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`;
    },
  };
}
