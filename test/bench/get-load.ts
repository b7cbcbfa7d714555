import { connect } from 'node:net';

const CONNECTIONS = 8;

/**
 * Asks for `pathOf(index)` `count` times over 8 connections, one request in flight on each, through bare sockets so that
 * the client costs little. Resolves to answers per second; throws unless every answer is a 200.
 */
export async function getsPerSecond(
  port: number,
  count: number,
  pathOf: (index: number) => string,
  headersOf: (index: number) => string = () => '',
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
            socket.write(`GET ${pathOf(next)} HTTP/1.1\r\nhost: 127.0.0.1\r\n${headersOf(next)}\r\n`);
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
              reject(new Error(`A question was refused: ${waiting.toString('utf8').slice(0, 600)}`));
              socket.destroy();
            }
          });
        }),
    ),
  );
  return (count * 1_000) / (performance.now() - startedMs);
}

/** Answers come with their length, or in chunks that end with an empty one. */
function isComplete(answer: Buffer): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.subarray(0, end).toString('latin1'))?.[1];
  if (length === undefined) return answer.subarray(-5).toString('latin1') === '0\r\n\r\n';
  return answer.length >= end + 4 + Number(length);
}
