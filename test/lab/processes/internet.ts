// The services of the lab's internet: DNS that answers every A question, an HTTP page with status 204, and a TCP
// listener on 443, all on the anchors' addresses. Runs inside the namespace `inet`; arguments: the addresses.
import { createSocket } from 'node:dgram';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';

const addresses = process.argv.slice(2);
const recordA = 1;

/** Answers the one question of a DNS query: A with 8.8.8.8, anything else with no record (RFC 1035, 4.1). */
function answer(query: Buffer): Buffer | undefined {
  if (query.length < 17 || query.readUInt16BE(4) !== 1) return undefined;
  let end = 12;
  while (end < query.length && query[end] !== 0) end += (query[end] ?? 0) + 1;
  const question = query.subarray(12, end + 5);
  if (end + 5 > query.length) return undefined;
  const isA = question.readUInt16BE(question.length - 4) === recordA;
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(isA ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 8, 8, 8, 8]);
  return Buffer.concat(isA ? [head, question, record] : [head, question]);
}

async function main(): Promise<void> {
  await Promise.all(
    addresses.map(
      (address) =>
        new Promise<void>((resolve) => {
          const socket = createSocket('udp4');
          socket.on('message', (query, from) => {
            const reply = answer(query);
            if (reply !== undefined) socket.send(reply, from.port, from.address);
          });
          // Bound to each address by itself: an answer must leave from the address that was asked.
          socket.bind(53, address, resolve);
        }),
    ),
  );
  const page = createHttpServer((_request, response) => response.writeHead(204).end());
  await new Promise<void>((resolve) => page.listen(80, '0.0.0.0', resolve));
  const tls = createServer((socket) => socket.on('error', () => socket.destroy()));
  await new Promise<void>((resolve) => tls.listen(443, '0.0.0.0', resolve));
  console.log('ready');
}

await main();
