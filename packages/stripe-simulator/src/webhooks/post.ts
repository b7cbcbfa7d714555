import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

const MAX_ANSWER_BYTES = 65_536;

export interface PostAnswer {
  status: number | null;
  error: string | null;
}

/**
 * Posts a body to an http(s) address on a connection of its own and gives the status. Never throws, never follows a
 * redirect, and never takes longer than `timeoutMs`; what the receiver answers beyond 64 KB is not read.
 */
export function post(
  url: string,
  body: string,
  headers: Record<string, string>,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<PostAnswer> {
  return new Promise((resolve) => {
    const target = URL.canParse(url) ? new URL(url) : null;
    if (target === null || !/^https?:$/.test(target.protocol)) {
      resolve({ status: null, error: 'The address is not an http(s) URL.' });
      return;
    }
    const limit = AbortSignal.timeout(timeoutMs);
    const fail = (error: Error): void => {
      const reason = limit.aborted ? `No answer within ${timeoutMs} ms.` : error.message || error.name;
      resolve({ status: null, error: reason });
    };
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
    const outgoing = send(
      target,
      {
        method: 'POST',
        agent: false,
        signal: AbortSignal.any([limit, signal]),
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      },
      (answer) => {
        let bytes = 0;
        const done = (): void => resolve({ status: answer.statusCode ?? null, error: null });
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= MAX_ANSWER_BYTES) return;
          done();
          answer.destroy();
        });
        answer.once('end', done);
        answer.once('error', fail);
      },
    );
    outgoing.once('error', fail);
    outgoing.end(body);
  });
}
