import type { Measured, MeterboardClient } from '@meterboard/contract';
import { hashKey, type QueryClient } from '@tanstack/react-query';
import { localError, readError } from './read-error.ts';

export interface ReadOptions<T> {
  name: string;
  input?: unknown;
  call: () => Promise<T>;
  /** Runs on an accepted answer, before anything renders it. */
  seed?: (answer: T) => void;
}

/** Whose data is on the screen. Every answer names its customer; the session follows the newest answer. */
export interface Session {
  /** Where an answer lies in the query cache. No two clients and no two customers share a key. */
  keyOf: (sessionKey: string, name: string, input?: unknown) => readonly unknown[];
  /** The current customer's key; empty while nobody is known. */
  key: () => string;
  /** The server has said that nobody is signed in. */
  isSignedOut: () => boolean;
  subscribe: (listener: () => void) => () => void;
  /** Makes `next` current and drops every other customer's data from the cache. `''` with `out`: nobody is signed in. */
  switchTo: (next: string, out?: boolean) => void;
  /** Something was bought: what is being read now may be from before, and is read again. */
  renew: () => void;
  /**
   * Calls, and follows the answer's session key: data of a new customer is stored under the new key before
   * anything renders. Rejects with a `PublicError`; `not_signed_in` clears the session, and `conflict` means that the
   * customer changed meanwhile.
   */
  read: <T extends Measured>(options: ReadOptions<T>) => Promise<T>;
}

const sessions = new WeakMap<QueryClient, WeakMap<MeterboardClient, Session>>();
let count = 0;

/** The session of a client over a query cache: providers that share both share it, others never meet. */
export function sessionOf(queryClient: QueryClient, client: MeterboardClient, initialKey?: string): Session {
  const known = sessions.get(queryClient) ?? new WeakMap<MeterboardClient, Session>();
  sessions.set(queryClient, known);
  const session = known.get(client) ?? createSession(queryClient);
  known.set(client, session);
  if (initialKey) session.switchTo(initialKey);
  return session;
}

function createSession(queryClient: QueryClient): Session {
  count += 1;
  const kit = `meterboard-${count}`;
  let key = '';
  let signedOut = false;
  let turn = 0;
  const listeners = new Set<() => void>();
  const keyOf: Session['keyOf'] = (owner, name, input = null) => [kit, owner, name, input];
  /** Calls begun before anyone was known: whoever asks next, under the right key, takes over the running one. */
  const anonymous = new Map<string, Promise<Measured>>();

  function switchTo(next: string, out = false): void {
    if (next === key && out === signedOut) return;
    if (next !== key) turn += 1;
    key = next;
    signedOut = out;
    for (const listener of listeners) listener();
    queryClient.removeQueries({
      predicate: ({ queryKey: [owned, owner] }) => owned === kit && owner !== next,
    });
  }

  async function read<T extends Measured>(options: ReadOptions<T>): Promise<T> {
    const { name, input, call, seed } = options;
    const begun = turn;
    const owner = key;
    const id = hashKey([name, input]);
    const adopted = key ? (anonymous.get(id) as Promise<T> | undefined) : undefined;
    anonymous.delete(id);
    const running = adopted ?? call();
    if (!key) anonymous.set(id, running);
    let answer: T;
    try {
      answer = await running;
    } catch (cause) {
      // What was asked before anyone was known says nothing of whoever has signed in since.
      if (adopted) return read(options);
      const error = readError(cause);
      const out = error.code === 'not_signed_in';
      if (turn === begun && !error.retryable) switchTo(out ? '' : key, out);
      throw error;
    } finally {
      if (anonymous.get(id) === running) anonymous.delete(id);
    }
    const { sessionKey } = answer;
    // Asked before anyone was known, while another answer to the same customer came first: that one counts too.
    if (owner || sessionKey !== key || turn !== begun + 1) {
      if (owner !== key) throw localError('conflict');
      if (turn !== begun || (adopted && sessionKey !== key)) return read(options);
    }
    seed?.(answer);
    if (sessionKey !== owner) {
      queryClient.setQueryData(keyOf(sessionKey, name, input), answer);
      switchTo(sessionKey);
    }
    return answer;
  }

  return {
    keyOf,
    key: () => key,
    isSignedOut: () => signedOut,
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    switchTo,
    renew() {
      turn += 1;
      anonymous.clear();
    },
    read,
  };
}
