import type { Measured } from '@meterboard/contract';
import { hashKey, type QueryClient } from '@tanstack/react-query';
import { localError, readError } from './read-error.ts';

/** Where an answer lies in the query cache. No two customers share a key. */
export function resourceKey(sessionKey: string, name: string, input?: unknown) {
  return ['meterboard', sessionKey, name, input ?? null] as const;
}

export interface ReadOptions<T> {
  name: string;
  input?: unknown;
  call: () => Promise<T>;
  /** Runs on an accepted answer, before anything renders it. */
  seed?: (answer: T) => void;
}

/** Whose data is on the screen. Every answer names its customer; the session follows the newest answer. */
export interface Session {
  /** The current customer's key; empty while nobody is known. */
  key: () => string;
  subscribe: (listener: () => void) => () => void;
  /** Makes `next` current and drops every other customer's data from the cache. */
  switchTo: (next: string) => void;
  /** Something was bought: what is being read now may be from before, and is read again. */
  renew: () => void;
  /**
   * Calls, and follows the answer's session key: data of a new customer is stored under the new key before
   * anything renders. Rejects with a `PublicError`; `not_signed_in` clears the session, and `conflict` means that the
   * customer changed meanwhile.
   */
  read: <T extends Measured>(options: ReadOptions<T>) => Promise<T>;
}

/** A session over one query cache. */
export function createSession(queryClient: QueryClient, initialKey = ''): Session {
  let key = initialKey;
  let turn = 0;
  const listeners = new Set<() => void>();
  /** Calls begun before anyone was known: whoever asks next, under the right key, takes over the running one. */
  const anonymous = new Map<string, Promise<Measured>>();

  function switchTo(next: string): void {
    if (next === key) return;
    key = next;
    turn += 1;
    for (const listener of listeners) listener();
    queryClient.removeQueries({
      predicate: ({ queryKey: [kit, owner] }) => kit === 'meterboard' && owner !== next,
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
      const error = readError(cause);
      if (error.code === 'not_signed_in' && turn === begun) switchTo('');
      throw error;
    } finally {
      if (anonymous.get(id) === running) anonymous.delete(id);
    }
    if (owner !== key) throw localError('conflict');
    if (turn !== begun || (adopted && answer.sessionKey !== key)) return read(options);
    seed?.(answer);
    if (answer.sessionKey !== key) {
      queryClient.setQueryData(resourceKey(answer.sessionKey, name, input), answer);
      switchTo(answer.sessionKey);
    }
    return answer;
  }

  return {
    key: () => key,
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
