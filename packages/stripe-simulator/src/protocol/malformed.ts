import type { Duplex } from 'node:stream';
import { faultAnswer } from './answer.ts';
import { StripeFault } from './errors.ts';

/** Answers what is no HTTP in Stripe's error shape too, as long as the connection can still carry it. */
export function answerMalformed(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { body } = faultAnswer(new StripeFault('Invalid request: this is not well-formed HTTP.'));
  const head = [
    'HTTP/1.1 400 Bad Request',
    'connection: close',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
