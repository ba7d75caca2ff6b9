// Asks a resolver for the name servers of the root, over TCP: an answer from end to end where ICMP does not pass. A TCP
// connection alone proves nothing: a transparent proxy accepts every one, also with the internet gone behind it.
import { randomInt } from 'node:crypto';
import { createConnection } from 'node:net';
import { answerToError, type ProbeAnswer } from './probe-answer.ts';

/** Length prefix and header of a DNS message over TCP (RFC 1035 sections 4.1.1 and 4.2.2). */
const prefixBytes = 2;
const headerBytes = 12;
/** More than the root's name servers ever take; past it the peer is no resolver. */
const answerBytesMax = 4_096;

/** `answered` = a well-formed answer without an error; anything else that came back is `refused`. */
export function askResolver(address: string, timeoutMs: number, port = 53): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const id = randomInt(0x1_0000);
    const socket = createConnection({ host: address, port, timeout: timeoutMs, noDelay: true });
    let received = Buffer.alloc(0);
    const finish = (answer: ProbeAnswer): void => {
      clearTimeout(deadline);
      socket.destroy();
      resolve(answer);
    };
    // The socket's own timeout is about idleness; a peer that drips bytes ends here.
    const deadline = setTimeout(() => finish('lost'), timeoutMs);
    socket.once('timeout', () => finish('lost'));
    socket.once('connect', () => socket.write(rootQuery(id)));
    socket.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      if (received.length > answerBytesMax) return finish('refused');
      if (received.length >= prefixBytes + headerBytes)
        finish(isAnswer(received, id) ? 'answered' : 'refused');
    });
    socket.once('end', () => finish('refused'));
    socket.on('error', (error: NodeJS.ErrnoException) => finish(answerToError(error.code)));
  });
}

/** A recursive query for the NS records of ".". */
export function rootQuery(id: number): Uint8Array {
  const question = [0x00, 0x00, 0x02, 0x00, 0x01];
  const header = [id >> 8, id & 0xff, 0x01, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00];
  return Uint8Array.from([0x00, headerBytes + question.length, ...header, ...question]);
}

/** A response to our question without an error. `bytes` holds at least the prefix and the header. */
function isAnswer(bytes: Buffer, id: number): boolean {
  const flags = bytes.readUInt16BE(prefixBytes + 2);
  const isResponse = (flags & 0x8000) !== 0;
  return bytes.readUInt16BE(prefixBytes) === id && isResponse && (flags & 0x000f) === 0;
}
