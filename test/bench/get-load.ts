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
          let read: Read | null = null;
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
            read = readOn(read, chunk);
            if (!read.isOver) return;
            if (read.status === '200') {
              read = null;
              send();
            } else {
              reject(new Error(`A question was refused: ${chunk.toString('utf8').slice(0, 600)}`));
              socket.destroy();
            }
          });
        }),
    ),
  );
  return (count * 1_000) / (performance.now() - startedMs);
}

/** How far an answer has been read. Its bytes are counted, not kept: the client is to cost little. */
interface Read {
  status: string;
  /** `null`: it comes in chunks, and ends with an empty one. */
  bytesLeft: number | null;
  isOver: boolean;
}

function readOn(read: Read | null, chunk: Buffer): Read {
  if (read) return { ...read, ...after(read.bytesLeft, chunk.length, chunk) };
  const end = chunk.indexOf('\r\n\r\n');
  if (end === -1) throw new Error('The head of an answer came in pieces.');
  const head = chunk.subarray(0, end).toString('latin1');
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  const whole = length === undefined ? null : Number(length);
  return { status: head.slice(9, 12), ...after(whole, chunk.length - end - 4, chunk) };
}

function after(bytesLeft: number | null, received: number, chunk: Buffer): Omit<Read, 'status'> {
  if (bytesLeft === null) {
    return { bytesLeft, isOver: chunk.subarray(-5).toString('latin1') === '0\r\n\r\n' };
  }
  return { bytesLeft: bytesLeft - received, isOver: bytesLeft - received <= 0 };
}
