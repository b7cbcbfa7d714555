import { useEffect, useState } from 'react';

export interface Person {
  name: string;
  email: string | null;
}

export interface Session {
  signedIn: Person | null;
  /** Whom the demo can sign in as, in order. */
  people: Person[];
  /** Stripe is the simulator. */
  simulated: boolean;
}

/** The session of this page load; `undefined` while it is being read. A failure is thrown to the page. */
export function useSession(): Session | undefined {
  const [session, setSession] = useState<Session>();
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    fetch('/api/session')
      .then((response) => response.json())
      .then(setSession, setFailure);
  }, []);
  if (failure !== undefined) throw failure;
  return session;
}
