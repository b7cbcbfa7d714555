import { connect } from 'node:net';

const CONNECTIONS = 16;

/**
 * Posts `count` form bodies over 16 connections, one request in flight on each, through bare sockets so that the
 * client costs little. Resolves to answers per second; throws unless every answer is a 200.
 */
export async function postsPerSecond(
  port: number,
  count: number,
  bodyOf: (index: number) => string,
): Promise<number> {
  let next = 0;
  const startedMs = performance.now();
  await Promise.all(
    Array.from(
      { length: CONNECTIONS },
      () =>
        new Promise<void>((resolve, reject) => {
          const socket = connect(port, '127.0.0.1');
          socket.setNoDelay(true);
          let waiting: Buffer = Buffer.alloc(0);
          const send = (): void => {
            if (next >= count) {
              socket.end();
              resolve();
              return;
            }
            socket.write(requestFor(next, bodyOf(next)));
            next += 1;
          };
          socket.once('error', reject);
          socket.once('connect', send);
          socket.on('data', (chunk: Buffer) => {
            waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
            if (!isComplete(waiting)) return;
            if (waiting.subarray(9, 12).toString('latin1') === '200') {
              waiting = Buffer.alloc(0);
              send();
            } else {
              reject(new Error(`An event was refused: ${waiting.toString('utf8').slice(0, 600)}`));
              socket.destroy();
            }
          });
        }),
    ),
  );
  return (count * 1_000) / (performance.now() - startedMs);
}

/** As the SDK sends it: every POST carries a key of its own. */
function requestFor(index: number, body: string): string {
  return [
    'POST /v1/billing/meter_events HTTP/1.1',
    'host: 127.0.0.1',
    'authorization: Bearer sk_test_bench',
    'stripe-version: 2026-10-28.endive',
    'content-type: application/x-www-form-urlencoded',
    `idempotency-key: bench-${process.pid}-${performance.timeOrigin}-${index}-${body.length}-${Math.random()}`,
    `content-length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

function isComplete(answer: Buffer): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.subarray(0, end).toString('latin1'))?.[1];
  if (length === undefined) throw new Error('An answer came without its length.');
  return answer.length >= end + 4 + Number(length);
}
